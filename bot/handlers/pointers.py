"""What a learner's button points at, and the toast that answers it.

Buttons come back from a client: what none of ours carries raises ValueError, which `bot.handling`
answers once for all.
"""

from dataclasses import replace
from datetime import datetime
from typing import Protocol, assert_never

from sqlalchemy import Connection

from academy.facts import AcademyFacts
from academy.places import Pressed, PressOutcome
from bot.context import N_, Context, TapHandler
from bot.handlers.presses import BUTTON_NOT_IN_USE
from bot.handlers.reading import number
from bot.incoming import Tap


class _Act(Protocol):
    """What the academy does with a press that carries nothing but what it points at."""

    def __call__(
        self, tx: Connection, pressed: Pressed, /, *, now: datetime, academy: AcademyFacts
    ) -> PressOutcome: ...


def numbers(tap: Tap, count: int) -> tuple[int, ...]:
    """Return exactly `count` numbers from a press; raises ValueError when it carries anything else."""
    if tap.press is None or len(tap.press.values) != count:
        raise ValueError("another number of values")
    return tuple(number(tap, position) for position in range(count))


def lesson(tap: Tap, context: Context, *, more: int = 0) -> tuple[Pressed, tuple[int, ...]]:
    """Return a press on a button that names a lesson, and the `more` numbers that follow in it."""
    assignment_id, *others = numbers(tap, 1 + more)
    person_id = context.known().id
    return Pressed(person_id=person_id, assignment_id=assignment_id, screen=tap.screen), tuple(others)


def step(tap: Tap, context: Context, *, more: int = 0) -> tuple[Pressed, tuple[int, ...]]:
    """Return a press on a button that names a lesson and a step of it, and the `more` numbers after."""
    pressed, (at, *others) = lesson(tap, context, more=1 + more)
    return replace(pressed, step=at), tuple(others)


def on_lesson(act: _Act) -> TapHandler:
    """Return the handler of a button that names a lesson and nothing else."""

    def handler(tx: Connection, tap: Tap, context: Context) -> str | None:
        pressed, _ = lesson(tap, context)
        return toast(act(tx, pressed, now=context.now, academy=context.academy))

    return handler


def on_step(act: _Act) -> TapHandler:
    """Return the handler of a button that names a lesson and a step of it."""

    def handler(tx: Connection, tap: Tap, context: Context) -> str | None:
        pressed, _ = step(tap, context)
        return toast(act(tx, pressed, now=context.now, academy=context.academy))

    return handler


def toast(outcome: PressOutcome) -> str | None:
    """Return what appears for a moment; nothing the learner needs to keep."""
    match outcome:
        case "done":
            return None
        case "unknown":
            return BUTTON_NOT_IN_USE
        case "passed":
            return N_("You are past this step. Go on below, or with /today")
        case "finished":
            return N_("That lesson is finished.")
        case "counted":
            return N_("Your first answer counts.")
        case _:
            assert_never(outcome)
