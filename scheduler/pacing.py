"""When the next lesson is due, from the agreed days and hour, the calendar and the clock.

Everything is computed on the learner's own calendar, because "every weekday at nine" means nine
where the learner lives, also after the clocks change. A learning day is one of the learner's
weekdays that is no holiday; nothing is started on any other day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.local_time import (
    QuietHours,
    at_local_time,
    before_the_skip,
    is_quiet,
    local_date,
    next_waking,
)

_HORIZON_DAYS = 800
"""Holidays come and go; two years without one learning day is a mistake, not a calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Days and hour of one learner, where they live."""

    weekdays: frozenset[int]
    """Days with a lesson, 0 = Monday to 6 = Sunday; never empty."""
    at: time
    """Wall-clock time of delivery; carries no zone. Inside the quiet hours it gives way to their end."""
    zone: ZoneInfo
    quiet: QuietHours
    holidays: frozenset[date] = frozenset()
    """Local dates on which nothing is started."""

    def is_learning_day(self, day: date) -> bool:
        """Return whether a lesson may start on this local date."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def slot_on(self, day: date) -> datetime | None:
        """Return the moment of the lesson on this local date.

        None when the date is no learning day, or when the zone skipped it.
        """
        if not self.is_learning_day(day):
            return None
        wall_clock = self.quiet.end if self.quiet.covers(self.at) else self.at
        slot = at_local_time(day, wall_clock, zone=self.zone)
        if local_date(slot, zone=self.zone) != day:
            # In Nuuk the clocks skip the last hour of a Saturday: rather early than not on that day.
            slot = before_the_skip(day, wall_clock, zone=self.zone)
        # A skip of the clocks can push the hour into quiet ones.
        slot = next_waking(slot, zone=self.zone, quiet=self.quiet)
        return slot if local_date(slot, zone=self.zone) == day else None


def slots(rhythm: Rhythm, *, first_on: date) -> Iterator[datetime]:
    """Yield the slots on and after a local date, ascending.

    Raises ValueError when two years hold no learning day at all.
    """
    empty_days = 0
    day = first_on
    while empty_days < _HORIZON_DAYS:
        slot = rhythm.slot_on(day)
        if slot is None:
            empty_days += 1
        else:
            empty_days = 0
            yield slot
        day += timedelta(days=1)
    raise ValueError("two years without a learning day")


def next_slot(rhythm: Rhythm, *, after: datetime, after_on: date | None = None) -> datetime:
    """Return the first slot strictly later than `after`, on a local date later than `after_on`."""
    first_on = local_date(after, zone=rhythm.zone)
    if after_on is not None:
        first_on = max(first_on, after_on + timedelta(days=1))
    return next(slot for slot in slots(rhythm, first_on=first_on) if slot > after)


def welcome_from(rhythm: Rhythm, *, moment: datetime) -> datetime:
    """Return `moment` if something may be started then, else the first good moment after it.

    On a learning day that is the end of the quiet hours; on any other day it is the learner's
    own hour on the next learning day, rather than the first minute of it.
    """
    if rhythm.is_learning_day(local_date(moment, zone=rhythm.zone)):
        waking = next_waking(moment, zone=rhythm.zone, quiet=rhythm.quiet)
        if rhythm.is_learning_day(local_date(waking, zone=rhythm.zone)):
            return waking
    return next_slot(rhythm, after=moment)


def learning_days_between(rhythm: Rhythm, *, after_on: date, before_on: date) -> int:
    """Return how many learning days lie strictly between two local dates."""
    days = (before_on - after_on).days
    return sum(rhythm.is_learning_day(after_on + timedelta(days=ahead)) for ahead in range(1, days))


def learning_day_after(rhythm: Rhythm, *, day: date, count: int) -> date:
    """Return the `count`-th learning day after a local date; the date itself for 0."""
    for _ in range(count):
        # `slots` knows that a zone can skip a date, and when to give up.
        slot = next(slots(rhythm, first_on=day + timedelta(days=1)))
        day = local_date(slot, zone=rhythm.zone)
    return day


def slots_passed(rhythm: Rhythm, *, after_on: date, now: datetime) -> int:
    """Return how many slots, on local dates later than `after_on`, have come by `now` (inclusive)."""
    passed = 0
    for slot in slots(rhythm, first_on=after_on + timedelta(days=1)):
        if slot > now:
            return passed
        passed += 1
    return passed


def is_good_moment(rhythm: Rhythm, *, moment: datetime) -> bool:
    """Return whether something may be started at `moment`: a learning day, and no quiet hour."""
    return rhythm.is_learning_day(local_date(moment, zone=rhythm.zone)) and not is_quiet(
        moment, zone=rhythm.zone, quiet=rhythm.quiet
    )
