"""What the facts say about one learner: how far, how well, how often. Derived, never stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import floor
from zoneinfo import ZoneInfo

from learners import final_tests
from learners.groups import Enrollment
from learners.records import Assignment, Response
from lessons.model import Course


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How one enrollment stands in its course."""

    done: tuple[bool, ...]
    """One per lesson, in course order: finished or not."""
    position: int | None
    """1-based number of the lesson that is under way or comes next; None after the last."""
    score_percent: int | None
    """Final score so far, 0..100; None while no question counts."""
    first_try_percent: int | None
    """The same with first tries only; None while no question counts."""
    passed: bool
    """All lessons finished, every test passed, the final score at or above the course's pass mark.

    Also whoever had passed before a corrected key lowered the score.
    """
    days_this_week: int
    """Learning days of this calendar week (Monday first) on which a lesson was finished."""
    days_goal: int
    """Learning days this week has for this learner."""
    test_percent: int | None = None
    """Best attempts at all tests together, 0..100; None before the first and in a course without one."""
    test_passed: bool | None = None
    """Whether every test is passed; None in a course without one."""
    waiting: int = 0
    """Answers that nobody has graded yet: they count neither way, and nobody has passed before."""

    @property
    def lessons_finished(self) -> int:
        """How many lessons are finished."""
        return sum(self.done)

    @property
    def finished(self) -> bool:
        """Whether every lesson is finished."""
        return all(self.done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Points reached and points possible over a set of questions."""

    reached: float
    possible: int

    @property
    def percent(self) -> int | None:
        """0..100, rounded down, so that a shown 70 has always passed a pass mark of 70.

        None when no points were possible.
        """
        # The margin is for thirds of points that add up to 69.99999999.
        return floor(100 * self.reached / self.possible + 1e-9) if self.possible else None


def progress_of(
    course: Course,
    *,
    enrollment: Enrollment,
    assignments: Sequence[Assignment],
    responses: Sequence[Response],
    now: datetime,
    zone: ZoneInfo,
    holidays: frozenset[date] = frozenset(),
) -> Progress:
    """Return how this enrollment stands; `course` is the version it is pinned to."""
    tests = final_tests.standings(course, assignments=assignments, responses=responses)
    over = final_tests.over(course, assignments=assignments, tests=tests)
    done = tuple(lesson.id in over for lesson in course.lessons)
    finished = {one.lesson_id for one in assignments if one.finished_at is not None}
    course, responses = final_tests.as_taken(course, assignments=assignments, responses=responses)
    counted = counted_questions(course, finished=finished, responses=responses)
    waiting = waiting_questions(course, responses=responses)
    score = points(course, question_ids=counted, responses=responses)
    first = points(
        course, question_ids=counted, responses=[one for one in responses if one.try_number == 1]
    ).percent
    week = {day for day in _week(now, zone=zone) if day.weekday() in enrollment.weekdays} - holidays
    finished_on = {
        one.finished_at.astimezone(zone).date() for one in assignments if one.finished_at is not None
    }
    return Progress(
        done=done,
        position=done.index(False) + 1 if False in done else None,
        score_percent=score.percent,
        first_try_percent=first,
        passed=enrollment.passed_at is not None
        or (
            all(done)
            and not waiting
            and all(test.passed for test in tests)
            and (score.percent is None or score.percent >= course.pass_percent)
        ),
        days_this_week=len(week & finished_on),
        days_goal=len(week),
        test_percent=final_tests.percent_of_all(course, tests=tests, responses=responses),
        test_passed=all(test.passed for test in tests) if tests else None,
        waiting=len(waiting),
    )


def counted_questions(
    course: Course, *, finished: Iterable[str], responses: Iterable[Response]
) -> frozenset[str]:
    """Return the ids of the questions that a score is about.

    All questions of finished lessons, answered or not, and those answered in a lesson under way:
    leaving a question out never raises a score, and a lesson just begun does not lower it. An answer
    that waits to be graded is not among them.
    """
    responses = tuple(responses)
    lesson_ids = set(finished)
    in_course = {question.id for lesson in course.lessons for question in lesson.questions}
    of_finished = {
        question.id for lesson in course.lessons if lesson.id in lesson_ids for question in lesson.questions
    }
    answered = {one.question_id for one in responses} & in_course
    return frozenset(of_finished | answered) - waiting_questions(course, responses=responses)


def waiting_questions(course: Course, *, responses: Iterable[Response]) -> frozenset[str]:
    """Return the ids of the course's questions whose answer nobody has graded yet."""
    in_course = {question.id for lesson in course.lessons for question in lesson.questions}
    return frozenset(one.question_id for one in responses if one.verdict == "waiting") & in_course


def points(course: Course, *, question_ids: Iterable[str], responses: Iterable[Response]) -> Points:
    """Return the points of these questions, each by the best of the given responses.

    A question without a response counts nothing of its possible points. Ids the course does not
    have are left out.
    """
    wanted = frozenset(question_ids)
    best: dict[str, float] = {}
    for response in responses:
        best[response.question_id] = max(response.score, best.get(response.question_id, 0.0))
    questions = [
        question for lesson in course.lessons for question in lesson.questions if question.id in wanted
    ]
    return Points(
        reached=sum(best.get(question.id, 0.0) * question.points for question in questions),
        possible=sum(question.points for question in questions),
    )


def _week(now: datetime, *, zone: ZoneInfo) -> set[date]:
    """Return the seven dates of the learner's calendar week, which begins on Monday."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    return {monday + timedelta(days=ahead) for ahead in range(7)}
