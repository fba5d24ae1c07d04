"""Attempts at a test: which one counts, what is left, and what a score is about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from learners.final_tests import (
    Attempt,
    as_taken,
    over,
    percent_of_all,
    standing,
    standings,
    waits_until,
)
from learners.records import Assignment, Response
from lessons.model import Course, FinalTest, Lesson
from lessons.steps import Say, TrueFalse

DAY_ONE = datetime(2026, 11, 23, 1, tzinfo=UTC)
QUESTIONS = tuple(
    TrueFalse(id=f"q-{n}", prompt=f"{n}?", answer=True, points=points) for n, points in enumerate((1, 1, 3))
)
FINAL = Lesson(
    id="final",
    title="Final",
    steps=(Say(id="s", text="Now."), *QUESTIONS),
    test=FinalTest(draw=2, pass_percent=75, attempts=2, retake_after_days=3),
)
PLAIN = Lesson(id="one", title="One", steps=(TrueFalse(id="q-one", prompt="1?", answer=True),))
COURSE = Course(id="c", title="C", language="en", version="1", lessons=(PLAIN, FINAL))


def given(attempt: int, *drawn: str, finished: bool = True, lesson_id: str = "final") -> Assignment:
    at = DAY_ONE + timedelta(days=attempt)
    return Assignment(
        id=10 * attempt if lesson_id == "final" else 1,
        enrollment_id=7,
        lesson_id=lesson_id,
        course_version_id=1,
        assigned_at=at,
        assigned_on=at.date(),
        attempt=attempt,
        started_at=at,
        finished_at=at if finished else None,
        drawn=drawn,
    )


def answered(attempt: int, question_id: str, score: float, *, lesson_id: str = "final") -> Response:
    return Response(
        assignment_id=10 * attempt if lesson_id == "final" else 1,
        lesson_id=lesson_id,
        question_id=question_id,
        try_number=1,
        response="1",
        score=score,
        verdict="right" if score == 1 else "wrong",
        answered_at=DAY_ONE,
    )


FIRST, SECOND = given(1, "q-0", "q-2"), given(2, "q-1", "q-2")


def test_nothing_taken_is_neither_passed_nor_over() -> None:
    stands = standing(FINAL, assignments=(given(1, finished=False),), responses=())

    assert (stands.attempts, stands.best, stands.passed, stands.left, stands.over) == (
        (),
        None,
        False,
        2,
        False,
    )


def test_an_attempt_is_scored_by_its_own_questions_and_answers() -> None:
    # 3 of 4 points; q-2 of the other attempt, and q-0, which was not answered there, do not count.
    stands = standing(
        FINAL,
        assignments=(FIRST, SECOND),
        responses=(answered(1, "q-0", 1), answered(2, "q-2", 1), answered(2, "q-1", 0)),
    )

    assert stands.attempts == (
        Attempt(
            assignment_id=10, number=1, percent=25, passed=False, finished_at=DAY_ONE + timedelta(days=1)
        ),
        Attempt(assignment_id=20, number=2, percent=75, passed=True, finished_at=DAY_ONE + timedelta(days=2)),
    )
    assert stands.best == stands.attempts[1]
    assert (stands.passed, stands.left, stands.over, stands.failed) == (True, 0, True, False)


def test_out_of_attempts_it_is_over_and_failed() -> None:
    stands = standing(FINAL, assignments=(FIRST, SECOND), responses=())

    assert (stands.passed, stands.left, stands.over, stands.failed) == (False, 0, True, True)


def test_a_failed_one_with_attempts_left_is_not_behind_the_learner() -> None:
    everything = (given(1, lesson_id="one"), FIRST)

    tests = standings(COURSE, assignments=everything, responses=())

    assert over(COURSE, assignments=everything, tests=tests) == frozenset({"one"})
    zone = ZoneInfo("Asia/Ulaanbaatar")
    assert waits_until(FINAL, test=tests[0], zone=zone) == (date(2026, 11, 24), 3)


def test_a_lesson_that_was_no_test_when_it_was_finished_stays_finished() -> None:
    (stands,) = standings(COURSE, assignments=(given(1),), responses=())

    assert (stands.passed, stands.attempts[0].percent) == (True, None)


def test_what_was_passed_stays_passed_when_a_key_is_corrected() -> None:
    stands = standing(FINAL, assignments=(replace(FIRST, passed=True),), responses=(answered(1, "q-2", 0),))

    assert (stands.attempts[0].percent, stands.passed, stands.over) == (0, True, True)


def test_a_plain_lesson_is_no_test() -> None:
    with pytest.raises(ValueError, match="one is no test"):
        standing(PLAIN, assignments=(), responses=())


def test_a_score_is_about_the_best_attempt_and_nothing_under_way() -> None:
    worse = given(2, "q-0", "q-1", finished=False)
    responses = (
        answered(1, "q-one", 1, lesson_id="one"),
        answered(1, "q-0", 1),
        answered(1, "q-2", 0),
        answered(2, "q-0", 0),
    )

    course, kept = as_taken(
        COURSE, assignments=(given(1, lesson_id="one"), FIRST, worse), responses=responses
    )

    assert [one.id for lesson in course.lessons for one in lesson.questions] == ["q-one", "q-0", "q-2"]
    assert kept == responses[:3]
    tests = standings(COURSE, assignments=(FIRST, worse), responses=responses)
    assert percent_of_all(course, tests=tests, responses=kept) == 25


def test_before_the_first_attempt_no_question_of_the_pool_counts() -> None:
    course, kept = as_taken(COURSE, assignments=(), responses=())

    assert [one.id for lesson in course.lessons for one in lesson.questions] == ["q-one"]
    assert (
        percent_of_all(course, tests=standings(COURSE, assignments=(), responses=()), responses=kept) is None
    )


def test_a_course_without_tests_is_left_alone() -> None:
    plain = replace(COURSE, lessons=(PLAIN,))

    assert as_taken(plain, assignments=(), responses=())[0] is plain
