"""Presses on offers and cards, and /today."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from academy import postponing, walking
from bot.context import CommandHandler, Context, TapHandler
from bot.handlers.pointers import NOT_IN_USE, numbers, toast
from bot.incoming import Command, Tap

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MINUTES = 2**27
"""Minutes since 1970, about 255 years: no button names a moment beyond what a date can hold."""


def today(tx: Connection, _: Command, context: Context) -> None:
    """Show the open step again, start the lesson that waits, or say when one comes."""
    walking.show_today(tx, person_id=context.known().id, now=context.now, academy=context.academy)


def start(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Start] on an offer, a reminder, or the way on from an old button."""
    try:
        (assignment_id,) = numbers(tap, 1)
    except ValueError:
        return NOT_IN_USE
    outcome = walking.start(
        tx,
        person_id=context.known().id,
        assignment_id=assignment_id,
        screen=tap.screen,
        now=context.now,
        academy=context.academy,
    )
    return toast(outcome)


def open_current(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Continue] below /progress."""
    try:
        (assignment_id,) = numbers(tap, 1)
    except ValueError:
        return NOT_IN_USE
    outcome = walking.open_current(
        tx,
        person_id=context.known().id,
        assignment_id=assignment_id,
        screen=tap.screen,
        now=context.now,
        academy=context.academy,
    )
    return toast(outcome)


def later(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Later] on an offer or a reminder."""
    try:
        (assignment_id,) = numbers(tap, 1)
    except ValueError:
        return NOT_IN_USE
    outcome = postponing.offer_later(
        tx,
        person_id=context.known().id,
        assignment_id=assignment_id,
        screen=tap.screen,
        now=context.now,
        academy=context.academy,
    )
    return toast(outcome)


def postpone(tx: Connection, tap: Tap, context: Context) -> str | None:
    """One of the other moments; the button carries minutes since 1970."""
    try:
        assignment_id, minutes = numbers(tap, 2)
    except ValueError:
        return NOT_IN_USE
    if minutes > _MOST_MINUTES:
        return NOT_IN_USE
    outcome = postponing.postpone(
        tx,
        person_id=context.known().id,
        assignment_id=assignment_id,
        at=_EPOCH + timedelta(minutes=minutes),
        screen=tap.screen,
        now=context.now,
        academy=context.academy,
    )
    return toast(outcome)


def go_on(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Continue] on a card or below a verdict."""
    try:
        assignment_id, step = numbers(tap, 2)
    except ValueError:
        return NOT_IN_USE
    outcome = walking.go_on(
        tx,
        person_id=context.known().id,
        assignment_id=assignment_id,
        step=step,
        screen=tap.screen,
        now=context.now,
        academy=context.academy,
    )
    return toast(outcome)


def picture(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Picture, 85 KB] in text-only mode."""
    try:
        assignment_id, step = numbers(tap, 2)
    except ValueError:
        return NOT_IN_USE
    outcome = walking.show_picture(
        tx,
        person_id=context.known().id,
        assignment_id=assignment_id,
        step=step,
        screen=tap.screen,
        now=context.now,
    )
    return toast(outcome)


COMMANDS: dict[str, CommandHandler] = {"today": today}
TAPS: dict[str, TapHandler] = {
    "l_start": start,
    "l_open": open_current,
    "l_later": later,
    "l_at": postpone,
    "l_go": go_on,
    "l_picture": picture,
}
