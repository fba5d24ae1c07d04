"""How far somebody is, in their own eyes: /progress, and the end of a course."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.agenda_facts import next_at
from academy.facilitators import facilitator_name
from academy.facts import AcademyFacts
from academy.messages.learning import CourseDone, NothingNow, Progress
from academy.places import Learner, learning
from academy.saying import say
from learners import progress
from storage import records


def show_progress(tx: Connection, *, person_id: int, now: datetime, academy: AcademyFacts) -> None:
    """Say how every course of this person stands, one message each, newest first."""
    courses = learning(tx, person_id)
    if not courses:
        say(tx, person_id=person_id, message=NothingNow(reason="not_joined"), now=now)
    for learner in courses:
        message = _progress(tx, learner, now=now, academy=academy)
        say(tx, person_id=person_id, message=message, now=now)


def course_done(tx: Connection, learner: Learner, *, now: datetime) -> CourseDone:
    """Return what is said once the last lesson is finished."""
    stands = _stands(tx, learner, now=now)
    return CourseDone(
        course=learner.course.title,
        lessons=len(learner.course.lessons),
        score_percent=stands.score_percent,
        passed=stands.passed,
        facilitator=facilitator_name(tx, learner.group.id),
        pass_percent=learner.course.pass_percent,
        enrollment_id=learner.enrollment.id,
    )


def _stands(tx: Connection, learner: Learner, *, now: datetime) -> progress.Progress:
    return progress.progress_of(
        learner.course,
        enrollment=learner.enrollment,
        assignments=records.assignments_of(tx, learner.enrollment.id),
        responses=records.responses_of(tx, learner.enrollment.id),
        now=now,
        zone=ZoneInfo(learner.zone),
    )


def _progress(tx: Connection, learner: Learner, *, now: datetime, academy: AcademyFacts) -> Progress:
    stands = _stands(tx, learner, now=now)
    waiting = records.open_assignment(tx, learner.enrollment.id)
    return Progress(
        course=learner.course.title,
        done=stands.done,
        score_percent=stands.score_percent,
        first_try_percent=stands.first_try_percent,
        days_this_week=stands.days_this_week,
        days_goal=stands.days_goal,
        next_at=next_at(tx, learner, now=now, academy=academy),
        zone=learner.zone,
        open_assignment_id=None if waiting is None else waiting.id,
        text_only=learner.person.text_only,
        enrollment_id=learner.enrollment.id,
        finished=stands.finished,
        paused=learner.enrollment.state == "paused",
    )
