"""What a rehearsal assumes and reckons: when people with a habit act, and what all of them weigh.

A few learners are played; how many there will be is only multiplied. All of one group have the same
hour, so what each of them gets at that minute is sent as often as there are learners.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, assert_never

from scheduler.budget import even_fraction

Habit: TypeAlias = Literal["keen", "busy", "late", "silent"]
Prompt: TypeAlias = Literal["lesson", "reminder"]
"""What the bot sends by itself and a learner may act on."""

BUSY_FOR = timedelta(hours=2)
"""Less than what the agenda waits with its reminder (scheduler.agenda.REMIND_AFTER)."""

DESCRIPTIONS: dict[Habit, str] = {
    "keen": "learns at once, answers right",
    "busy": "learns two hours later, answers wrong first",
    "late": "learns when the reminder comes, taps twice",
    "silent": "falls silent after the first lesson",
}
"""In the order in which they are played."""


def acts_at(habit: Habit, prompt: Prompt, *, at: datetime) -> datetime | None:
    """Return when somebody with this habit learns after a prompt; None for not because of this one."""
    match habit:
        case "keen":
            return at
        case "busy":
            return at + BUSY_FOR if prompt == "lesson" else None
        case "late":
            return at if prompt == "reminder" else None
        case "silent":
            return None
        case _:
            assert_never(habit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The minute in which most is sent by the bot itself."""

    at: datetime
    """Its beginning."""
    messages: int
    """To all learners together."""
    seconds: float
    """Until the last of them has left."""

    @property
    def fits_its_minute(self) -> bool:
        """Whether nobody gets a lesson at another minute than the one they chose."""
        return self.seconds <= 60


def heaviest(moments: Iterable[datetime], *, played: int, learners: int, rate_per_second: int) -> Load | None:
    """Return the heaviest minute when `learners` get what `played` of them got at these moments.

    None when nothing was sent. Of two equally heavy minutes the earlier one counts.
    """
    minutes = Counter(moment.replace(second=0, microsecond=0) for moment in moments)
    if not minutes:
        return None
    at, count = min(minutes.items(), key=lambda item: (-item[1], item[0]))
    messages = math.ceil(count * learners / played)
    return Load(at=at, messages=messages, seconds=seconds_needed(messages, rate_per_second=rate_per_second))


def seconds_needed(messages: int, *, rate_per_second: int) -> float:
    """Return how long so many messages take at the pace of the sender (scheduler.budget.Pacer)."""
    return messages / (even_fraction(rate_per_second) * rate_per_second)
