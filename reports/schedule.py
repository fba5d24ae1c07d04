"""Who keeps up with the lessons that their days and hour would have brought by now.

At most one unfinished lesson waits, so what was really delivered never runs more than one ahead
of what was finished. "Due" therefore also counts the lessons that a waiting one holds back: one
for each slot that passed while it waited. Finishing it makes them undue again, because they were
never sent; nobody stays behind for good after a week away.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from learners.records import LearnerRecord
from lessons.model import Course
from scheduler.local_time import QuietHours, local_date
from scheduler.pacing import Rhythm, slots_passed


def zone_of(record: LearnerRecord, *, zone: ZoneInfo) -> ZoneInfo:
    """Return the learner's own zone, else the group's (`zone`)."""
    return ZoneInfo(record.person.zone) if record.person.zone else zone


def rhythm_of(
    record: LearnerRecord, *, zone: ZoneInfo, quiet: QuietHours, holidays: frozenset[date] = frozenset()
) -> Rhythm:
    """Return the days and hour this learner agreed to, where they live."""
    return Rhythm(
        weekdays=record.enrollment.weekdays,
        at=record.enrollment.at,
        zone=zone_of(record, zone=zone),
        quiet=quiet,
        holidays=holidays,
    )


def lessons_due(record: LearnerRecord, *, course: Course, rhythm: Rhythm, now: datetime) -> int:
    """Return how many lessons this learner would have by now, had none waited; at most all."""
    in_course = {lesson.id for lesson in course.lessons}
    # What was removed since is nobody's debt, and a test taken twice is one lesson.
    assigned = len({one.lesson_id for one in record.assignments} & in_course)
    waiting = next((one for one in record.assignments if one.finished_at is None), None)
    enrollment = record.enrollment
    if enrollment.state != "active" or (record.assignments and waiting is None):
        return min(assigned, len(course.lessons))
    if waiting is None:
        # The first lesson comes with joining; if it did not, it is still the first one due.
        assigned = 1
        after_on = local_date(enrollment.started_at or enrollment.joined_at, zone=rhythm.zone)
    else:
        after_on = waiting.assigned_on
    if enrollment.paused_until is not None:
        # Hours that passed during a pause are nobody's debt.
        after_on = max(after_on, local_date(enrollment.paused_until, zone=rhythm.zone) - timedelta(days=1))
    return min(assigned + slots_passed(rhythm, after_on=after_on, now=now), len(course.lessons))


def lessons_finished(record: LearnerRecord, *, course: Course) -> int:
    """Return how many lessons of the course are finished."""
    in_course = {lesson.id for lesson in course.lessons}
    return len(
        {
            one.lesson_id
            for one in record.assignments
            if one.finished_at is not None and one.lesson_id in in_course
        }
    )


def lessons_behind(record: LearnerRecord, *, course: Course, rhythm: Rhythm, now: datetime) -> int:
    """Return how many lessons are overdue: all that are due but the newest, less those finished.

    Zero is "on schedule" (experience.md 2.3: finished at least delivered - 1).
    """
    due = lessons_due(record, course=course, rhythm=rhythm, now=now)
    return max(0, due - 1 - lessons_finished(record, course=course))
