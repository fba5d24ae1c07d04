"""Days and hours a learner can choose: never in the quiet hours, never two courses at one minute."""

from collections.abc import Iterable
from datetime import time

from academy.facts import QuietHours
from academy.messages.joining import Slot
from lessons.model import WORKDAYS
from scheduler.local_time import QuietHours as Quiet

_QUARTERS = (0, 15, 30, 45)
_NOON = time(12, 30)
_MON_WED_FRI = frozenset({0, 2, 4})
_APART_MINUTES = 30


def slot(weekdays: Iterable[int], at: time) -> Slot:
    """Return days and time as a message carries them."""
    return Slot(weekdays=tuple(sorted(weekdays)), at=f"{at:%H:%M}")


def offered(*, weekdays: frozenset[int], at: time, quiet: QuietHours) -> tuple[Slot, ...]:
    """Return the choices of one tap: the group's own first, then a noon break, then three days a week.

    A group's hour that is quiet is offered as the first one that is not.
    """
    usual = quiet.end if is_quiet(at, quiet) else at
    wanted = [(weekdays, usual), (WORKDAYS, _NOON), (_MON_WED_FRI, usual)]
    slots = (slot(days, when) for days, when in wanted if not is_quiet(when, quiet))
    return tuple(dict.fromkeys(slots))


def hours(quiet: QuietHours) -> tuple[int, ...]:
    """Return the hours of which at least one quarter is not quiet, ascending."""
    return tuple(hour for hour in range(24) if minutes(quiet, hour))


def minutes(quiet: QuietHours, hour: int) -> tuple[int, ...]:
    """Return the quarters of an hour that are not quiet."""
    return tuple(minute for minute in _QUARTERS if not is_quiet(time(hour, minute), quiet))


def is_quiet(at: time, quiet: QuietHours) -> bool:
    """Return whether nothing is started by us at this wall-clock time."""
    return Quiet(start=quiet.start, end=quiet.end).covers(at)


def free(
    at: time,
    *,
    weekdays: frozenset[int],
    taken: Iterable[tuple[frozenset[int], time]],
    quiet: QuietHours,
) -> time:
    """Return `at`, or the next half hour after it at which no other course comes on these days.

    The search goes round the clock and passes over the quiet hours; a day with no room at all
    gives `at` back.
    """
    busy = {other for days, other in taken if days & weekdays}
    for steps in range(48):
        hour, minute = divmod((at.hour * 60 + at.minute + steps * _APART_MINUTES) % 1440, 60)
        candidate = time(hour, minute)
        if candidate not in busy and (steps == 0 or not is_quiet(candidate, quiet)):
            return candidate
    return at
