"""Questions that come again: /review, and the presses on them."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from academy import practice_rounds, practising
from academy.outgoing import Screen
from academy.places import PressOutcome
from bot.context import CommandHandler, Context, TapHandler
from bot.handlers.pointers import numbers, on_step, step, toast
from bot.incoming import Command, Tap


class _OfRound(Protocol):
    """What the academy does with a press that names a round."""

    def __call__(
        self, tx: Connection, *, person_id: int, round_id: int, screen: Screen | None, now: datetime
    ) -> PressOutcome: ...


def _review(tx: Connection, _: Command, context: Context) -> None:
    practice_rounds.ask(tx, person_id=context.known().id, now=context.now, academy=context.academy)


def _act(count: int, act: Callable[..., practising.Act]) -> TapHandler:
    """Return the handler of a button that carries a review, its step, and `count` numbers for `act`."""

    def handler(tx: Connection, tap: Tap, context: Context) -> str | None:
        on, more = step(tap, context, more=count)
        return toast(practising.press(tx, on, act(*more), now=context.now))

    return handler


def _on_round(act: _OfRound) -> TapHandler:
    """Return the handler of a button on the offer of a round."""

    def handler(tx: Connection, tap: Tap, context: Context) -> str | None:
        (round_id,) = numbers(tap, 1)
        person_id = context.known().id
        outcome = act(tx, person_id=person_id, round_id=round_id, screen=tap.screen, now=context.now)
        return toast(outcome)

    return handler


def _tick(try_number: int, option: int, ticked: int) -> practising.Tick:
    return practising.Tick(try_number, option, ticked == 1)


def _fetch(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Picture, 85 KB] in text-only mode."""
    on, _ = step(tap, context)
    return toast(practising.fetch_picture(tx, on, now=context.now))


def _fresh(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Keep it fresh]: 1 below the end of the course, 2 in place of its refusal; 0 stops it."""
    enrollment_id, wish = numbers(tap, 2)
    outcome = practice_rounds.keep_fresh(
        tx,
        person_id=context.known().id,
        enrollment_id=enrollment_id,
        on=wish > 0,
        edit=wish != 1,
        screen=tap.screen,
        now=context.now,
        academy=context.academy,
    )
    return toast(outcome)


COMMANDS: dict[str, CommandHandler] = {"review": _review}
TAPS: dict[str, TapHandler] = {
    "v_pick": _act(2, practising.Pick),
    "v_tick": _act(3, _tick),
    "v_check": _act(1, practising.Check),
    "v_put": _act(3, practising.Put),
    "v_undo": _act(2, practising.Undo),
    "v_over": _act(2, practising.StartOver),
    "v_ready": _act(2, practising.Ready),
    "v_hint": _act(1, practising.Hint),
    "v_again": _act(0, practising.TryAgain),
    "v_show": _act(0, practising.ShowAnswer),
    "v_fetch": _fetch,
    "v_go": on_step(practice_rounds.go_on),
    "v_stop": on_step(practice_rounds.stop),
    "v_begin": _on_round(practice_rounds.begin),
    "v_not": _on_round(practice_rounds.leave_out),
    "v_fresh": _fresh,
}
