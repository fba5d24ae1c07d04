"""How much one person may ask for in a minute, so that nobody keeps the others waiting."""

from collections import deque
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

UPDATES_PER_MINUTE: Final = 30
"""Faster than anybody learns: a lesson has about ten taps."""

_MANY: Final = 10_000
"""People above which those who left are looked for."""

Verdict: TypeAlias = Literal["fine", "first_too_many", "too_many"]


class PaceLimit:
    """Counts the updates of each person over the last 60 seconds.

    `seconds` is a clock of the machine, not of the academy: it is about load, and a preview that
    moves the academy's clock does not move this one.
    """

    def __init__(self, *, seconds: Callable[[], float], per_minute: int = UPDATES_PER_MINUTE) -> None:
        self._seconds = seconds
        self._per_minute = per_minute
        self._seen: dict[int, deque[float]] = {}
        self._told: dict[int, float] = {}
        self._forgets_at = 0.0

    def verdict(self, address: int) -> Verdict:
        """Count one update of this person and say what it is: `first_too_many` once a minute at most."""
        moment = self._seconds()
        if len(self._seen) > _MANY and moment >= self._forgets_at:
            # Not at each update: when so many are here at once, there is nobody to forget.
            self._forget_before(moment - 60)
            self._forgets_at = moment + 10
        seen = self._seen.setdefault(address, deque(maxlen=self._per_minute))
        if len(seen) < self._per_minute or seen[0] <= moment - 60:
            seen.append(moment)
            return "fine"
        if self._told.get(address, moment - 61) > moment - 60:
            return "too_many"
        self._told[address] = moment
        return "first_too_many"

    def _forget_before(self, moment: float) -> None:
        self._seen = {address: seen for address, seen in self._seen.items() if seen[-1] > moment}
        self._told = {address: told for address, told in self._told.items() if told > moment}
