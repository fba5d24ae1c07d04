"""What a row of `assignments` and of `responses` says, and what a response is worth now.

A response is never rewritten: a corrected key and a grade are rows of their own. Whoever reads
responses selects `RESPONSE`, in which the newest of them counts.
"""

from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, bindparam, case, func, select

from learners.records import Assignment, Response, Verdict
from storage.prepared import Record
from storage.tables import assignments, grades, rescored, responses


def _newest(value: ColumnElement[Any], *, of: Table) -> ColumnElement[Any]:
    """Return a value of the newest row of a table about a row of `responses`; null while there is none."""
    newest: Select[Any] = (
        select(value)
        .where(of.c.response_id == responses.c.id)
        .order_by(of.c.id.desc())
        .limit(1)
        .correlate(responses)
    )
    return newest.scalar_subquery()


_SHARE = grades.c.points / grades.c.of_points
_GRADED_SCORE = _newest(_SHARE, of=grades)
"""0..1, by the newest grade."""
_GRADED_VERDICT = _newest(case((_SHARE >= 1, "right"), (_SHARE > 0, "partly"), else_="wrong"), of=grades)
"""How it went by that grade."""


RESPONSE = (
    responses.c.id,
    responses.c.assignment_id,
    responses.c.question_id,
    responses.c.try_number,
    responses.c.response,
    func.coalesce(_GRADED_SCORE, _newest(rescored.c.score, of=rescored), responses.c.score).label("score"),
    func.coalesce(_GRADED_VERDICT, _newest(rescored.c.verdict, of=rescored), responses.c.verdict).label(
        "verdict"
    ),
    responses.c.answered_at,
    responses.c.hints,
)
"""The columns of a response, as it counts now: select these instead of `responses`."""
ASSIGNMENTS_OF = (
    select(assignments)
    .where(assignments.c.enrollment_id == bindparam("given"))
    .order_by(assignments.c.assigned_on, assignments.c.id)
)
"""Every lesson given to the enrollment `given`, in the order it was given."""
RESPONSES = (
    select(*RESPONSE, assignments.c.lesson_id)
    .join(assignments, assignments.c.id == responses.c.assignment_id)
    .order_by(responses.c.id)
)
"""Responses in the order they were given; whoever asks says whose."""


def assignment_of(row: Record) -> Assignment:
    """Return the assignment of a row selected with all columns of `assignments`."""
    columns = assignments.c
    return Assignment(
        id=row[columns.id],
        enrollment_id=row[columns.enrollment_id],
        lesson_id=row[columns.lesson_id],
        course_version_id=row[columns.course_version_id],
        assigned_at=row[columns.assigned_at],
        assigned_on=row[columns.assigned_on],
        started_at=row[columns.started_at],
        finished_at=row[columns.finished_at],
        reminded_at=row[columns.reminded_at],
        snoozed_until=row[columns.snoozed_until],
        step=row[columns.step],
        hints_shown=row[columns.hints_shown],
        try_number=row[columns.try_number],
        picked=frozenset(int(index) for index in row[columns.picked].split(",") if index),
        placed=tuple(int(index) for index in row[columns.placed].split(",") if index),
        attempt=row[columns.attempt],
        asked=row[columns.asked],
        drawn=tuple(row[columns.drawn].split(",")) if row[columns.drawn] else (),
        passed=row[columns.passed],
    )


def response_of(row: Record) -> Response:
    """Return the response of a row selected with the columns `RESPONSE` and `lesson_id`."""
    columns = responses.c
    return Response(
        assignment_id=row[columns.assignment_id],
        lesson_id=row[assignments.c.lesson_id],
        question_id=row[columns.question_id],
        try_number=row[columns.try_number],
        response=row[columns.response],
        score=row["score"],
        verdict=cast("Verdict", row["verdict"]),
        answered_at=row[columns.answered_at],
        hints=row[columns.hints],
    )
