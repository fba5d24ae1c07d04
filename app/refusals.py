"""What refusals ask of the sender while it runs: to wait, and to try more seldom.

What has to outlive a crash is in the database, by the clock on the wall. Here it is kept by the clock
that nobody sets: a wall clock that is put forward by a minute ends no pause a minute early.
"""

from collections.abc import Callable
from typing import Final

from academy.messenger import NotSent, Outcome
from academy.sending import Consequence
from scheduler.budget import WHOLE_BOT, Budget

_SECOND_SECONDS: Final = 1.0
_LONGEST_OUTAGE_PAUSE_SECONDS: Final = 30.0


class Refusals:
    """The refusals that one sender has met."""

    def __init__(self, budget: Budget, *, monotonic: Callable[[], float], steady_pauses: bool) -> None:
        """Pauses are kept in `budget` too with `steady_pauses`: else whoever moves the clock moves them."""
        self._budget = budget
        self._monotonic = monotonic
        self._steady_pauses = steady_pauses
        self._last: tuple[int, float] | None = None
        self._outages = 0
        self.outage_until = 0.0
        """Nothing is tried before, because the messenger could not be reached again and again."""

    def is_second(self, outcome: Outcome, *, address: int) -> bool:
        """Return whether two chats were told to wait within a second: then the bot is meant."""
        if not isinstance(outcome, NotSent) or outcome.retry_after_seconds is None:
            return False
        before, now = self._last, self._monotonic()
        self._last = (address, now)
        return before is not None and before[0] != address and now - before[1] <= _SECOND_SECONDS

    def note(self, outcome: Outcome) -> None:
        """Slow down while the messenger cannot be reached at all, whomever we write to."""
        if not isinstance(outcome, NotSent) or outcome.retry_after_seconds is not None:
            self._outages = 0
            return
        self._outages += 1
        if self._outages > self._budget.credits:
            longer = 0.5 * 2 ** min(self._outages - self._budget.credits, 8)
            self.outage_until = self._monotonic() + min(longer, _LONGEST_OUTAGE_PAUSE_SECONDS)

    def keep(self, follows: Consequence, *, address: int) -> None:
        """Keep the pauses that follow from an outcome."""
        if not self._steady_pauses:
            return
        now = self._monotonic()
        if follows.pause_chat is not None:
            self._budget.pause(address, until=now + follows.pause_chat.total_seconds())
        if follows.pause_bot is not None:
            self._budget.pause(WHOLE_BOT, until=now + follows.pause_bot.total_seconds())
