"""What one enrollment has done, added up: all that a report needs to know of lessons and answers.

A summary is never the truth, it is the sum of it: `summary_of` makes one from the facts, and
`learners.lesson_sum` makes the next one from the one before. Both give the same, so whatever is kept
of a summary can be proved by counting again. Points are whole numbers (shares of a point), because
sums of fractions depend on their order.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import floor
from typing import Final

from learners import final_tests
from learners.groups import Enrollment
from learners.people import Person
from learners.progress import counted_questions, waiting_questions
from learners.records import Assignment, Response
from lessons.model import Course
from lessons.steps import AnyQuestion

SHARES: Final = 10**12
"""Of one point. Three thirds of a point lack one share, which moves no percent; 64 bits hold nine million
points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Lessons and answers of one enrollment, added up."""

    plain: bool = True
    """Every answer belongs to the lesson it was given in. When a question has moved into another lesson
    since, nothing can be added to this any more: only counting again is right."""
    finished: int = 0
    """Finished assignments: every attempt at a test is one."""
    lessons_given: int = 0
    """Lessons of the course that were given, finished or not."""
    lessons_finished: int = 0
    lessons_over: int = 0
    """Of those, the ones that will not come again: a test is over once it is passed or out of attempts."""
    begun: bool = False
    """Got past the first card of any lesson."""
    unfinished_on: date | None = None
    """The local date of the lesson that waits or is under way; None when there is none."""
    last_sign_at: datetime | None = None
    """The last time a lesson was begun, answered in or finished; None before the first."""
    last_finished_at: datetime | None = None
    reached: int = 0
    """Shares of a point, by the best try of each question that counts."""
    first_reached: int = 0
    """The same by first tries alone."""
    possible: int = 0
    """Points of the questions that count."""
    waiting: int = 0
    """Answers that nobody has graded yet."""
    last_reached: int = 0
    """Shares of a point on first tries in the lesson that was finished last."""
    last_possible: int = 0
    before_reached: int = 0
    """The same in the lesson finished before that one."""
    before_possible: int = 0
    test_percent: int | None = None
    """As in `learners.progress`."""
    tests_passed: bool | None = None
    """As in `learners.progress`."""
    tests_failed: bool = False
    """A test has no attempt left and was not passed."""

    @property
    def score_percent(self) -> int | None:
        """Final score so far, 0..100; None while no question counts."""
        return _percent(self.reached, self.possible)

    @property
    def first_try_percent(self) -> int | None:
        """The same with first tries only."""
        return _percent(self.first_reached, self.possible)

    @property
    def recent_first_try_percent(self) -> int | None:
        """First-try score over the two lessons finished last; None before the second one."""
        if self.finished < _RECENT:
            return None
        return _percent(self.last_reached + self.before_reached, self.last_possible + self.before_possible)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummedLearner:
    """Everything a report of a whole group needs to know about one enrollment."""

    person: Person
    enrollment: Enrollment
    summary: Summary
    unanswered_questions: int = 0
    """Questions to the facilitator that nobody has answered yet."""


def summary_of(
    course: Course, *, assignments: Sequence[Assignment], responses: Sequence[Response]
) -> Summary:
    """Return the sum of these facts; `course` is the one as it was shown (`learners.as_shown`)."""
    in_course = {lesson.id for lesson in course.lessons}
    finished = sorted(
        (one for one in assignments if one.finished_at is not None),
        key=lambda one: one.finished_at or one.assigned_at,
    )
    tests = final_tests.standings(course, assignments=assignments, responses=responses)
    taken, kept = final_tests.as_taken(course, assignments=assignments, responses=responses)
    counted = counted_questions(taken, finished={one.lesson_id for one in finished}, responses=kept)
    questions = [one for lesson in taken.lessons for one in lesson.questions if one.id in counted]
    plain = _at_home(course, responses)
    recent = [one.lesson_id for one in finished[-_RECENT:]]
    together = not plain or len(set(recent)) < len(recent)
    last = _first_tries(course, lesson_ids=recent if together else recent[-1:], responses=responses)
    before = _first_tries(course, lesson_ids=[] if together else recent[:-1], responses=responses)
    return Summary(
        plain=plain,
        finished=len(finished),
        lessons_given=len({one.lesson_id for one in assignments} & in_course),
        lessons_finished=len({one.lesson_id for one in finished} & in_course),
        lessons_over=len(final_tests.over(course, assignments=assignments, tests=tests)),
        begun=bool(responses or finished) or any(one.step > 0 for one in assignments),
        unfinished_on=next((one.assigned_on for one in assignments if one.finished_at is None), None),
        last_sign_at=last_sign(assignments, (one.answered_at for one in responses)),
        last_finished_at=finished[-1].finished_at if finished else None,
        reached=shares(questions, _best(kept)),
        first_reached=shares(questions, _best([one for one in kept if one.try_number == 1])),
        possible=sum(one.points for one in questions),
        waiting=len(waiting_questions(taken, responses=kept)),
        last_reached=last[0],
        last_possible=last[1],
        before_reached=before[0],
        before_possible=before[1],
        test_percent=final_tests.percent_of_all(taken, tests=tests, responses=kept),
        tests_passed=all(test.passed for test in tests) if tests else None,
        tests_failed=any(test.failed for test in tests),
    )


def has_passed(summary: Summary, *, course: Course, enrollment: Enrollment) -> bool:
    """Return whether the course is passed, by the rule of `learners.progress.Progress.passed`."""
    score = summary.score_percent
    return enrollment.passed_at is not None or (
        summary.lessons_over == len(course.lessons)
        and not summary.waiting
        and summary.tests_passed is not False
        and (score is None or score >= course.pass_percent)
    )


def shares(questions: Sequence[AnyQuestion], scores: Mapping[str, float]) -> int:
    """Return the points of these questions in shares, by question id and score 0..1; missing ones are 0."""
    return sum(in_shares(scores.get(one.id, 0.0), one.points) for one in questions)


def in_shares(score: float, points: int) -> int:
    """Return what a score of 0..1 in a question of so many points is worth."""
    return round(score * points * SHARES)


def last_sign(assignments: Iterable[Assignment], answered_at: Iterable[datetime]) -> datetime | None:
    """Return the last time one of these was begun, answered or finished; None when none was."""
    signs = [
        *(one.started_at for one in assignments),
        *(one.finished_at for one in assignments),
        *answered_at,
    ]
    return max((sign for sign in signs if sign is not None), default=None)


_RECENT = 2
"""Lessons whose first tries say whether it was hard going; `Summary` keeps so many apart."""


def _at_home(course: Course, responses: Sequence[Response]) -> bool:
    """Return whether each response was given in the lesson that has its question, if any has."""
    homes: dict[str, str] = {}
    for lesson in course.lessons:
        for step in lesson.steps:
            if homes.setdefault(step.id, lesson.id) != lesson.id:
                return False
    return all(homes.get(one.question_id, one.lesson_id) == one.lesson_id for one in responses)


def _first_tries(
    course: Course, *, lesson_ids: Collection[str], responses: Sequence[Response]
) -> tuple[int, int]:
    """Return shares reached and points possible on first tries in these lessons."""
    if not lesson_ids:
        return 0, 0
    first = [
        one
        for one in responses
        if one.try_number == 1 and one.lesson_id in lesson_ids and one.verdict != "waiting"
    ]
    tried = {one.question_id for one in first}
    questions = [one for lesson in course.lessons for one in lesson.questions if one.id in tried]
    return shares(questions, _best(first)), sum(one.points for one in questions)


def _best(responses: Sequence[Response]) -> dict[str, float]:
    best: dict[str, float] = {}
    for one in responses:
        best[one.question_id] = max(one.score, best.get(one.question_id, 0.0))
    return best


def _percent(shares: int, possible: int) -> int | None:
    """Return 0..100, rounded down; the margin is that of `learners.progress.Points`."""
    return floor(100 * shares / (possible * SHARES) + 1e-9) if possible else None
