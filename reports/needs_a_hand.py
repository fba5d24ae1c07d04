"""Who needs a hand, and why: rules that people can read, never a score.

A reason goes as soon as the learner acts, and none is written down or exported: this is a list
of people to call, not a record about them.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from learners import final_tests
from learners.progress import points
from learners.records import LearnerRecord
from lessons.model import Course
from reports.schedule import lessons_behind
from scheduler.local_time import local_date
from scheduler.pacing import Rhythm, learning_days_between

NEVER_STARTED_DAYS = 3
"""Whole days since joining without getting past the first card."""
SILENT_LEARNING_DAYS = 3
"""Whole learning days without any sign, while a lesson waits."""
BEHIND_LESSONS = 2
"""Overdue lessons, the newest one not counted."""
LOW_FIRST_TRY_PERCENT = 50
"""First-try score below which the last lessons were hard going."""
LOW_FIRST_TRY_LESSONS = 2
"""How many of the last finished lessons are looked at together."""


class Reason(StrEnum):
    """Why somebody is on the list; the value is what messages carry."""

    NEVER_STARTED = "never_started"
    SILENT = "silent"
    BEHIND = "behind"
    LOW_SCORE = "low_score"
    QUESTION_WAITING = "question_waiting"
    NOT_REACHABLE = "not_reachable"
    TEST_NOT_PASSED = "test_not_passed"


def has_started(record: LearnerRecord) -> bool:
    """Return whether the learner got past the first card; being shown it does not count."""
    return bool(record.responses) or any(
        one.step > 0 or one.finished_at is not None for one in record.assignments
    )


def last_active_at(record: LearnerRecord) -> datetime:
    """Return the learner's last sign of any kind; joining is the first one."""
    signs = [
        record.enrollment.joined_at,
        record.person.last_active_at,
        *(one.started_at for one in record.assignments),
        *(one.finished_at for one in record.assignments),
        *(one.answered_at for one in record.responses),
    ]
    return max(sign for sign in signs if sign is not None)


def reasons_for_a_hand(
    record: LearnerRecord, *, course: Course, rhythm: Rhythm, now: datetime
) -> tuple[Reason, ...]:
    """Return why this learner needs a hand, most telling first; empty for most.

    Who paused, finished or left is left alone, but for a question that waits for an answer.
    """
    reasons = []
    if record.enrollment.state in {"joining", "active"}:
        if record.person.unreachable_since is not None:
            reasons.append(Reason.NOT_REACHABLE)
        if has_started(record):
            reasons += _while_learning(record, course=course, rhythm=rhythm, now=now)
        elif now - record.enrollment.joined_at >= timedelta(days=NEVER_STARTED_DAYS):
            reasons.append(Reason.NEVER_STARTED)
    if record.enrollment.state not in {"joining", "withdrawn"} and any(
        test.failed
        for test in final_tests.standings(course, assignments=record.assignments, responses=record.responses)
    ):
        # No attempt is left, so the learner can do nothing more alone; also after the course has ended.
        reasons.append(Reason.TEST_NOT_PASSED)
    if record.unanswered_questions:
        reasons.append(Reason.QUESTION_WAITING)
    return tuple(reasons)


def _while_learning(record: LearnerRecord, *, course: Course, rhythm: Rhythm, now: datetime) -> list[Reason]:
    reasons = []
    if _silent_learning_days(record, rhythm=rhythm, now=now) >= SILENT_LEARNING_DAYS:
        reasons.append(Reason.SILENT)
    if lessons_behind(record, course=course, rhythm=rhythm, now=now) >= BEHIND_LESSONS:
        reasons.append(Reason.BEHIND)
    first_try = _recent_first_try_percent(record, course=course)
    if first_try is not None and first_try < LOW_FIRST_TRY_PERCENT:
        reasons.append(Reason.LOW_SCORE)
    return reasons


def _silent_learning_days(record: LearnerRecord, *, rhythm: Rhythm, now: datetime) -> int:
    """Return the whole learning days between the last sign and today; 0 when no lesson waits."""
    if all(one.finished_at is not None for one in record.assignments):
        return 0
    last_on = local_date(last_active_at(record), zone=rhythm.zone)
    if record.enrollment.paused_until is not None:
        # The days of a pause are agreed silence.
        last_on = max(last_on, local_date(record.enrollment.paused_until, zone=rhythm.zone))
    return learning_days_between(rhythm, after_on=last_on, before_on=local_date(now, zone=rhythm.zone))


def _recent_first_try_percent(record: LearnerRecord, *, course: Course) -> int | None:
    """Return the first-try score over the last finished lessons.

    None when there are too few, or nothing was asked in them.
    """
    finished = sorted(
        (one for one in record.assignments if one.finished_at is not None),
        key=lambda one: one.finished_at or one.assigned_at,
    )[-LOW_FIRST_TRY_LESSONS:]
    if len(finished) < LOW_FIRST_TRY_LESSONS:
        return None
    lesson_ids = {one.lesson_id for one in finished}
    first_tries = [
        one
        for one in record.responses
        if one.try_number == 1 and one.lesson_id in lesson_ids and one.verdict != "waiting"
    ]
    return points(
        course, question_ids=[one.question_id for one in first_tries], responses=first_tries
    ).percent
