"""Who keeps up with the lessons that their days and hour would have brought by now.

At most one unfinished lesson waits, so what was really delivered never runs more than one ahead
of what was finished. "Due" therefore also counts the lessons that a waiting one holds back: one
for each slot that passed while it waited. Finishing it makes them undue again, because they were
never sent; nobody stays behind for good after a week away.
"""

from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from learners.summary import SummedLearner
from scheduler.local_time import QuietHours, local_date
from scheduler.pacing import Rhythm, slots


def zone_of(learner: SummedLearner, *, zone: ZoneInfo) -> ZoneInfo:
    """Return the learner's own zone, else the group's (`zone`)."""
    return ZoneInfo(learner.person.zone) if learner.person.zone else zone


def rhythm_of(
    learner: SummedLearner, *, zone: ZoneInfo, quiet: QuietHours, holidays: frozenset[date] = frozenset()
) -> Rhythm:
    """Return the days and hour this learner agreed to, where they live."""
    return Rhythm(
        weekdays=learner.enrollment.weekdays,
        at=learner.enrollment.at,
        zone=zone_of(learner, zone=zone),
        quiet=quiet,
        holidays=holidays,
    )


def lessons_due(learner: SummedLearner, *, lessons: int, rhythm: Rhythm, now: datetime) -> int:
    """Return how many lessons this learner would have by now, had none waited; at most all `lessons`."""
    enrollment, summary = learner.enrollment, learner.summary
    # What was removed since is nobody's debt, and a test taken twice is one lesson.
    assigned, waiting_on = summary.lessons_given, summary.unfinished_on
    if enrollment.state != "active" or (summary.finished and waiting_on is None):
        return min(assigned, lessons)
    if waiting_on is None:
        # The first lesson comes with joining; if it did not, it is still the first one due.
        assigned = 1
        after_on = local_date(enrollment.started_at or enrollment.joined_at, zone=rhythm.zone)
    else:
        after_on = waiting_on
    if enrollment.paused_until is not None:
        # Hours that passed during a pause are nobody's debt.
        after_on = max(after_on, local_date(enrollment.paused_until, zone=rhythm.zone) - timedelta(days=1))
    # Of somebody who went years ago the days are not all counted: there are no more lessons than these.
    passed = takewhile(lambda slot: slot <= now, slots(rhythm, first_on=after_on + timedelta(days=1)))
    return assigned + sum(1 for _ in islice(passed, max(0, lessons - assigned)))


def lessons_behind(learner: SummedLearner, *, lessons: int, rhythm: Rhythm, now: datetime) -> int:
    """Return how many lessons are overdue: all that are due but the newest, less those finished.

    Zero is "on schedule" (experience.md 2.3: finished at least delivered - 1).
    """
    due = lessons_due(learner, lessons=lessons, rhythm=rhythm, now=now)
    return max(0, due - 1 - learner.summary.lessons_finished)
