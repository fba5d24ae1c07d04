"""How far somebody is, in their own eyes: /progress."""

from datetime import datetime

from sqlalchemy import Connection

from academy import agreeing_times
from academy.agenda_facts import next_at
from academy.course_end import stands_of
from academy.facts import AcademyFacts
from academy.messages.learning import NothingNow, Progress
from academy.places import Learner, learning
from academy.saying import say
from storage import records


def show_progress(tx: Connection, *, person_id: int, now: datetime, academy: AcademyFacts) -> None:
    """Say how every course of this person stands, one message each, newest first."""
    courses = learning(tx, person_id)
    if not courses and not agreeing_times.lead_on(tx, person_id=person_id, now=now, academy=academy):
        say(tx, person_id=person_id, message=NothingNow(reason="not_joined"), now=now)
    for learner in courses:
        message = _progress(tx, learner, now=now, academy=academy)
        say(tx, person_id=person_id, message=message, now=now)


def _progress(tx: Connection, learner: Learner, *, now: datetime, academy: AcademyFacts) -> Progress:
    stands = stands_of(tx, learner, now=now)
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
        open_lesson=0 if waiting is None else _number(learner, waiting.lesson_id),
        text_only=learner.person.text_only,
        enrollment_id=learner.enrollment.id,
        finished=stands.finished,
        paused=learner.enrollment.state == "paused",
        waiting=stands.waiting,
    )


def _number(learner: Learner, lesson_id: str) -> int:
    """Return the number of a lesson, 0 for one that the course no longer has."""
    ids = [lesson.id for lesson in learner.course.lessons]
    return ids.index(lesson_id) + 1 if lesson_id in ids else 0
