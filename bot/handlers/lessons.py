"""Presses on offers and cards, and /today."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from academy import postponing, walking
from academy.facts import AcademyFacts
from academy.outgoing import Screen
from academy.places import PressOutcome
from bot.context import CommandHandler, Context, TapHandler
from bot.handlers.pointers import numbers, toast
from bot.incoming import Command, Tap

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MINUTES = 2**27
"""Minutes since 1970, about 255 years: no button names a moment beyond what a date can hold."""


class _OnLesson(Protocol):
    """What the academy does when a button names a lesson and nothing else."""

    def __call__(
        self,
        tx: Connection,
        *,
        person_id: int,
        assignment_id: int,
        screen: Screen | None,
        now: datetime,
        academy: AcademyFacts,
    ) -> PressOutcome: ...


def today(tx: Connection, _: Command, context: Context) -> None:
    """Show the open step again, start the lesson that waits, or say when one comes."""
    walking.show_today(tx, person_id=context.known().id, now=context.now, academy=context.academy)


def _on_lesson(act: _OnLesson) -> TapHandler:
    def pressed(tx: Connection, tap: Tap, context: Context) -> str | None:
        (assignment_id,) = numbers(tap, 1)
        outcome = act(
            tx,
            person_id=context.known().id,
            assignment_id=assignment_id,
            screen=tap.screen,
            now=context.now,
            academy=context.academy,
        )
        return toast(outcome)

    return pressed


def _postpone(tx: Connection, tap: Tap, context: Context) -> str | None:
    """One of the other moments; the button carries minutes since 1970."""
    assignment_id, minutes = numbers(tap, 2)
    if minutes > _MOST_MINUTES:
        raise ValueError("beyond what a date can hold")
    at = _EPOCH + timedelta(minutes=minutes)
    outcome = postponing.postpone(
        tx,
        person_id=context.known().id,
        assignment_id=assignment_id,
        at=at,
        screen=tap.screen,
        now=context.now,
        academy=context.academy,
    )
    return toast(outcome)


def _go_on(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Continue] on a card or below a verdict."""
    assignment_id, step = numbers(tap, 2)
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


def _picture(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Picture, 85 KB] in text-only mode."""
    assignment_id, step = numbers(tap, 2)
    person_id = context.known().id
    outcome = walking.show_picture(
        tx, person_id=person_id, assignment_id=assignment_id, step=step, screen=tap.screen, now=context.now
    )
    return toast(outcome)


COMMANDS: dict[str, CommandHandler] = {"today": today}
TAPS: dict[str, TapHandler] = {
    "l_start": _on_lesson(walking.start),
    "l_open": _on_lesson(walking.open_current),
    "l_later": _on_lesson(postponing.offer_later),
    "l_at": _postpone,
    "l_go": _go_on,
    "l_picture": _picture,
}
