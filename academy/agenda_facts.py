"""What the agenda wants to know about one enrollment, gathered from what is kept."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.facts import AcademyFacts
from academy.places import Learner
from learners.records import Assignment
from scheduler.agenda import LearnerState, OpenLesson, next_lesson_at
from scheduler.local_time import QuietHours
from storage import records


def state_of(tx: Connection, learner: Learner, *, academy: AcademyFacts) -> LearnerState:
    """Return the state of this learner as it is in the present transaction."""
    enrollment = learner.enrollment
    given = records.assignments_of(tx, enrollment.id)
    finished = [one for one in given if one.finished_at is not None]
    waiting = next((one for one in given if one.finished_at is None), None)
    return LearnerState(
        lesson_ids=tuple(lesson.id for lesson in learner.course.lessons),
        weekdays=enrollment.weekdays,
        at=enrollment.at,
        zone=ZoneInfo(learner.zone),
        quiet=QuietHours(start=academy.quiet.start, end=academy.quiet.end),
        state=enrollment.state,
        paused_until=enrollment.paused_until,
        finished=frozenset(one.lesson_id for one in finished),
        open=None if waiting is None else _open(waiting),
        last_assigned_on=max((one.assigned_on for one in given), default=None),
        last_finished_at=max(
            (one.finished_at for one in finished if one.finished_at is not None), default=None
        ),
        last_active_at=learner.person.last_active_at,
        started_at=enrollment.started_at or enrollment.joined_at,
        reachable=learner.person.unreachable_since is None,
    )


def next_at(tx: Connection, learner: Learner, *, now: datetime, academy: AcademyFacts) -> datetime | None:
    """Return when the next new lesson comes by itself; None when none does."""
    return next_lesson_at(state_of(tx, learner, academy=academy), now=now)


def _open(waiting: Assignment) -> OpenLesson:
    return OpenLesson(
        lesson_id=waiting.lesson_id,
        assigned_at=waiting.assigned_at,
        assigned_on=waiting.assigned_on,
        started_at=waiting.started_at,
        reminded_at=waiting.reminded_at,
        snoozed_until=waiting.snoozed_until,
    )
