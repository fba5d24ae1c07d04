"""Presses of a learner in the lesson they are in, as the handlers hand them on."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from academy import answering, delivering, walking
from academy.places import Pressed, PressOutcome
from storage import records
from tests.academy.school import ACADEMY, ENERGY, LESSONS, MONDAY, Learner, join, screen

MINUTE = timedelta(minutes=1)
NOW = MONDAY + MINUTE


def at_step(tx: Connection, lesson: int, step: int, *, address: int = 7) -> Learner:
    """Return a learner at a step of what is their first lesson."""
    course = replace(ENERGY, lessons=(LESSONS[lesson - 1], *LESSONS[: lesson - 1], *LESSONS[lesson:]))
    learner = join(tx, address=address, course=replace(course, id=f"energy-{lesson}"))
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    records.advance(tx, learner.open, to_step=step)
    return learner


def pressed(learner: Learner, *, by: Learner | None = None, message_id: int = 100) -> Pressed:
    waiting = learner.given[0]
    return Pressed(
        person_id=(by or learner).person_id,
        assignment_id=waiting.id,
        step=waiting.step if waiting.finished_at is None else 2,
        screen=screen(message_id),
    )


def choose(learner: Learner, option: int, *, try_number: int = 1, by: Learner | None = None) -> PressOutcome:
    return answering.choose(
        learner.tx,
        pressed(learner, by=by),
        try_number=try_number,
        option=option,
        now=NOW,
        academy=ACADEMY,
    )


def go_on(learner: Learner, step: int, *, minutes: int = 1) -> PressOutcome:
    return walking.go_on(
        learner.tx,
        Pressed(person_id=learner.person_id, assignment_id=learner.given[0].id, step=step, screen=screen()),
        now=MONDAY + minutes * MINUTE,
        academy=ACADEMY,
    )


def responses(learner: Learner) -> list[tuple[str, int, str, float, str]]:
    return [
        (one.question_id, one.try_number, one.response, one.score, one.verdict)
        for one in records.responses_of(learner.tx, learner.enrollment_id)
    ]
