"""The learner's wall clock: summer time, quiet hours and local dates.

Plans are kept as wall time and zone; a moment (UTC) is derived anew each time, so an update of
the time-zone rules moves the moment and never the hour the learner agreed to. Every function
takes and returns aware moments; what it returns is in UTC.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """When nothing is started by us, in the learner's own zone."""

    start: time
    """First quiet moment; later than `end` when the quiet hours cross midnight."""
    end: time
    """First moment that is not quiet any more; equal to `start` when no hour is quiet."""

    def covers(self, wall_clock: time) -> bool:
        """Return whether this wall-clock time is quiet."""
        if self.start <= self.end:
            return self.start <= wall_clock < self.end
        return wall_clock >= self.start or wall_clock < self.end


def local_date(moment: datetime, *, zone: ZoneInfo) -> date:
    """Return the date that the learner's calendar shows at `moment`."""
    return moment.astimezone(zone).date()


def at_local_time(day: date, wall_clock: time, *, zone: ZoneInfo) -> datetime:
    """Return `wall_clock` on `day` in `zone`, as UTC.

    A time that the clocks skip moves later by the size of the skip; a time that comes twice
    means its first occurrence (PEP 495, fold=0). A whole day that a zone skipped (Apia,
    30 December 2011) comes out on the day after it.
    """
    return datetime.combine(day, wall_clock.replace(fold=0), tzinfo=zone).astimezone(UTC)


def before_the_skip(day: date, wall_clock: time, *, zone: ZoneInfo) -> datetime:
    """Return the same, but let a time that the clocks skip move earlier by the size of the skip.

    By PEP 495 that is what fold=1 means there. For the end of a day that has no such hour.
    """
    return datetime.combine(day, wall_clock.replace(fold=1), tzinfo=zone).astimezone(UTC)


def is_quiet(moment: datetime, *, zone: ZoneInfo, quiet: QuietHours) -> bool:
    """Return whether the learner's clock shows a quiet hour at `moment`."""
    return quiet.covers(moment.astimezone(zone).time())


def next_waking(moment: datetime, *, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """Return `moment` itself when it is not quiet, else the end of the quiet hours it lies in."""
    if not is_quiet(moment, zone=zone, quiet=quiet):
        return moment.astimezone(UTC)
    today = local_date(moment, zone=zone)
    for days_ahead in count(0):
        # The end comes twice on the night the clocks go back; the hours between are quiet again.
        for fold in (0, 1):
            end = datetime.combine(
                today + timedelta(days=days_ahead), quiet.end.replace(fold=fold), tzinfo=zone
            ).astimezone(UTC)
            if end > moment and not is_quiet(end, zone=zone, quiet=quiet):
                return end
    raise AssertionError("unreachable: days do not run out")
