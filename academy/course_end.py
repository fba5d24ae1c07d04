"""The end of a course: the score it is told with, counted as /progress counts it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.facilitators import facilitator_name
from academy.messages.learning import CourseDone
from academy.places import Learner
from learners import progress
from storage import records


def course_done(tx: Connection, learner: Learner, *, now: datetime) -> CourseDone:
    """Return what is said once the last lesson is finished."""
    stands = stands_of(tx, learner, now=now)
    return CourseDone(
        course=learner.course.title,
        lessons=len(learner.course.lessons),
        score_percent=stands.score_percent,
        passed=stands.passed,
        facilitator=facilitator_name(tx, learner.group.id),
        pass_percent=learner.course.pass_percent,
        enrollment_id=learner.enrollment.id,
    )


def stands_of(tx: Connection, learner: Learner, *, now: datetime) -> progress.Progress:
    """Return how far a learner is, from what they were given and what they answered."""
    return progress.progress_of(
        learner.course,
        enrollment=learner.enrollment,
        assignments=records.assignments_of(tx, learner.enrollment.id),
        responses=records.responses_of(tx, learner.enrollment.id),
        now=now,
        zone=ZoneInfo(learner.zone),
    )
