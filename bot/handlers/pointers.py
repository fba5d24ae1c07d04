"""What a learner's button points at, and the toast that answers it.

Buttons come back from a client: what none of ours carries raises ValueError, which `bot.handling`
answers once for all.
"""

from typing import assert_never

from academy.places import PressOutcome
from bot.context import N_
from bot.handlers.presses import BUTTON_NOT_IN_USE
from bot.handlers.reading import number
from bot.incoming import Tap


def numbers(tap: Tap, count: int) -> tuple[int, ...]:
    """Return exactly `count` numbers from a press; raises ValueError when it carries anything else."""
    if tap.press is None or len(tap.press.values) != count:
        raise ValueError("another number of values")
    return tuple(number(tap, position) for position in range(count))


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
