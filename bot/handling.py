"""One update inside one transaction: who is it, what may they, which handler, and it is done.

Everything here is a function of the transaction and may be run more than once; what has to be
said goes into the outbox, and the answer to the press is returned and given after the commit.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from typing import Any, Final, assert_never

from sqlalchemy import Connection

from academy import joining
from academy.facts import AcademyFacts
from academy.messages.authoring import FileRefused
from academy.messages.facilitating import Notice
from academy.saying import say
from bot.context import N_, Context
from bot.handler_table import HandlerTable
from bot.incoming import (
    Command,
    Edited,
    FileSent,
    Ignored,
    Incoming,
    OtherContent,
    PhotoSent,
    Reachability,
    Sender,
    Tap,
    Typed,
    VoiceSent,
)
from bot.limits import TOAST_CHARS
from bot.pace_limit import Verdict
from bot.second_copies import see_to_copies
from bot.updates import parse
from i18n.catalog import translator
from learners.people import Person
from storage import inbox, people, roles, strangers
from storage.inbox import Received, Update

NOT_IN_USE: Final = N_("This button is no longer in use.")

FOR_STRANGERS: Final = frozenset({"start", "help", "privacy"})
"""Commands that answer somebody of whom nothing is kept."""


JOINING_VERBS: Final = "j_"
"""Buttons that work before anything is kept: they carry all there is."""


class SettledBeforeError(Exception):
    """The update was settled in the meantime: nothing of this handling is kept."""


class UnreadablePressError(Exception):
    """The values of a press are none that a button of ours carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What is left to do once the transaction is on disk."""

    callback_id: str | None = None
    """A press to be answered."""
    toast: str | None = None
    """In the reader's language."""
    leave_chat: int | None = None
    """A group to leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What every handling of this process is given."""

    academy: AcademyFacts
    handlers: HandlerTable
    random: Random
    now: datetime


def read(update: Update | Received) -> Incoming:
    """Return what the kept update means; never raises."""
    try:
        return parse(json.loads(update.payload))
    except (ValueError, RecursionError):
        return Ignored(reason="malformed")


def handle(
    tx: Connection,
    update: Update,
    incoming: Incoming,
    *,
    pace: Verdict,
    prepared: Any,  # whatever the file handler prepared
    circumstances: Circumstances,
) -> Handled:
    """Do what the update asks, mark it done, and return what follows the commit.

    Raises SettledBeforeError and UnreadablePressError, for which the transaction is rolled back, and
    whatever a handler raises.
    """
    if not inbox.done(tx, id=update.id, now=circumstances.now):
        raise SettledBeforeError
    return _act(tx, incoming, row=update.id, pace=pace, prepared=prepared, circumstances=circumstances)


def handle_at_once(
    tx: Connection,
    update: Received,
    tap: Tap,
    *,
    bot_id: int,
    pace: Verdict,
    circumstances: Circumstances,
) -> Handled:
    """Do the same for a press that has just come, and keep the press itself in the same transaction.

    Raises SettledBeforeError when it came before, or its sender has something older open.
    """
    row = inbox.receive_done(tx, bot_id=bot_id, update_=update, now=circumstances.now)
    if row is None:
        raise SettledBeforeError
    return _act(tx, tap, row=row, pace=pace, prepared=None, circumstances=circumstances)


def _act(
    tx: Connection,
    incoming: Incoming,
    *,
    row: int,
    pace: Verdict,
    prepared: Any,  # whatever the file handler prepared
    circumstances: Circumstances,
) -> Handled:
    now = circumstances.now
    if isinstance(incoming, Ignored):
        # Not for us, and perhaps about people in a group who have never heard of us.
        strangers.empty_if_unknown(tx, id=row)
        return Handled(leave_chat=incoming.leave_chat)
    address = incoming.sender.address
    answer = Handled(callback_id=incoming.callback_id) if isinstance(incoming, Tap) else Handled()
    if pace != "fine":
        person = people.by_address(tx, address)
        if pace == "first_too_many" and person is not None:
            say(tx, person_id=person.id, message=Notice(what="slow_down"), now=now)
        if person is None:
            strangers.empty_if_unknown(tx, id=row)
        return answer
    person = _present(tx, incoming, address=address, now=now, academy=circumstances.academy)
    context = Context(
        now=now,
        academy=circumstances.academy,
        person=person,
        read_roles=partial(roles.roles_of, tx, person.id) if person is not None else tuple,
        random=circumstances.random,
    )
    if person is None:
        toast = _stranger(tx, incoming, context, circumstances.handlers)
        strangers.empty_if_unknown(tx, id=row)
    else:
        toast = _acquaintance(tx, incoming, context, circumstances.handlers, prepared=prepared)
    if toast is None or answer.callback_id is None:
        return answer
    language = _language(person, incoming.sender, circumstances.academy)
    return Handled(callback_id=answer.callback_id, toast=translator(language)(toast)[:TOAST_CHARS])


def decline(tx: Connection, update: Update, tap: Tap, *, circumstances: Circumstances) -> Handled:
    """Mark a press done that means nothing, and return what it is answered."""
    inbox.done(tx, id=update.id, now=circumstances.now)
    person = people.by_address(tx, tap.sender.address)
    if person is None:
        strangers.empty_if_unknown(tx, id=update.id)
    language = _language(person, tap.sender, circumstances.academy)
    return Handled(callback_id=tap.callback_id, toast=translator(language)(NOT_IN_USE)[:TOAST_CHARS])


def set_aside(tx: Connection, *, inbox_id: int, sender: int, now: datetime, trace_id: str) -> None:
    """Tell whoever sent an update that it was our fault; once for each update."""
    person = people.by_address(tx, sender) if sender else None
    if person is not None:
        key = f"our_fault:{inbox_id}"
        fault = Notice(what="our_fault", trace=trace_id)
        say(tx, person_id=person.id, message=fault, now=now, kind="notice", key=key)


def is_admin(tx: Connection, address: int) -> bool:
    """Return whether files of this sender are worth fetching."""
    person = people.by_address(tx, address)
    return person is not None and any(role.name == "admin" for role in roles.roles_of(tx, person.id))


def _stranger(tx: Connection, incoming: Incoming, context: Context, handlers: HandlerTable) -> str | None:
    """Answer somebody we do not know; nothing is kept of them unless a handler does."""
    match incoming:
        case Command():
            # Whatever a stranger asks for, it begins with the way in.
            if incoming.name not in FOR_STRANGERS:
                incoming = Command(
                    sender=incoming.sender, name="start", argument="", message_id=incoming.message_id
                )
            _command(tx, incoming, context, handlers)
        case Typed() if handlers.free_text is not None:
            handlers.free_text(tx, incoming, context)
        case Tap() if incoming.press is not None and incoming.press.verb.startswith(JOINING_VERBS):
            return _tap(tx, incoming, context, handlers)
        case Tap():
            return NOT_IN_USE
        case _:
            pass
    return None


def _acquaintance(
    tx: Connection,
    incoming: Incoming,
    context: Context,
    handlers: HandlerTable,
    *,
    prepared: Any,  # as above
) -> str | None:
    match incoming:
        case Command():
            _command(tx, incoming, context, handlers)
        case Tap():
            toast = _tap(tx, incoming, context, handlers)
            person = context.known()
            if person.in_doubt_since is not None:
                see_to_copies(tx, incoming, person=person, now=context.now)
            return toast
        case Typed() | PhotoSent():
            if handlers.free_text is not None:
                handlers.free_text(tx, incoming, context)
        case FileSent():
            _file(tx, incoming, context, handlers, prepared=prepared)
        case VoiceSent():
            if handlers.voices is None or not handlers.voices.voice_sent(tx, incoming, context):
                _notice(tx, context, Notice(what="unsupported_content"))
        case Edited():
            if handlers.voices is not None:
                handlers.voices.text_edited(tx, incoming, context)
        case OtherContent():
            _notice(tx, context, Notice(what="unsupported_content"))
        case Reachability() | Ignored():
            pass
        case _:
            assert_never(incoming)
    return None


def _command(tx: Connection, command: Command, context: Context, handlers: HandlerTable) -> None:
    handler = handlers.commands.get(command.name)
    if handler is not None:
        handler(tx, command, context)
    elif context.person is not None:
        _notice(tx, context, Notice(what="unknown_command"))


def _tap(tx: Connection, tap: Tap, context: Context, handlers: HandlerTable) -> str | None:
    handler = handlers.taps.get(tap.press.verb) if tap.press is not None else None
    if handler is None:
        return NOT_IN_USE
    try:
        return handler(tx, tap, context)
    except ValueError as error:
        # Anybody can send any data: it is no fault of ours, and not worth another try.
        raise UnreadablePressError from error


def _file(
    tx: Connection,
    file: FileSent,
    context: Context,
    handlers: HandlerTable,
    *,
    prepared: Any,  # as above
) -> None:
    # The role is checked again here: it may have been taken away while the file was read.
    admin = any(role.name == "admin" for role in context.roles)
    if admin and handlers.files is not None and prepared is not None:
        handlers.files.file_sent(tx, file, context, prepared)
    else:
        say(
            tx,
            person_id=context.known().id,
            message=FileRefused(reason="not_admin" if not admin else "gone"),
            now=context.now,
            reply_to=file.message_id,
        )


def _notice(tx: Connection, context: Context, notice: Notice) -> None:
    say(tx, person_id=context.known().id, message=notice, now=context.now)


def _present(
    tx: Connection, incoming: Incoming, *, address: int, now: datetime, academy: AcademyFacts
) -> Person | None:
    """Return who this is, if we know them; keep when they were last here, and whether they can be reached."""
    if isinstance(incoming, Reachability) and not incoming.reachable:
        gone = people.by_address(tx, address)
        if gone is not None:
            people.set_unreachable(tx, gone.id, since=now)
        return gone
    person = people.arrived(tx, address, now=now)
    if person is not None and person.unreachable_since is not None:
        joining.back_in_reach(tx, person=person, now=now, academy=academy)
    return person


def _language(person: Person | None, sender: Sender, academy: AcademyFacts) -> str:
    if person is not None and person.language:
        return person.language
    claimed = sender.language.split("-", maxsplit=1)[0].lower()
    return claimed if claimed in academy.languages else academy.languages[0]
