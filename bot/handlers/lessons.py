"""Presses on offers and cards, and /today."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from academy import advancing, fetching, postponing, walking
from bot.context import CommandHandler, Context, TapHandler
from bot.handlers.pointers import lesson, numbers, on_lesson, on_step, step, toast
from bot.incoming import Command, Tap

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MINUTES = 2**27
"""Minutes since 1970, about 255 years: no button names a moment beyond what a date can hold."""


def _today(tx: Connection, _: Command, context: Context) -> None:
    walking.show_today(tx, person_id=context.known().id, now=context.now, academy=context.academy)


def _postpone(tx: Connection, tap: Tap, context: Context) -> str | None:
    """One of the other moments; the button carries minutes since 1970."""
    pressed, (minutes,) = lesson(tap, context, more=1)
    if minutes > _MOST_MINUTES:
        raise ValueError("beyond what a date can hold")
    at = _EPOCH + timedelta(minutes=minutes)
    return toast(postponing.postpone(tx, pressed, at=at, now=context.now, academy=context.academy))


def _next(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Start it now], [Next lesson]: before its day, where the course lets its learners."""
    enrollment_id, given = numbers(tap, 2)
    outcome = advancing.take_next(
        tx,
        person_id=context.known().id,
        enrollment_id=enrollment_id,
        given=given,
        screen=tap.screen,
        now=context.now,
        academy=context.academy,
    )
    return toast(outcome)


def _fetch(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Picture, 85 KB], [Audio, 85 KB] and the like in text-only mode."""
    pressed, _ = step(tap, context)
    return toast(fetching.show_media(tx, pressed, now=context.now))


COMMANDS: dict[str, CommandHandler] = {"today": _today}
TAPS: dict[str, TapHandler] = {
    "l_start": on_lesson(walking.start),
    "l_open": on_lesson(walking.open_current),
    "l_later": on_lesson(postponing.offer_later),
    "l_at": _postpone,
    "l_go": on_step(walking.go_on),
    "l_next": _next,
    "l_fetch": _fetch,
}
