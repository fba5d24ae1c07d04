"""Presses on questions: options, ticks, places, hints, another try, the answer."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from academy import answering, arranging, helping
from academy.facts import AcademyFacts
from academy.places import Pressed, PressOutcome
from bot.context import Context, TapHandler
from bot.handlers.pointers import on_step, step, toast
from bot.incoming import Tap


class _Arrange(Protocol):
    """What the academy does with everything that was placed."""

    def __call__(
        self,
        tx: Connection,
        pressed: Pressed,
        /,
        *,
        try_number: int,
        before: int,
        now: datetime,
        academy: AcademyFacts,
    ) -> PressOutcome: ...


def _pick(tx: Connection, tap: Tap, context: Context) -> str | None:
    """One option of a question with one right answer."""
    on, (try_number, option) = step(tap, context, more=2)
    outcome = answering.choose(
        tx, on, try_number=try_number, option=option, now=context.now, academy=context.academy
    )
    return toast(outcome)


def _tick(tx: Connection, tap: Tap, context: Context) -> str | None:
    """One option of a question with several right answers; the last value says ticked or not."""
    on, (try_number, option, ticked) = step(tap, context, more=3)
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
    on, (try_number,) = step(tap, context, more=1)
    outcome = answering.check(tx, on, try_number=try_number, now=context.now, academy=context.academy)
    return toast(outcome)


def _put(tx: Connection, tap: Tap, context: Context) -> str | None:
    """One item of an `order`, or one right side of a `match`, for the next place."""
    on, (try_number, before, item) = step(tap, context, more=3)
    outcome = arranging.put(
        tx, on, try_number=try_number, before=before, item=item, now=context.now, academy=context.academy
    )
    return toast(outcome)


def _arranged(act: _Arrange) -> TapHandler:
    """Return the handler of a button that is about everything placed so far."""

    def handler(tx: Connection, tap: Tap, context: Context) -> str | None:
        on, (try_number, before) = step(tap, context, more=2)
        outcome = act(tx, on, try_number=try_number, before=before, now=context.now, academy=context.academy)
        return toast(outcome)

    return handler


def _hint(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Hint]; the last value is its number."""
    on, (number,) = step(tap, context, more=1)
    return toast(helping.show_hint(tx, on, number=number, now=context.now, academy=context.academy))


TAPS: dict[str, TapHandler] = {
    "l_pick": _pick,
    "l_tick": _tick,
    "l_check": _check,
    "l_put": _put,
    "l_undo": _arranged(arranging.undo),
    "l_over": _arranged(arranging.start_over),
    "l_ready": _arranged(arranging.check),
    "l_hint": _hint,
    "l_again": on_step(helping.try_again),
    "l_show": on_step(helping.show_answer),
}
