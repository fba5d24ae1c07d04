"""Who needs a hand, and why: rules that people can read, never a score.

A reason goes as soon as the learner acts, and none is written down or exported: this is a list
of people to call, not a record about them.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from learners.summary import SummedLearner
from scheduler.local_time import local_date
from scheduler.pacing import Rhythm, learning_days_between

NEVER_STARTED_DAYS = 3
"""Whole days since joining without getting past the first card."""
SILENT_LEARNING_DAYS = 3
"""Whole learning days without any sign, while a lesson waits."""
BEHIND_LESSONS = 2
"""Overdue lessons, the newest one not counted."""
LOW_FIRST_TRY_PERCENT = 50
"""First-try score of the last two finished lessons below which they were hard going."""


class Reason(StrEnum):
    """Why somebody is on the list; the value is what messages carry."""

    NEVER_STARTED = "never_started"
    SILENT = "silent"
    BEHIND = "behind"
    LOW_SCORE = "low_score"
    QUESTION_WAITING = "question_waiting"
    NOT_REACHABLE = "not_reachable"
    TEST_NOT_PASSED = "test_not_passed"


def last_active_at(learner: SummedLearner) -> datetime:
    """Return the learner's last sign of any kind; joining is the first one."""
    signs = (learner.enrollment.joined_at, learner.person.last_active_at, learner.summary.last_sign_at)
    return max(sign for sign in signs if sign is not None)


def reasons_for_a_hand(
    learner: SummedLearner, *, behind: int, rhythm: Rhythm, now: datetime
) -> tuple[Reason, ...]:
    """Return why this learner needs a hand, most telling first; empty for most.

    Who paused, finished or left is left alone, but for a question that waits for an answer. `behind`
    is how many lessons are overdue (`reports.schedule`).
    """
    enrollment, summary = learner.enrollment, learner.summary
    reasons = []
    if enrollment.state in {"joining", "active"}:
        if learner.person.unreachable_since is not None:
            reasons.append(Reason.NOT_REACHABLE)
        if summary.begun:
            reasons += _while_learning(learner, behind=behind, rhythm=rhythm, now=now)
        elif now - enrollment.joined_at >= timedelta(days=NEVER_STARTED_DAYS):
            reasons.append(Reason.NEVER_STARTED)
    if enrollment.state not in {"joining", "withdrawn"} and summary.tests_failed:
        # No attempt is left, so the learner can do nothing more alone; also after the course has ended.
        reasons.append(Reason.TEST_NOT_PASSED)
    if learner.unanswered_questions:
        reasons.append(Reason.QUESTION_WAITING)
    return tuple(reasons)


def _while_learning(learner: SummedLearner, *, behind: int, rhythm: Rhythm, now: datetime) -> list[Reason]:
    reasons = []
    if _silent_learning_days(learner, rhythm=rhythm, now=now) >= SILENT_LEARNING_DAYS:
        reasons.append(Reason.SILENT)
    if behind >= BEHIND_LESSONS:
        reasons.append(Reason.BEHIND)
    first_try = learner.summary.recent_first_try_percent
    if first_try is not None and first_try < LOW_FIRST_TRY_PERCENT:
        reasons.append(Reason.LOW_SCORE)
    return reasons


def _silent_learning_days(learner: SummedLearner, *, rhythm: Rhythm, now: datetime) -> int:
    """Return the whole learning days between the last sign and today; 0 when no lesson waits."""
    if learner.summary.unfinished_on is None:
        return 0
    last_on = local_date(last_active_at(learner), zone=rhythm.zone)
    paused_until = learner.enrollment.paused_until
    if paused_until is not None:
        # The days of a pause are agreed silence.
        last_on = max(last_on, local_date(paused_until, zone=rhythm.zone))
    return learning_days_between(rhythm, after_on=last_on, before_on=local_date(now, zone=rhythm.zone))
