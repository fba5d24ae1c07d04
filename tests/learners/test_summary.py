"""What is added up is what counting says: by the rules of `learners.progress`, and lesson by lesson."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given as having
from hypothesis import settings
from hypothesis import strategies as st

from learners.as_shown import as_shown
from learners.groups import Enrollment
from learners.lesson_sum import can_add, lesson_as_shown, with_lesson
from learners.progress import points, progress_of
from learners.records import Assignment, Response, Verdict
from learners.summary import SHARES, Summary, has_passed, summary_of
from lessons.model import Course, FinalTest, Lesson
from lessons.steps import Say, TrueFalse

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PINNED = 2
"""The version the learner is in; lessons were given in it or in version 1."""
ENROLLMENT = Enrollment(
    id=1,
    person_id=1,
    group_id=1,
    course_version_id=PINNED,
    weekdays=frozenset(range(5)),
    at=time(9),
    state="active",
    joined_at=NOW,
)
LESSONS, QUESTIONS = 4, 6


@st.composite
def courses(draw: st.DrawFn) -> dict[int, Course]:
    """Two versions: some questions have moved to another lesson, some came, some went."""
    homes = draw(st.lists(st.integers(0, LESSONS - 1), min_size=QUESTIONS, max_size=QUESTIONS))
    test, tested = (
        draw(st.none() | st.integers(0, LESSONS - 1)),
        draw(st.none() | st.integers(0, LESSONS - 1)),
    )
    gone = draw(st.none() | st.integers(0, LESSONS - 1))
    changed = draw(st.dictionaries(st.integers(0, QUESTIONS - 1), st.integers(-1, LESSONS - 1), max_size=2))
    now = [changed.get(number, home) for number, home in enumerate(homes)]
    worth = draw(st.lists(st.integers(1, 3), min_size=QUESTIONS, max_size=QUESTIONS))
    # A lesson may have become a test, or may be none any more.
    other = draw(st.sampled_from((test, test, test, tested)))
    return {1: course(homes, worth, test=test, gone=None), PINNED: course(now, worth, test=other, gone=gone)}


def course(homes: Sequence[int], worth: Sequence[int], *, test: int | None, gone: int | None) -> Course:
    lessons = tuple(
        Lesson(
            id=f"l{number}",
            title=f"Lesson {number}",
            steps=(
                Say(id=f"card-{number}", text="Look."),
                *(
                    TrueFalse(id=f"q{question}", prompt="So?", answer=True, points=worth[question])
                    for question, home in enumerate(homes)
                    if home == number
                ),
            ),
            test=FinalTest(draw=1, pass_percent=70) if number == test else None,
        )
        for number in range(LESSONS)
        if number != gone
    )
    return Course(id="c", title="C", language="en", version="1", lessons=lessons, pass_percent=60)


Facts = tuple[tuple[Assignment, ...], tuple[Response, ...]]


@st.composite
def facts(draw: st.DrawFn, versions: dict[int, Course]) -> Facts:
    """Lessons in an order, the last one perhaps under way, each with some answers."""
    assignments: list[Assignment] = []
    responses: list[Response] = []
    order = draw(st.lists(st.integers(0, LESSONS - 1), max_size=6))
    for place, lesson in enumerate(order):
        attempt = 1 + sum(one.lesson_id == f"l{lesson}" for one in assignments)
        version = draw(st.sampled_from((1, PINNED, PINNED)))
        shown = next((one for one in versions[version].lessons if one.id == f"l{lesson}"), None)
        if shown is None or (attempt > 1 and shown.test is None):
            continue
        ids = tuple(one.id for one in shown.questions)
        begun = NOW + place * 10 * MINUTE
        over = place + 1 < len(order) or draw(st.booleans())
        late = draw(st.sampled_from((0, 0, 0, 0, -25)))
        assignments.append(
            Assignment(
                id=place,
                enrollment_id=1,
                lesson_id=f"l{lesson}",
                course_version_id=version,
                assigned_at=begun,
                assigned_on=date(2026, 11, 1) + timedelta(days=place),
                attempt=attempt,
                started_at=draw(st.sampled_from((begun, None))),
                finished_at=begun + (5 + late) * MINUTE if over else None,
                step=draw(st.integers(0, 2)),
                drawn=ids if shown.test is not None else (),
                passed=draw(st.booleans()) and over and shown.test is not None,
            )
        )
        anywhere = ids * 4 + tuple(f"q{number}" for number in range(QUESTIONS))
        tries = st.tuples(st.sampled_from(anywhere), st.integers(1, 2))
        for question, number in draw(st.lists(tries, max_size=4, unique=True)):
            score, verdict = draw(st.sampled_from(MARKS))
            responses.append(
                Response(
                    assignment_id=place,
                    lesson_id=f"l{lesson}",
                    question_id=question,
                    try_number=number,
                    response="",
                    score=score,
                    verdict=verdict,
                    answered_at=begun + draw(st.integers(1, 9)) * MINUTE,
                )
            )
    return tuple(assignments), tuple(responses)


MARKS: tuple[tuple[float, Verdict], ...] = (
    (1.0, "right"),
    (1 / 3, "partly"),
    (0.7, "partly"),
    (0.0, "wrong"),
    (0.0, "shown"),
    (0.0, "waiting"),
)
LIVES = courses().flatmap(lambda versions: st.tuples(st.just(versions), facts(versions)))


def recent_first_try(
    shown: Course, assignments: Sequence[Assignment], responses: Sequence[Response]
) -> int | None:
    """The first-try score of the last two finished lessons, from the facts themselves."""
    ended = [(one.finished_at, one.lesson_id) for one in assignments if one.finished_at is not None]
    last = [lesson for _, lesson in sorted(ended, key=lambda one: one[0])][-2:]
    if len(last) < 2:
        return None
    first = [
        one for one in responses if one.try_number == 1 and one.lesson_id in last and one.verdict != "waiting"
    ]
    return points(shown, question_ids=[one.question_id for one in first], responses=first).percent


@having(LIVES)
@settings(max_examples=150, deadline=None)
def test_a_summary_says_what_progress_says(life: tuple[dict[int, Course], Facts]) -> None:
    versions, (assignments, responses) = life
    shown = as_shown(versions[PINNED], assignments=assignments, versions=versions)

    summary = summary_of(shown, assignments=assignments, responses=responses)

    stands = progress_of(
        shown,
        enrollment=ENROLLMENT,
        assignments=assignments,
        responses=responses,
        now=NOW,
        zone=ZoneInfo("UTC"),
    )
    assert (
        summary.lessons_over,
        summary.score_percent,
        summary.first_try_percent,
        has_passed(summary, course=versions[PINNED], enrollment=ENROLLMENT),
        summary.test_percent,
        summary.tests_passed,
        summary.waiting,
        summary.recent_first_try_percent,
    ) == (
        stands.lessons_finished,
        stands.score_percent,
        stands.first_try_percent,
        stands.passed,
        stands.test_percent,
        stands.test_passed,
        stands.waiting,
        recent_first_try(shown, assignments, responses),
    )


@having(LIVES)
@settings(max_examples=200, deadline=None)
def test_adding_a_lesson_is_counting_again(life: tuple[dict[int, Course], Facts]) -> None:
    """Lesson by lesson in the order they were given, as reports and `storage.summaries` do."""
    versions, (assignments, responses) = life
    for number, given in enumerate(assignments):
        before = tuple(one for one in assignments[:number] if one.finished_at is not None)
        behind = counted(versions, before, responses)
        answered = [one for one in responses if one.assignment_id == given.id]
        lesson = lesson_as_shown(versions[PINNED], version_id=PINNED, given=given, versions=versions)
        if lesson is None or not can_add(behind, lesson, given=given, responses=answered):
            continue

        added = with_lesson(behind, lesson, given=given, responses=answered)

        assert added == counted(versions, (*before, given), responses)


def counted(
    versions: dict[int, Course], assignments: tuple[Assignment, ...], responses: tuple[Response, ...]
) -> Summary:
    ids = {one.id for one in assignments}
    shown = as_shown(versions[PINNED], assignments=assignments, versions=versions)
    mine = [one for one in responses if one.assignment_id in ids]
    return summary_of(shown, assignments=assignments, responses=mine)


def test_two_lessons_by_hand() -> None:
    taught = course((0, 0, 1, 1, 1, 2), (1, 2, 1, 1, 3, 1), test=None, gone=None)
    first = lesson_given(0, finished_at=NOW + 5 * MINUTE)
    second = lesson_given(1, finished_at=NOW + 15 * MINUTE)
    given = (
        answer(first, "q0", 1, 0.0, "wrong"),
        answer(first, "q0", 2, 1.0, "right"),
        answer(first, "q1", 1, 0.5, "partly"),
        answer(second, "q2", 1, 1.0, "right"),
        answer(second, "q4", 1, 0.0, "waiting"),
    )

    summary = summary_of(taught, assignments=(first, second), responses=given)

    # Possible: 1 + 2, then 1 + 1 (q3 was left out), and 3 that wait. Reached: 1 + 1 + 1, at first 0 + 1 + 1.
    assert summary == Summary(
        finished=2,
        lessons_given=2,
        lessons_finished=2,
        lessons_over=2,
        begun=True,
        last_sign_at=NOW + 15 * MINUTE,
        last_finished_at=NOW + 15 * MINUTE,
        reached=3 * SHARES,
        first_reached=2 * SHARES,
        possible=5,
        waiting=1,
        last_reached=1 * SHARES,
        last_possible=1,
        before_reached=1 * SHARES,
        before_possible=3,
    )
    assert (summary.score_percent, summary.first_try_percent, summary.recent_first_try_percent) == (
        60,
        40,
        50,
    )


def test_three_thirds_of_a_point_are_one() -> None:
    taught = course((0, 0, 0, 0, 1, 1), (1,) * QUESTIONS, test=None, gone=None)
    lesson = lesson_given(0, finished_at=NOW)
    given = tuple(
        answer(lesson, f"q{number}", 1, score, "partly")
        for number, score in enumerate((1 / 3, 1 / 3, 1 / 3, 1))
    )

    assert summary_of(taught, assignments=(lesson,), responses=given).score_percent == 50


def test_a_lesson_of_another_version_that_changes_more_than_itself_is_not_added() -> None:
    """Under way in version 1: it is a test now, it has lost a question, it is gone, or nothing of that."""
    shown = course((0, 0, 1, 1, 2, 3), (1,) * QUESTIONS, test=None, gone=None)
    given = replace(lesson_given(0, finished_at=None), course_version_id=1)
    pinned = {
        "a test": course((0, 0, 1, 1, 2, 3), (1,) * QUESTIONS, test=0, gone=None),
        "less": course((0, -1, 1, 1, 2, 3), (1,) * QUESTIONS, test=None, gone=None),
        "moved": course((0, 2, 1, 1, 2, 3), (1,) * QUESTIONS, test=None, gone=None),
        "gone": course((0, 0, 1, 1, 2, 3), (1,) * QUESTIONS, test=None, gone=0),
        "more": course((0, 0, 0, 1, 2, 3), (1,) * QUESTIONS, test=None, gone=None),
    }

    found = {
        name: lesson_as_shown(one, version_id=PINNED, given=given, versions={1: shown})
        for name, one in pinned.items()
    }

    without = replace(shown.lessons[0], steps=shown.lessons[0].steps[:2])
    assert found == {"a test": None, "less": None, "moved": without, "gone": None, "more": shown.lessons[0]}


def lesson_given(number: int, *, finished_at: datetime | None) -> Assignment:
    return Assignment(
        id=number,
        enrollment_id=1,
        lesson_id=f"l{number}",
        course_version_id=PINNED,
        assigned_at=NOW,
        assigned_on=date(2026, 11, 1 + number),
        finished_at=finished_at,
    )


def answer(given: Assignment, question: str, try_number: int, score: float, verdict: Verdict) -> Response:
    return Response(
        assignment_id=given.id,
        lesson_id=given.lesson_id,
        question_id=question,
        try_number=try_number,
        response="",
        score=score,
        verdict=verdict,
        answered_at=NOW,
    )
