from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from learners.groups import Enrollment
from learners.progress import Progress, progress_of
from learners.records import Assignment, Response
from lessons.model import Course, Lesson
from lessons.steps import Say, TrueFalse

SKOPJE = ZoneInfo("Europe/Skopje")
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
"""A Thursday."""


def question(question_id: str, *, points: int = 1) -> TrueFalse:
    return TrueFalse(id=question_id, prompt="?", answer=True, points=points)


COURSE = Course(
    id="water",
    title="Water",
    language="en",
    version="1.0.0",
    pass_percent=70,
    lessons=(
        Lesson(id="one", title="One", steps=(question("q1"), question("q2", points=2))),
        Lesson(id="two", title="Two", steps=(question("q3"), question("q4"))),
        Lesson(id="three", title="Three", steps=(Say(id="c1", text="Read."),)),
    ),
)
ENROLLMENT = Enrollment(
    id=1,
    person_id=1,
    group_id=1,
    course_version_id=1,
    weekdays=frozenset({0, 2, 4}),
    at=time(9),
    state="active",
    joined_at=datetime(2026, 11, 16, 8, tzinfo=UTC),
)


def assignment(lesson_id: str, *, on: int, finished: bool = True) -> Assignment:
    given_at = datetime(2026, 11, on, 8, tzinfo=UTC)
    return Assignment(
        id=on,
        enrollment_id=1,
        lesson_id=lesson_id,
        course_version_id=1,
        assigned_at=given_at,
        assigned_on=given_at.date(),
        started_at=given_at,
        finished_at=given_at.replace(hour=9) if finished else None,
    )


def response(question_id: str, score: float, *, try_number: int = 1) -> Response:
    return Response(
        assignment_id=1,
        lesson_id="one",
        question_id=question_id,
        try_number=try_number,
        response="1",
        score=score,
        verdict="right" if score == 1 else "wrong",
        answered_at=NOW,
    )


def progress(*, assignments: list[Assignment], responses: list[Response]) -> Progress:
    return progress_of(
        COURSE, enrollment=ENROLLMENT, assignments=assignments, responses=responses, now=NOW, zone=SKOPJE
    )


def test_who_has_not_begun() -> None:
    assert progress(assignments=[], responses=[]) == Progress(
        done=(False, False, False),
        position=1,
        score_percent=None,
        first_try_percent=None,
        passed=False,
        days_this_week=0,
        days_goal=3,
    )


def test_the_best_try_counts_and_the_first_is_kept_apart() -> None:
    result = progress(
        assignments=[assignment("one", on=23)],
        responses=[response("q1", 1), response("q2", 0), response("q2", 1, try_number=2)],
    )

    # 3 of 3 points by the best tries; 1 of 3 by the first.
    assert (result.score_percent, result.first_try_percent) == (100, 33)
    assert (result.lessons_finished, result.position) == (1, 2)


def test_a_worse_later_try_takes_nothing_away() -> None:
    result = progress(
        assignments=[assignment("one", on=23)],
        responses=[response("q1", 1), response("q2", 0.5), response("q2", 0, try_number=2)],
    )

    assert result.score_percent == 66


def test_a_lesson_under_way_counts_only_by_what_was_answered() -> None:
    result = progress(
        assignments=[assignment("one", on=23), assignment("two", on=25, finished=False)],
        responses=[response("q1", 1), response("q2", 1), response("q3", 0)],
    )

    # q4 was not answered and its lesson is not finished: 3 of 4 points.
    assert (result.score_percent, result.position) == (75, 2)


def test_a_question_left_out_of_a_finished_lesson_counts_as_not_known() -> None:
    result = progress(assignments=[assignment("one", on=23)], responses=[response("q1", 1)])

    assert result.score_percent == 33


@pytest.mark.parametrize(
    ("best", "percent", "passed"),
    [
        pytest.param((1, 1, 0.5, 0), 70, True, id="3.5 of 5"),
        pytest.param((1, 1, 0.49, 0), 69, False, id="3.49 of 5"),
    ],
)
def test_passed_is_all_lessons_and_the_pass_mark(best: tuple[float, ...], percent: int, passed: bool) -> None:
    answered = [response(f"q{number}", score) for number, score in enumerate(best, start=1)]
    finished = [assignment("one", on=23), assignment("two", on=25), assignment("three", on=26)]

    whole = progress(assignments=finished, responses=answered)
    without_the_last = progress(assignments=finished[:2], responses=answered)

    assert (whole.score_percent, whole.passed, whole.position, whole.finished) == (
        percent,
        passed,
        None,
        True,
    )
    assert not without_the_last.passed


def test_a_course_without_questions_is_passed_by_finishing() -> None:
    reading = replace(COURSE, lessons=COURSE.lessons[2:])

    result = progress_of(
        reading,
        enrollment=ENROLLMENT,
        assignments=[assignment("three", on=23)],
        responses=[],
        now=NOW,
        zone=SKOPJE,
    )

    assert (result.score_percent, result.passed) == (None, True)


def test_the_week_counts_learning_days_on_the_learners_calendar() -> None:
    late_on_sunday = replace(
        assignment("one", on=20), finished_at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    )  # Monday 00:30 in Skopje
    on_a_tuesday = assignment("two", on=24)

    result = progress_of(
        COURSE,
        enrollment=ENROLLMENT,
        assignments=[late_on_sunday, on_a_tuesday],
        responses=[],
        now=NOW,
        zone=SKOPJE,
        holidays=frozenset({date(2026, 11, 27)}),
    )

    # Monday counts; Tuesday is no learning day; Friday is a holiday.
    assert (result.days_this_week, result.days_goal) == (1, 2)


def test_an_answer_that_waits_counts_neither_way_and_passes_nobody() -> None:
    waiting = replace(response("q2", 0.0), verdict="waiting")
    finished = [assignment("one", on=20), assignment("two", on=23), assignment("three", on=25)]
    others = [response("q1", 1.0), response("q3", 1.0), response("q4", 1.0)]

    before = progress(assignments=finished, responses=[*others, waiting])
    after = progress(assignments=finished, responses=[*others, response("q2", 0.0)])

    assert (before.score_percent, before.first_try_percent, before.waiting) == (100, 100, 1)
    assert (before.finished, before.passed) == (True, False)
    # Three points of five: q2 is worth two.
    assert (after.score_percent, after.waiting, after.passed) == (60, 0, False)


def test_an_answer_to_a_question_that_is_gone_waits_for_nobody() -> None:
    gone = replace(response("q-removed", 0.0), verdict="waiting")
    finished = [assignment("one", on=20), assignment("two", on=23), assignment("three", on=25)]
    right = [response(f"q{number}", 1.0) for number in range(1, 5)]

    result = progress(assignments=finished, responses=[*right, gone])

    assert (result.score_percent, result.waiting, result.passed) == (100, 0, True)
