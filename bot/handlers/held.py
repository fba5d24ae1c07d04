"""Messages that may have arrived: whoever looks after the reader decides; the role is read at every press."""

from typing import Final, assert_never

from sqlalchemy import Connection

from academy import held_deliveries
from academy.held_deliveries import Deciding, HeldOutcome
from academy.messages.held import HeldVerdict
from bot.context import N_, Context, TapHandler
from bot.handlers.pointers import numbers
from bot.handlers.presses import BUTTON_NOT_IN_USE
from bot.incoming import Tap

_NOT_YOURS: Final = N_("This needs a role that you do not have.")


def _deciding(verdict: HeldVerdict) -> TapHandler:
    """Return the handler of a button that settles a delivery."""

    def handler(tx: Connection, tap: Tap, context: Context) -> str | None:
        return _toast(held_deliveries.decide(tx, _on(tap, context), verdict=verdict, now=context.now))

    return handler


def _next(tx: Connection, tap: Tap, context: Context) -> str | None:
    """[Next]: the one behind this."""
    on = _on(tap, context)
    return _toast(held_deliveries.show_next(tx, on, now=context.now, academy=context.academy))


def _on(tap: Tap, context: Context) -> Deciding:
    (delivery,) = numbers(tap, 1)
    return Deciding(person=context.known(), delivery=delivery, screen=tap.screen)


def _toast(outcome: HeldOutcome) -> str | None:
    match outcome:
        case "done":
            return None
        case "unknown":
            return BUTTON_NOT_IN_USE
        case "not_allowed":
            return _NOT_YOURS
        case _:
            assert_never(outcome)


TAPS: Final[dict[str, TapHandler]] = {
    "h_again": _deciding("send_again"),
    "h_came": _deciding("arrived"),
    "h_drop": _deciding("drop"),
    "h_next": _next,
}
