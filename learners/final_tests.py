"""How somebody stands in the tests of a course: attempts, the best one, and what is left.

An attempt is one assignment of the test's lesson. Everything is derived from what was given and
answered; of several attempts the best one counts, and the others never lower it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import floor
from zoneinfo import ZoneInfo

from learners.records import Assignment, Response
from lessons.drawing import drawn_lesson
from lessons.model import Course, Lesson
from lessons.steps import CARDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt that was finished."""

    assignment_id: int
    number: int
    """1 for the first."""
    percent: int | None
    """0..100, rounded down; None when none of its questions is in the course any more."""
    passed: bool
    """By its score now, or when it was finished: what was passed stays passed."""
    finished_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one learner stands in one test."""

    lesson_id: str
    attempts: tuple[Attempt, ...]
    """The finished ones, in their order."""
    allowed: int
    """How many there may be in all."""

    @property
    def best(self) -> Attempt | None:
        """The attempt that counts: the highest, of equal ones the first; None before the first."""
        return max(self.attempts, key=lambda one: (one.passed, one.percent or 0), default=None)

    @property
    def passed(self) -> bool:
        """Whether one of the attempts passed."""
        return any(one.passed for one in self.attempts)

    @property
    def left(self) -> int:
        """How many attempts are still to be had; 0 once it is passed."""
        return 0 if self.passed else max(0, self.allowed - len(self.attempts))

    @property
    def over(self) -> bool:
        """Whether it will not come again: passed, or out of attempts."""
        return bool(self.attempts) and self.left == 0

    @property
    def failed(self) -> bool:
        """Whether every attempt was used and none passed."""
        return self.over and not self.passed


def standing(lesson: Lesson, *, assignments: Sequence[Assignment], responses: Sequence[Response]) -> Standing:
    """Return how somebody stands in the test `lesson`; ValueError when it is none."""
    if lesson.test is None:
        raise ValueError(f"{lesson.id} is no test")
    mine = sorted((one for one in assignments if one.lesson_id == lesson.id), key=lambda one: one.attempt)
    return Standing(
        lesson_id=lesson.id,
        attempts=tuple(
            _attempt(lesson, lesson.test.pass_percent, one, one.finished_at, responses)
            for one in mine
            if one.finished_at is not None
        ),
        allowed=lesson.test.attempts,
    )


def standings(
    course: Course, *, assignments: Sequence[Assignment], responses: Sequence[Response]
) -> tuple[Standing, ...]:
    """Return one standing for each test of the course, in course order; most courses have none."""
    return tuple(
        standing(lesson, assignments=assignments, responses=responses)
        for lesson in course.lessons
        if lesson.test is not None
    )


def over(course: Course, *, assignments: Sequence[Assignment], tests: Sequence[Standing]) -> frozenset[str]:
    """Return the ids of the lessons that are behind the learner for good.

    A lesson is when it is finished; a test only when it is passed or no attempt is left.
    """
    waiting = {test.lesson_id for test in tests if not test.over}
    finished = {one.lesson_id for one in assignments if one.finished_at is not None}
    return frozenset(lesson.id for lesson in course.lessons if lesson.id in finished - waiting)


def as_taken(
    course: Course, *, assignments: Sequence[Assignment], responses: Sequence[Response]
) -> tuple[Course, tuple[Response, ...]]:
    """Return the course with the questions of the best attempts in place of the pools, and their responses.

    What is counted over the two is what this learner was asked. A test under way is left out until
    it is finished: a score that moved with each answer would tell which one was right.
    """
    tests = standings(course, assignments=assignments, responses=responses)
    if not tests:
        return course, tuple(responses)
    given = {one.id: one for one in assignments}
    best = {test.lesson_id: test.best for test in tests}
    lessons = []
    for lesson in course.lessons:
        if lesson.id not in best:
            lessons.append(lesson)
            continue
        counts = best[lesson.id]
        drawn = () if counts is None else given[counts.assignment_id].drawn
        cards = tuple(step for step in lesson.steps if isinstance(step, CARDS))
        lessons.append(drawn_lesson(lesson, drawn) if drawn else replace(lesson, steps=cards))
    kept = {attempt.assignment_id for attempt in best.values() if attempt is not None}
    return replace(course, lessons=tuple(lessons)), tuple(
        one for one in responses if one.lesson_id not in best or one.assignment_id in kept
    )


def percent_of_all(taken: Course, *, tests: Sequence[Standing], responses: Sequence[Response]) -> int | None:
    """Return the score over the best attempts of all tests, 0..100; None before the first.

    `taken` and `responses` are those of `as_taken`.
    """
    ids = {test.lesson_id for test in tests if test.best is not None}
    questions = [one for lesson in taken.lessons if lesson.id in ids for one in lesson.questions]
    scores = {one.question_id: one.score for one in responses}
    reached = sum(scores.get(one.id, 0.0) * one.points for one in questions)
    return _percent(reached, sum(one.points for one in questions))


def waits_until(lesson: Lesson, *, test: Standing, zone: ZoneInfo) -> tuple[date, int] | None:
    """Return the local date of the last attempt and the learning days to let pass after it.

    None when the test does not come again, or has not been taken yet.
    """
    if lesson.test is None or test.over or not test.attempts:
        return None
    last = max(one.finished_at for one in test.attempts)
    return last.astimezone(zone).date(), lesson.test.retake_after_days


def _attempt(
    lesson: Lesson, pass_percent: int, given: Assignment, finished_at: datetime, responses: Sequence[Response]
) -> Attempt:
    reached, possible = 0.0, 0
    scores = {one.question_id: one.score for one in responses if one.assignment_id == given.id}
    for question in lesson.questions:
        if question.id in given.drawn:
            reached += scores.get(question.id, 0.0) * question.points
            possible += question.points
    percent = _percent(reached, possible)
    return Attempt(
        assignment_id=given.id,
        number=given.attempt,
        percent=percent,
        passed=given.passed or percent is None or percent >= pass_percent,
        finished_at=finished_at,
    )


def _percent(reached: float, possible: int) -> int | None:
    # The margin is for thirds of points that add up to 79.99999999.
    return floor(100 * reached / possible + 1e-9) if possible else None
