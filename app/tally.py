"""What the sender has done since it started, in a few numbers: for /metrics and for alarms.

Adding to it must cost next to nothing, because every message passes here.
"""

from bisect import bisect_left
from collections import Counter
from datetime import datetime
from typing import Final, assert_never

from academy.messenger import NotSent, Outcome, Refused, Sent, Uncertain
from storage.send_attempts import Claimed

LATENESS_SECONDS: Final = (1, 2, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400)
"""Upper ends, inclusive, of what is counted together; there is one more place for later than that."""

BUDGET_SECONDS: Final = 60
"""Over how long the part of the budget that was used is measured."""


class Tally:
    """Counts outcomes, and how late what was sent was accepted."""

    def __init__(self) -> None:
        self.outcomes: Counter[tuple[str, str]] = Counter()
        """Tries by kind of message and outcome: sent, refused, not_sent, too_many (429), uncertain."""
        self.lateness = [0] * (len(LATENESS_SECONDS) + 1)
        """Messages accepted, by seconds after the moment from which they might have been sent."""
        self.lateness_sum_seconds = 0.0
        self.last_sent_at: datetime | None = None
        self._recent = [(0, 0)] * BUDGET_SECONDS

    def note(self, claimed: Claimed, outcome: Outcome, *, now: datetime) -> None:
        """Count what became of one try; `now` is when its answer came."""
        self.outcomes[claimed.kind, _name(outcome)] += 1
        second = int(now.timestamp())
        place = second % BUDGET_SECONDS
        known, count = self._recent[place]
        self._recent[place] = (second, count + 1 if known == second else 1)
        if not isinstance(outcome, Sent):
            return
        self.last_sent_at = now
        if claimed.not_before is None or claimed.repeatable:
            return
        late = max(0.0, (now - claimed.not_before).total_seconds())
        self.lateness[bisect_left(LATENESS_SECONDS, late)] += 1
        self.lateness_sum_seconds += late

    def recent(self, *, now: datetime) -> int:
        """Return how many tries were answered within the last `BUDGET_SECONDS`."""
        second = int(now.timestamp())
        return sum(count for known, count in self._recent if second - BUDGET_SECONDS < known <= second)


def _name(outcome: Outcome) -> str:
    match outcome:
        case Sent():
            return "sent"
        case Refused():
            return "refused"
        case NotSent(retry_after_seconds=None):
            return "not_sent"
        case NotSent():
            return "too_many"
        case Uncertain():
            return "uncertain"
        case _:
            assert_never(outcome)
