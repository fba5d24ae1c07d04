"""Which version of a course people learn, and how they come to another one.

An enrollment and a group are pinned to a version. The version of a lesson that was given changes
only together with the place in it, and only while nobody else has moved that place.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, delete, func, select, update

from learners.groups import Enrollment
from learners.records import Assignment
from storage import summaries
from storage.enrollments import enrollment_of
from storage.row_changes import change_row
from storage.tables import assignments, course_versions, enrollments, groups, responses


def on_other_versions(tx: Connection, *, course_id: str, version_id: int) -> tuple[Enrollment, ...]:
    """Return everybody pinned to another version of this course, in every state, in joining order."""
    found = tx.execute(
        select(enrollments)
        .where(enrollments.c.course_version_id.in_(_versions_of(course_id)))
        .where(enrollments.c.course_version_id != version_id)
        .order_by(enrollments.c.id)
    )
    return tuple(enrollment_of(row) for row in found.mappings())


def pin(tx: Connection, enrollment_id: int, *, version_id: int) -> None:
    """Let this enrollment's next lesson come from another version."""
    change_row(tx, enrollments, enrollment_id, course_version_id=version_id)
    summaries.rebuild(tx, enrollment_id)


def pin_groups(tx: Connection, *, course_id: str, version_id: int) -> tuple[int, ...]:
    """Let whoever joins from now on begin in this version; return the groups for which that is new."""
    moved = tx.execute(
        update(groups)
        .where(groups.c.course_version_id.in_(_versions_of(course_id)))
        .where(groups.c.course_version_id != version_id)
        .values(course_version_id=version_id)
        .returning(groups.c.id)
    )
    return tuple(moved.scalars())


def give_in(tx: Connection, given: Assignment, *, version_id: int, step: int, anew: bool = False) -> bool:
    """Return whether this open lesson is now given in another version, at `step` of it.

    False when the learner has moved on or finished meanwhile. `anew` makes the step one that was
    never tried.
    """
    values: dict[str, object] = {"course_version_id": version_id, "step": step}
    if anew:
        values |= {"try_number": 1, "hints_shown": 0, "picked": "", "placed": ""}
    moved = tx.execute(
        update(assignments)
        .where(
            assignments.c.id == given.id,
            assignments.c.course_version_id == given.course_version_id,
            assignments.c.step == given.step,
            assignments.c.started_at.is_not_distinct_from(given.started_at),
            assignments.c.finished_at.is_(None),
        )
        .values(**values)
        .returning(assignments.c.id)
    )
    return moved.one_or_none() is not None


def keep_pass(tx: Connection, enrollment_id: int, *, at: datetime) -> None:
    """Let this enrollment stay passed whatever its score becomes; the first moment stays."""
    tx.execute(
        update(enrollments)
        .where(enrollments.c.id == enrollment_id, enrollments.c.passed_at.is_(None))
        .values(passed_at=at)
    )


def forget_responses(tx: Connection, assignment_id: int, question_id: str) -> None:
    """Drop what was answered to a question that is asked anew: for an author's own trial only."""
    tx.execute(
        delete(responses).where(
            responses.c.assignment_id == assignment_id, responses.c.question_id == question_id
        )
    )
    summaries.rebuild_all(tx, summaries.enrollments_of(tx, (assignment_id,)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the learners of a course are, whatever version they are in; the withdrawn are left out."""

    learners: int
    going: int
    """Of those, not finished with the course."""
    past: dict[str, int]
    """Lesson id → how many have finished it."""
    past_and_going: dict[str, int]
    """Of those, how many have more lessons to come."""
    inside: dict[str, int]
    """Lesson id → how many have begun and not finished it."""


def standing_in_lessons(tx: Connection, *, course_id: str) -> Standing:
    """Return how many learners are where."""
    here = enrollments.c.course_version_id.in_(_versions_of(course_id)) & (enrollments.c.state != "withdrawn")
    states = tx.execute(
        select(enrollments.c.state, func.count().label("people")).where(here).group_by(enrollments.c.state)
    )
    people = {row.state: row.people for row in states}
    rows = tx.execute(
        select(
            assignments.c.lesson_id,
            enrollments.c.id,
            enrollments.c.state,
            assignments.c.started_at,
            assignments.c.finished_at,
        )
        .join(enrollments, enrollments.c.id == assignments.c.enrollment_id)
        .where(here)
    )
    past: defaultdict[str, set[int]] = defaultdict(set)
    going: defaultdict[str, set[int]] = defaultdict(set)
    inside: defaultdict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.finished_at is not None:
            past[row.lesson_id].add(row.id)
            if row.state != "finished":
                going[row.lesson_id].add(row.id)
        elif row.started_at is not None:
            inside[row.lesson_id].add(row.id)
    return Standing(
        learners=sum(people.values()),
        going=sum(count for state, count in people.items() if state != "finished"),
        past={lesson: len(ids) for lesson, ids in past.items()},
        past_and_going={lesson: len(ids) for lesson, ids in going.items()},
        inside={lesson: len(ids - past[lesson]) for lesson, ids in list(inside.items())},
    )


def answers_to(tx: Connection, *, course_id: str, question_ids: Iterable[str]) -> dict[str, int]:
    """Return question id → how many learners of the course have answered it; 0 is left out."""
    found = tx.execute(
        select(responses.c.question_id, func.count(assignments.c.enrollment_id.distinct()).label("learners"))
        .join(assignments, assignments.c.id == responses.c.assignment_id)
        .where(assignments.c.course_version_id.in_(_versions_of(course_id)))
        .where(responses.c.question_id.in_(tuple(question_ids)))
        .group_by(responses.c.question_id)
    )
    return {row.question_id: row.learners for row in found}


def _versions_of(course_id: str) -> Select[tuple[int]]:
    return select(course_versions.c.id).where(course_versions.c.course_id == course_id)
