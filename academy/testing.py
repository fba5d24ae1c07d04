"""Final tests: the draw where an attempt begins, and the result where it ends.

A test measures, so it answers nothing on the way: each question has one try, no hint, and is only
kept. What was right, and why, is told once, after the last question.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import Connection

from academy.agenda_facts import state_of
from academy.facilitators import facilitator_name
from academy.facts import AcademyFacts
from academy.messages.testing import AnsweredInTest, FinalTestDone
from academy.places import Learner, Place
from academy.standing import Standing, feedback
from learners import final_tests
from learners.records import Assignment, Response
from lessons.drawing import draw
from lessons.markup import RichText
from lessons.model import Lesson
from scheduler.agenda import coming, next_lesson_at
from storage import records

Verdict: TypeAlias = Literal["right", "partly", "wrong", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeNow:
    """A lesson that may be taken at once (`academy.advancing`)."""

    lesson_id: str
    given: int
    """Lessons given so far: a button carries it, so that pressed late it starts nothing."""


def begun(tx: Connection, place: Place, *, now: datetime) -> Assignment:
    """Return the assignment as it is once it is begun now; of a test with its questions drawn.

    On a later attempt the questions this learner had before come last.
    """
    given = place.assignment
    started = replace(given, started_at=now)
    lesson = place.learner.course.lesson(given.lesson_id)
    if lesson.test is None:
        return started
    before = records.assignments_of(tx, given.enrollment_id)
    seen = {identity for one in before if one.lesson_id == lesson.id for identity in one.drawn}
    key = f"{given.enrollment_id}:{lesson.id}:{given.attempt}"
    return replace(started, drawn=draw(lesson, key=key, seen=seen))


def attempts_given(given: Sequence[Assignment], lesson_id: str) -> int:
    """Return how many attempts at a lesson were given so far, finished or not."""
    return max((one.attempt for one in given if one.lesson_id == lesson_id), default=0)


def done(
    tx: Connection, place: Place, *, take: TakeNow | None, now: datetime, academy: AcademyFacts
) -> FinalTestDone:
    """Return the whole result of the attempt that has just been finished."""
    learner, lesson = place.learner, place.lesson
    assert lesson.test is not None
    given = records.assignments_of(tx, learner.enrollment.id)
    responses = records.responses_of(tx, learner.enrollment.id)
    stands = final_tests.standing(learner.course.lesson(lesson.id), assignments=given, responses=responses)
    attempt = next(one for one in stands.attempts if one.assignment_id == place.assignment.id)
    state = state_of(tx, learner, academy=academy)
    alone = replace(state, lesson_ids=(lesson.id,), needs={})
    again = None if stands.over else coming(alone, now=now)
    take_now: Literal["", "again", "next"] = ""
    if take is not None:
        take_now = "again" if take.lesson_id == lesson.id else "next"
    return FinalTestDone(
        assignment_id=place.assignment.id,
        enrollment_id=learner.enrollment.id,
        title=lesson.title,
        percent=attempt.percent,
        pass_percent=lesson.test.pass_percent,
        passed=attempt.passed,
        answers=_answers(place, responses),
        read_again=() if attempt.passed else _read_again(learner, lesson),
        attempts_left=stands.left,
        passed_before=stands.passed and not attempt.passed,
        next_at=next_lesson_at(state, now=now),
        again_at=None if again is None else again[0],
        zone=learner.zone,
        take_now=take_now,
        given=0 if take is None else take.given,
        facilitator=facilitator_name(tx, learner.group.id),
    )


def _answers(place: Place, responses: Sequence[Response]) -> tuple[AnsweredInTest, ...]:
    """Return what was answered to each question, what is right, and why."""
    told = []
    lesson = place.lesson
    for step, asked in enumerate(lesson.steps):
        given = tuple(
            one
            for one in responses
            if one.assignment_id == place.assignment.id and one.question_id == asked.id
        )
        question = next((one for one in lesson.questions if one is asked), None)
        if question is None or not given:
            continue
        at = replace(place, assignment=replace(place.assignment, step=step))
        said = feedback(at, Standing(asked=question, given=given))
        told.append(
            AnsweredInTest(
                prompt=said.prompt,
                verdict=_verdict(given[-1]),
                chosen=said.chosen,
                answer=said.answer,
                why=said.why if said.verdict != "right" else RichText(""),
                explain=said.explain,
            )
        )
    return tuple(told)


def _verdict(given: Response) -> Verdict:
    if given.verdict == "shown":
        return "skipped"
    if given.score >= 1:
        return "right"
    return "partly" if given.score > 0 else "wrong"


def _read_again(learner: Learner, lesson: Lesson) -> tuple[tuple[int, str], ...]:
    """Return number and title of the lessons that a test needs: they are what it is about."""
    return tuple(
        (number, one.title)
        for number, one in enumerate(learner.course.lessons, start=1)
        if one.id in lesson.needs
    )
