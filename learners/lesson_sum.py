"""What one lesson adds to the sum of an enrollment, so that nothing has to be counted twice.

`with_lesson(summary_of(facts), lesson)` is `summary_of(facts and the lesson)`, wherever `can_add` says so;
everywhere else only counting again is right.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, TypeAlias

from learners.as_shown import as_shown
from learners.records import Assignment, Response
from learners.summary import Summary, in_shares, last_sign
from lessons.model import Course, Lesson


class Answer(NamedTuple):
    """What counts of a `Response`, made in a fraction of the time: each finished lesson makes some."""

    question_id: str
    try_number: int
    score: float
    verdict: str
    answered_at: datetime


Answers: TypeAlias = Collection[Response] | Collection[Answer]


class LessonSum(NamedTuple):
    """What one lesson adds to a summary."""

    reached: int
    first_reached: int
    possible: int
    waiting: int
    tried_reached: int
    """Shares of a point on first tries, whether the lesson is finished or not."""
    tried_possible: int
    last_sign_at: datetime | None


def can_add(before: Summary, lesson: Lesson | None, *, given: Assignment, responses: Answers) -> bool:
    """Return whether `with_lesson` gives what counting again would; when not, count again.

    What comes after the lesson that was finished last can be added, and one lesson under way.
    """
    if lesson is None or not before.plain or before.unfinished_on is not None:
        return False
    if given.finished_at is not None and before.last_finished_at is not None:
        # In the order of their ends, or the last two lessons would be others.
        return before.last_finished_at < given.finished_at and stands_alone(
            lesson, given=given, responses=responses
        )
    return stands_alone(lesson, given=given, responses=responses)


def stands_alone(lesson: Lesson, *, given: Assignment, responses: Answers) -> bool:
    """Return whether this lesson changes nothing but its own sum.

    A test changes more once it is finished or taken again, and a question that was asked in another
    lesson belongs there.
    """
    if given.attempt > 1 or (given.finished_at is not None and lesson.test is not None):
        return False
    own = {step.id for step in lesson.steps}
    return all(one.question_id in own for one in responses)


def lesson_sum(lesson: Lesson, *, given: Assignment, responses: Answers) -> LessonSum:
    """Return what the lesson adds, finished or under way; only where it `stands_alone`.

    In one pass, because each lesson that is finished waits for it.
    """
    over = given.finished_at is not None
    best: dict[str, float] = {}
    first: dict[str, float] = {}
    ungraded: set[str] = set()
    last_sign_at = last_sign((given,), ())
    for one in responses:
        best[one.question_id] = max(one.score, best.get(one.question_id, 0.0))
        if one.verdict == "waiting":
            ungraded.add(one.question_id)
        elif one.try_number == 1:
            first[one.question_id] = one.score
        if last_sign_at is None or one.answered_at > last_sign_at:
            last_sign_at = one.answered_at
    reached = first_reached = possible = waiting = tried_reached = tried_possible = 0
    # A test under way counts nowhere: a score that moved would tell which answer was right.
    for question in lesson.questions if lesson.test is None else ():
        points, tried = question.points, first.get(question.id)
        if tried is not None:
            tried_reached += in_shares(tried, points)
            tried_possible += points
        if question.id in ungraded:
            waiting += 1
        elif over or question.id in best:
            possible += points
            reached += in_shares(best.get(question.id, 0.0), points)
            first_reached += in_shares(tried or 0.0, points)
    return LessonSum(reached, first_reached, possible, waiting, tried_reached, tried_possible, last_sign_at)


def with_lesson(before: Summary, lesson: Lesson, *, given: Assignment, responses: Answers) -> Summary:
    """Return the sum with one lesson more, finished or under way, and what was answered in it.

    `lesson` is the lesson as it was shown; only where `can_add` says so.
    """
    added = lesson_sum(lesson, given=given, responses=responses)
    over = given.finished_at is not None
    signs = (before.last_sign_at, added.last_sign_at)
    after = replace(
        before,
        lessons_given=before.lessons_given + 1,
        begun=before.begun or over or given.step > 0 or bool(responses),
        unfinished_on=None if over else given.assigned_on,
        last_sign_at=max((sign for sign in signs if sign is not None), default=None),
        reached=before.reached + added.reached,
        first_reached=before.first_reached + added.first_reached,
        possible=before.possible + added.possible,
        waiting=before.waiting + added.waiting,
    )
    if not over:
        return after
    return replace(
        after,
        finished=before.finished + 1,
        lessons_finished=before.lessons_finished + 1,
        lessons_over=before.lessons_over + 1,
        last_finished_at=given.finished_at,
        last_reached=added.tried_reached,
        last_possible=added.tried_possible,
        before_reached=before.last_reached,
        before_possible=before.last_possible,
    )


def lesson_as_shown(
    course: Course, *, version_id: int, given: Assignment, versions: Mapping[int, Course]
) -> Lesson | None:
    """Return the lesson of this assignment as it was shown; None when only counting everything is right.

    `course` is the version the enrollment is pinned to, `version_id` its number. A lesson shown in an
    older version may hold a question that was asked elsewhere before: then nothing can be added.
    """
    now = _lesson_in(course, given.lesson_id)
    if now is None or given.course_version_id == version_id:
        return now
    then = _lesson_in(as_shown(course, assignments=(given,), versions=versions), given.lesson_id)
    if then is None or (then.test is None) != (now.test is None):
        return None
    return then if {step.id for step in then.steps} <= {step.id for step in now.steps} else None


def _lesson_in(course: Course, lesson_id: str) -> Lesson | None:
    return next((lesson for lesson in course.lessons if lesson.id == lesson_id), None)
