"""Presses on questions: options, ticks, hints, another try, the answer."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from academy import answering, helping
from academy.facts import AcademyFacts
from academy.places import PressOutcome
from academy.pressing import Pressed
from bot.context import Context, TapHandler
from bot.handlers.pointers import numbers, toast
from bot.incoming import Tap


class _OnQuestion(Protocol):
    """What the academy does when a button names a question and nothing else."""

    def __call__(
        self, tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts
    ) -> PressOutcome: ...


def _on_question(act: _OnQuestion) -> TapHandler:
    def pressed(tx: Connection, tap: Tap, context: Context) -> str | None:
        on, _ = _read(tap, context, more=0)
        return toast(act(tx, on, now=context.now, academy=context.academy))

    return pressed


def _pick(tx: Connection, tap: Tap, context: Context) -> str | None:
    """One option of a question with one right answer."""
    on, (try_number, option) = _read(tap, context, more=2)
    outcome = answering.choose(
        tx, on, try_number=try_number, option=option, now=context.now, academy=context.academy
    )
    return toast(outcome)


def _tick(tx: Connection, tap: Tap, context: Context) -> str | None:
    """One option of a question with several right answers; the last value says ticked or not."""
    on, (try_number, option, ticked) = _read(tap, context, more=3)
    outcome = answering.tick(
        tx,
        on,
        try_number=try_number,
        option=option,
        on=ticked == 1,
        now=context.now,
        academy=context.academy,
    )
    return toast(outcome)


def _check(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Check (2 chosen)]."""
    on, (try_number,) = _read(tap, context, more=1)
    outcome = answering.check(tx, on, try_number=try_number, now=context.now, academy=context.academy)
    return toast(outcome)


def _hint(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Hint]; the last value is its number."""
    on, (number,) = _read(tap, context, more=1)
    return toast(helping.show_hint(tx, on, number=number, now=context.now, academy=context.academy))


def _read(tap: Tap, context: Context, *, more: int) -> tuple[Pressed, tuple[int, ...]]:
    """Return which question was pressed, and the `more` numbers that follow it in the button."""
    assignment_id, step, *others = numbers(tap, 2 + more)
    pressed = Pressed(person_id=context.known().id, assignment_id=assignment_id, step=step, screen=tap.screen)
    return pressed, tuple(others)


TAPS: dict[str, TapHandler] = {
    "l_pick": _pick,
    "l_tick": _tick,
    "l_check": _check,
    "l_hint": _hint,
    "l_again": _on_question(helping.try_again),
    "l_show": _on_question(helping.show_answer),
}
