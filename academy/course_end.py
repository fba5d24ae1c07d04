"""The end of a course: the score it is told with, counted as /progress counts it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.facilitators import facilitator_name
from academy.messages.learning import CourseDone
from academy.places import Learner
from learners import progress
from learners.as_shown import as_shown
from storage import courses, records


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
        waiting=stands.waiting,
        enrollment_id=learner.enrollment.id,
        done=None if stands.finished else stands.lessons_finished,
        fresh=bool(learner.course.asked_again),
    )


def stands_of(tx: Connection, learner: Learner, *, now: datetime) -> progress.Progress:
    """Return how far a learner is, from what they were given and what they answered."""
    given = records.assignments_of(tx, learner.enrollment.id)
    versions = {one.course_version_id for one in given} - {learner.enrollment.course_version_id}
    shown = {version: courses.course(tx, version) for version in versions}
    return progress.progress_of(
        as_shown(learner.course, assignments=given, versions=shown),
        enrollment=learner.enrollment,
        assignments=given,
        responses=records.responses_of(tx, learner.enrollment.id),
        now=now,
        zone=ZoneInfo(learner.zone),
    )
