"""Presses on questions: options, ticks, hints, another try, the answer."""

from sqlalchemy import Connection

from academy import answering, helping
from academy.pressing import Pressed
from bot.context import Context, TapHandler
from bot.handlers.pointers import NOT_IN_USE, numbers, toast
from bot.incoming import Tap


def pick(tx: Connection, tap: Tap, context: Context) -> str | None:
    """One option of a question with one right answer."""
    try:
        assignment_id, step, try_number, option = numbers(tap, 4)
    except ValueError:
        return NOT_IN_USE
    outcome = answering.choose(
        tx,
        _pressed(tap, context, assignment_id, step),
        try_number=try_number,
        option=option,
        now=context.now,
        academy=context.academy,
    )
    return toast(outcome)


def tick(tx: Connection, tap: Tap, context: Context) -> str | None:
    """One option of a question with several right answers; the last value says ticked or not."""
    try:
        assignment_id, step, try_number, option, on = numbers(tap, 5)
    except ValueError:
        return NOT_IN_USE
    outcome = answering.tick(
        tx,
        _pressed(tap, context, assignment_id, step),
        try_number=try_number,
        option=option,
        on=on == 1,
        now=context.now,
        academy=context.academy,
    )
    return toast(outcome)


def check(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Check (2 chosen)]."""
    try:
        assignment_id, step, try_number = numbers(tap, 3)
    except ValueError:
        return NOT_IN_USE
    outcome = answering.check(
        tx,
        _pressed(tap, context, assignment_id, step),
        try_number=try_number,
        now=context.now,
        academy=context.academy,
    )
    return toast(outcome)


def hint(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Hint]; the last value is its number."""
    try:
        assignment_id, step, number = numbers(tap, 3)
    except ValueError:
        return NOT_IN_USE
    outcome = helping.show_hint(
        tx,
        _pressed(tap, context, assignment_id, step),
        number=number,
        now=context.now,
        academy=context.academy,
    )
    return toast(outcome)


def again(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Try again]."""
    try:
        assignment_id, step = numbers(tap, 2)
    except ValueError:
        return NOT_IN_USE
    pressed = _pressed(tap, context, assignment_id, step)
    return toast(helping.try_again(tx, pressed, now=context.now, academy=context.academy))


def show(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Show answer]."""
    try:
        assignment_id, step = numbers(tap, 2)
    except ValueError:
        return NOT_IN_USE
    pressed = _pressed(tap, context, assignment_id, step)
    return toast(helping.show_answer(tx, pressed, now=context.now, academy=context.academy))


def _pressed(tap: Tap, context: Context, assignment_id: int, step: int) -> Pressed:
    return Pressed(person_id=context.known().id, assignment_id=assignment_id, step=step, screen=tap.screen)


TAPS: dict[str, TapHandler] = {
    "l_pick": pick,
    "l_tick": tick,
    "l_check": check,
    "l_hint": hint,
    "l_again": again,
    "l_show": show,
}
