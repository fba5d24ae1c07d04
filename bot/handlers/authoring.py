"""Courses dropped into the chat, and /courses: for admins, by their number, in the private chat.

What takes long happens in `prepare`, outside of any transaction: fetching up to a limit, and
reading in a process of its own. `file_sent` only tells what was found.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from sqlalchemy import Connection
from telegram.error import TelegramError

from academy import dropped_courses, publishing
from academy.messages.authoring import FileRefused
from academy.messages.facilitating import Notice
from academy.saying import say
from bot.context import CommandHandler, Context
from bot.course_reading import read_apart
from bot.direct_exchange import TooLargeError
from bot.files import Fetch
from bot.incoming import Command, FileSent
from bot.limits import DOWNLOAD_BYTES
from learners.permissions import may

if TYPE_CHECKING:
    # Reading happens in another process: this one need not load the reader to start.
    from lessons.reader import Reading

_MEGABYTE: Final = 1024 * 1024

_LIMIT_BYTES: Final[dict[str, int]] = {
    ".yaml": _MEGABYTE,
    ".yml": _MEGABYTE,
    ".zip": DOWNLOAD_BYTES,
}
"""File name ending → largest size read; Telegram's own limit for bots is 20 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The file was fetched and checked."""

    name: str
    reading: "Reading"


Prepared: TypeAlias = Read | FileRefused


async def prepare(file: FileSent, *, fetch: Fetch) -> Prepared:
    """Return the checked course, or why the file was not read; the size is known before a download."""
    limit = next((size for end, size in _LIMIT_BYTES.items() if file.file_name.lower().endswith(end)), None)
    if file.forwarded:
        return FileRefused(reason="forwarded")
    if limit is None:
        return FileRefused(reason="type")
    too_large = FileRefused(reason="too_large", limit_megabytes=limit // _MEGABYTE)
    if file.size_bytes > limit:
        return too_large
    try:
        content = await fetch(file.file_id, limit_bytes=limit)
    except TooLargeError:
        return too_large
    except TelegramError:
        return FileRefused(reason="out_of_reach")
    if content is None:
        return FileRefused(reason="gone")
    return Read(name=file.file_name, reading=await read_apart(file.file_name, content))


def file_sent(tx: Connection, file: FileSent, context: Context, prepared: Prepared) -> None:
    """Tell what the check found, and offer to publish a course without errors."""
    person = context.known()
    if not may(context.roles, "drop_course"):
        prepared = FileRefused(reason="not_admin")
    if isinstance(prepared, FileRefused):
        say(tx, person_id=person.id, message=prepared, now=context.now, reply_to=file.message_id)
        return
    reading = prepared.reading
    dropped_courses.offer(
        tx,
        person=person,
        file_name=prepared.name,
        course=reading.course,
        problems=reading.problems,
        media=reading.media,
        now=context.now,
    )


def courses(tx: Connection, _command: Command, context: Context) -> None:
    """/courses: what is published."""
    person = context.known()
    if not may(context.roles, "publish_course"):
        say(tx, person_id=person.id, message=Notice(what="not_allowed"), now=context.now)
        return
    publishing.list_courses(tx, person=person, now=context.now)


COMMANDS: Final[dict[str, CommandHandler]] = {"courses": courses}
