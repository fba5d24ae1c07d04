"""What each enrollment has behind it, added up: kept in the transaction that changed it.

Enrolling makes the row, whoever finishes a lesson adds it (`close`), and whoever changes anything that is
finished has the enrollment counted again (`rebuild`). Nobody else writes the table. A lesson under way is
not in it: it is a handful of rows and is read as it is. `rebuild` writes even where nothing changed, so
that of two transactions that meet on PostgreSQL the second begins anew.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, case, exists, or_, select, true, update

from learners.as_shown import as_shown
from learners.lesson_sum import Answer, lesson_sum, stands_alone
from learners.records import Assignment, Response
from learners.summary import Summary, summary_of
from lessons.model import Course
from storage import courses
from storage.conflicts import insert_given
from storage.learning_rows import ASSIGNMENTS_OF, RESPONSES, assignment_of, response_of
from storage.prepared import Prepared, Record
from storage.tables import (
    assignments,
    course_versions,
    enrollments,
    grades,
    rescored,
    responses,
    summaries,
)

_BATCH = 500


def close(tx: Connection, given: Assignment) -> None:
    """Add a lesson that has just been finished, with everything that was answered in it."""
    rows = _CLOSED.rows(tx, {"given": given.id})
    if rows and not any(row["marked_again"] for row in rows):
        course = courses.of_hash(tx, rows[0]["content_hash"], given.course_version_id, "")
        lesson = next((one for one in course.lessons if one.id == given.lesson_id), None)
        answered = [
            Answer(row["question_id"], row["try_number"], row["score"], row["verdict"], row["answered_at"])
            for row in rows
            if row["question_id"] is not None
        ]
        if lesson is not None and stands_alone(lesson, given=given, responses=answered):
            added = lesson_sum(lesson, given=given, responses=answered)._asdict()
            _ADD.rows(tx, {"given": given.enrollment_id, "finished_at": given.finished_at, **added})
            return
    rebuild(tx, given.enrollment_id)


def rebuild(tx: Connection, enrollment_id: int) -> None:
    """Count what this enrollment has behind it again; of one that is gone nothing is kept."""
    found = _VERSION.one_or_none(tx, {"given": enrollment_id})
    if found is None:
        return
    counted = recount(tx, enrollment_id, version_id=found[enrollments.c.course_version_id])
    _keep(tx.dialect.name).rows(tx, {"enrollment_id": enrollment_id, **_values(counted)})


def rebuild_all(tx: Connection, enrollment_ids: Iterable[int]) -> None:
    """Count several again."""
    for enrollment_id in enrollment_ids:
        rebuild(tx, enrollment_id)


def rebuild_behind(tx: Connection, response_id: int) -> None:
    """Count the enrollment again to which this response belongs."""
    found = _OWNER.one_or_none(tx, {"given": response_id})
    if found is not None:
        rebuild(tx, found[assignments.c.enrollment_id])


def enrollments_of(tx: Connection, assignment_ids: Iterable[int]) -> tuple[int, ...]:
    """Return the enrollments these lessons were given to, each once: to be asked before lessons go."""
    given = assignments.c.id.in_(tuple(assignment_ids))
    found = tx.execute(select(assignments.c.enrollment_id).where(given).distinct())
    return tuple(found.scalars())


def recount(tx: Connection, enrollment_id: int, *, version_id: int) -> Summary:
    """Return what is behind this enrollment, from the facts; `version_id` is the one it is pinned to."""
    given, answered = facts_of(tx, enrollment_id)
    behind = tuple(one for one in given if one.finished_at is not None)
    ids = {one.id for one in behind}
    return summed(
        tx,
        assignments=behind,
        responses=tuple(one for one in answered if one.assignment_id in ids),
        version_id=version_id,
    )


def summed(
    tx: Connection, *, assignments: tuple[Assignment, ...], responses: tuple[Response, ...], version_id: int
) -> Summary:
    """Return the sum of these facts of one enrollment, each lesson in the version it was given in."""
    versions = {
        number: courses.course(tx, number) for number in {one.course_version_id for one in assignments}
    }
    course = courses.course(tx, version_id)
    shown = as_shown(course, assignments=assignments, versions=versions)
    return summary_of(shown, assignments=assignments, responses=responses)


def facts_of(tx: Connection, enrollment_id: int) -> tuple[tuple[Assignment, ...], tuple[Response, ...]]:
    """Return everything this enrollment was given and has answered, in its order."""
    return (
        tuple(assignment_of(row) for row in _GIVEN.rows(tx, {"given": enrollment_id})),
        tuple(response_of(row) for row in _ANSWERED.rows(tx, {"given": enrollment_id})),
    )


def nothing(course: Course) -> Summary:
    """Return the summary of an enrollment that has nothing behind it: of such there may be no row."""
    has_test = any(lesson.test is not None for lesson in course.lessons)
    return Summary(tests_passed=False if has_test else None)


def summary_in(row: Record) -> Summary | None:
    """Return the summary of a row selected with all columns of `summaries`; None when there is none."""
    if row[summaries.c.enrollment_id] is None:
        return None
    return Summary(**{name: row[column] for name, column in _COLUMNS})


def wrong(tx: Connection) -> tuple[int, ...]:
    """Return the enrollments whose summary is not what their facts say, in ascending order."""
    found: list[int] = []
    above = 0
    while some := _SOME.rows(tx, {"above": above, "most": _BATCH}):
        for row in some:
            above, version_id = row[enrollments.c.id], row[enrollments.c.course_version_id]
            kept = summary_in(row) or nothing(courses.course(tx, version_id))
            if kept != recount(tx, above, version_id=version_id):
                found.append(above)
    return tuple(found)


_COLUMNS = tuple((one.name, one) for one in summaries.columns if one is not summaries.c.enrollment_id)
_KEPT = tuple(name for name, _ in _COLUMNS)


def _values(summary: Summary) -> dict[str, Any]:  # Any: a value for each column
    return {name: getattr(summary, name) for name in _KEPT}


@cache
def _keep(dialect: str) -> Prepared:
    row = summaries.c
    made = insert_given(dialect, summaries, "enrollment_id", *_KEPT)
    return Prepared(
        made.on_conflict_do_update(
            index_elements=[row.enrollment_id], set_={name: made.excluded[name] for name in _KEPT}
        )
    )


_VERSION = Prepared(select(enrollments.c.course_version_id).where(enrollments.c.id == bindparam("given")))
_OWNER = Prepared(
    select(assignments.c.enrollment_id)
    .join(responses, responses.c.assignment_id == assignments.c.id)
    .where(responses.c.id == bindparam("given"))
)
_GIVEN = Prepared(ASSIGNMENTS_OF)
_ANSWERED = Prepared(RESPONSES.where(assignments.c.enrollment_id == bindparam("given")))
# Nothing is found where counting again is right: the lesson was given in another version than its learner is
# in, a question has moved, or a later lesson was finished before. Looking for what is newer than a response
# costs more than all the rest, so it is only asked whether there is anything.
_CLOSED = Prepared(
    select(
        course_versions.c.content_hash,
        *(responses.c[name] for name in Answer._fields),
        or_(
            exists().where(grades.c.response_id == responses.c.id),
            exists().where(rescored.c.response_id == responses.c.id),
        ).label("marked_again"),
    )
    .select_from(assignments)
    .join(
        enrollments,
        (enrollments.c.id == assignments.c.enrollment_id)
        & (enrollments.c.course_version_id == assignments.c.course_version_id),
    )
    .join(
        summaries,
        (summaries.c.enrollment_id == assignments.c.enrollment_id)
        & summaries.c.plain
        & or_(
            summaries.c.last_finished_at.is_(None),
            summaries.c.last_finished_at < assignments.c.finished_at,
        ),
    )
    .join(course_versions, course_versions.c.id == assignments.c.course_version_id)
    .outerjoin(responses, responses.c.assignment_id == assignments.c.id)
    .where(assignments.c.id == bindparam("given")),
    by_name=True,
)
_ROW = summaries.c
_NEW = {
    name: bindparam(name, type_=_ROW[kept].type)
    for name, kept in (
        *((name, name) for name in ("reached", "first_reached", "possible", "waiting", "last_sign_at")),
        ("tried_reached", "last_reached"),
        ("tried_possible", "last_possible"),
        ("finished_at", "last_finished_at"),
    )
}
_ADD = Prepared(
    update(summaries)
    .where(_ROW.enrollment_id == bindparam("given"))
    .values(
        {name: _ROW[name] + 1 for name in ("finished", "lessons_given", "lessons_finished", "lessons_over")}
        | {name: _ROW[name] + _NEW[name] for name in ("reached", "first_reached", "possible", "waiting")}
        | {
            "begun": true(),
            "last_sign_at": case(
                (_ROW.last_sign_at > _NEW["last_sign_at"], _ROW.last_sign_at), else_=_NEW["last_sign_at"]
            ),
            "last_finished_at": _NEW["finished_at"],
            "last_reached": _NEW["tried_reached"],
            "last_possible": _NEW["tried_possible"],
            "before_reached": _ROW.last_reached,
            "before_possible": _ROW.last_possible,
        }
    )
)
_SOME = Prepared(
    select(enrollments.c.id, enrollments.c.course_version_id, summaries)
    .outerjoin(summaries, summaries.c.enrollment_id == enrollments.c.id)
    .where(enrollments.c.id > bindparam("above"))
    .order_by(enrollments.c.id)
    .limit(bindparam("most"))
)
