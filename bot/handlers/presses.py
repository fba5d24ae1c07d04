"""Reading what a button carries: anybody can send anything, so nothing here raises."""

from typing import Final

from bot.context import N_
from bot.incoming import Tap

BUTTON_NOT_IN_USE: Final = N_("This button is no longer in use.")

_LARGEST: Final = 2**53
"""Beyond every id of ours, and inside what both databases take for a number."""


def number(tap: Tap, position: int) -> int | None:
    """Return the number at `position`, or None when a button of ours carries none there."""
    if tap.press is None:
        return None
    try:
        found = tap.press.number(position)
    except ValueError:
        return None
    return found if 0 <= found < _LARGEST else None
