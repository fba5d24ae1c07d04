"""Tests made of conversations: a file that people can read and `dusal course replay` can play.

Written here and read here, so that both ends know the same words. A line is one thing that
happened: what was pressed or typed, and what the bot said then.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, assert_never
from zoneinfo import ZoneInfo

from app.transcripts import file_name, named
from lessons.model import Course
from preview.diary import Bubble, Entry, Moved, Noted, Pressed, Said, Wrote
from preview.people import Person
from preview.workbench import SavedFile

MOMENT = "%Y-%m-%d %H:%M:%S"
"""How moments are written: wall-clock time in the academy's zone."""
TIME = "%H:%M:%S"
"""The same on the day of the moment before."""

_PLAIN = re.compile(r"[^\W_][\w /.()’“”–-]*[\w.)’”]|[^\W_]")
_ISOLATES = re.compile("[\u2066-\u2069]")
_HARMLESS = frozenset("\u00a0\u2009\u200c\u200d\u202f")
"""Spaces and joiners that have no shape of their own and may stand in a text as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpensInvitation:
    """The person follows the group's link."""

    line: int
    at: datetime | None = None
    """When; what the bot says, and when it reminds, depends on it. None for: right away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presses:
    """The person taps the newest button that says this."""

    line: int
    at: datetime | None = None
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Types:
    """The person writes."""

    line: int
    at: datetime | None = None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """The bot says this next, or changes a message into it."""

    line: int
    text: str
    labels: tuple[str, ...] = ()
    """Of the buttons, row after row."""
    media: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStands:
    """It is this moment now; what fell due until then has happened."""

    line: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Goes:
    """The person is put at a step, as if they came to it for the first time."""

    line: int
    at: datetime | None = None
    lesson_id: str
    step_id: str


Line: TypeAlias = OpensInvitation | Presses | Types | Says | ClockStands | Goes

WORDS = ("open", "press", "type", "says", "clock", "go")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A conversation to be played."""

    course_id: str
    person: str
    language: str
    joined: int
    """As which person they joined the group, from 1: options are shuffled for each; 0 for not at all."""
    begins_at: datetime
    lines: tuple[Line, ...]


def script_of(
    entries: Sequence[Entry],
    *,
    person: Person,
    course: Course,
    began_at: datetime,
    zone: ZoneInfo,
    joined: int,
    token: str,
) -> SavedFile | None:
    """Return the test that the entries make, None when they lead to none.

    Words from before the course was saved last would be wrong for ever, so the test begins with
    the last jump after that; without one it is None. `token` is the group's link.
    """
    saved = max((place for place, entry in enumerate(entries) if _is(entry, "course")), default=None)
    since, begins_at = entries, began_at
    if saved is not None:
        jumps = [place for place, entry in enumerate(entries) if place > saved and _is(entry, "jumped")]
        if not jumps:
            return None
        since, begins_at = entries[jumps[0] :], entries[jumps[0]].at
    day = begins_at.astimezone(zone)
    lines = [
        "# Made in the preview. To play it: dusal course replay COURSE THIS-FILE",
        f"course: {_scalar(course.id)}",
        f"person: {_scalar(person.first_name)}",
        f"language: {_scalar(person.language_code)}",
        f"joined: {joined}  # as which person of the group: answers are shuffled for each",
        f"begins: {day:{MOMENT}}",
        "steps:",
        *_written(since, token=token, zone=zone, begins_at=begins_at),
    ]
    name = f"{course.id}-{file_name(person.first_name)}-{day:%Y-%m-%d}.yaml"
    return SavedFile(name=name, content="\n".join(lines) + "\n")


def flat(bubble: Bubble) -> Says:
    """Return a message of the bot as a script has it."""
    return Says(
        line=0,
        text=spelled(bubble.text),
        labels=tuple(spelled(label) for row in bubble.labels for label in row),
        media=spelled(bubble.media),
    )


def spelled(text: str) -> str:
    """Return a text as it can stand in a file: characters that none may hold have names, `<U+202E>`.

    The marks around names that keep left and right apart are left out: nobody sees them.
    """
    return named(_ISOLATES.sub("", text))


def _is(entry: Entry, what: str) -> bool:
    return isinstance(entry, Noted) and entry.what == what


def _written(entries: Sequence[Entry], *, token: str, zone: ZoneInfo, begins_at: datetime) -> Iterator[str]:
    before = _local(begins_at, zone=zone)
    for entry in entries:
        deed = ""
        match entry:
            case Said(only_buttons=True) | Noted(what="course"):
                pass
            case Said(bubble=bubble):
                yield from _written_says(flat(bubble))
            case Moved(at=at):
                before = _local(at, zone=zone)
                yield f"  - clock: {before:{MOMENT}}"
            case Pressed(label=label):
                deed = f"press: {_scalar(spelled(label))}"
            case Wrote(bubble=bubble) if bubble.media:
                yield f"  # {_scalar(spelled(bubble.media))} was sent: tests do not send files"
            case Wrote(bubble=bubble) if bubble.text == f"/start {token}":
                deed = "open: invitation"
            case Wrote(bubble=bubble):
                deed = f"type: {_scalar(spelled(bubble.text))}"
            case Noted(words=words):
                deed = f"go: {_scalar(words)}"
            case _:
                assert_never(entry)
        if deed:
            now = _local(entry.at, zone=zone)
            yield f"  - {deed}"
            if now != before:
                yield f"    at: {now:{TIME if now.date() == before.date() else MOMENT}}"
            before = now


def _local(moment: datetime, *, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(microsecond=0)


def _written_says(said: Says) -> Iterator[str]:
    if "\n" in said.text and _fits_block(said.text):
        yield "  - says: |-"
        yield from (f"      {line}" if line else "" for line in said.text.split("\n"))
    else:
        yield f"  - says: {_scalar(said.text)}"
    if said.labels:
        yield "    buttons: [" + ", ".join(_scalar(label) for label in said.labels) + "]"
    if said.media:
        yield f"    with: {_scalar(said.media)}"


def _fits_block(text: str) -> bool:
    """Tell whether a text can stand as it is, line by line, below a `|-`."""
    lines = text.split("\n")
    unseen = {one for line in lines for one in line if not one.isprintable()}
    return unseen <= _HARMLESS and bool(lines[0]) and not lines[0].startswith(" ") and bool(lines[-1])


def _scalar(text: str) -> str:
    """Return a text as one YAML value on one line."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
