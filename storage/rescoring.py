"""What responses are worth since a key was corrected or a person graded them; what they were worth
before is kept.

`responses` is never rewritten: a new worth is a row of its own, and whoever reads responses reads
`RESPONSE`, in which the newest worth counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from storage.conflicts import insert
from storage.open_answers import GRADED_SCORE, GRADED_VERDICT
from storage.tables import assignments, course_versions, rescored, responses


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One response, what it is worth now, and who gave it to which version."""

    id: int
    enrollment_id: int
    assignment_id: int
    course_version_id: int
    """The version that was shown."""
    question_id: str
    response: str
    """As it is kept in `responses`."""
    score: float
    """0..1, as it counts now."""
    verdict: str


def _newest(column: ColumnElement[Any]) -> ColumnElement[Any]:
    newest: Select[Any] = (
        select(column)
        .where(rescored.c.response_id == responses.c.id)
        .order_by(rescored.c.id.desc())
        .limit(1)
        .correlate(responses)
    )
    return newest.scalar_subquery()


RESPONSE = (
    responses.c.id,
    responses.c.assignment_id,
    responses.c.question_id,
    responses.c.try_number,
    responses.c.response,
    func.coalesce(GRADED_SCORE, _newest(rescored.c.score), responses.c.score).label("score"),
    func.coalesce(GRADED_VERDICT, _newest(rescored.c.verdict), responses.c.verdict).label("verdict"),
    responses.c.answered_at,
    responses.c.hints,
)
"""The columns of a response, as it counts now: select these instead of `responses`."""


def marked(tx: Connection, *, course_id: str, question_ids: Iterable[str]) -> tuple[Scored, ...]:
    """Return every marked response to these questions in any version of the course, oldest first.

    Answers that were asked for, and those that nobody marks, are left out.
    """
    found = tx.execute(
        select(*RESPONSE, assignments.c.enrollment_id, assignments.c.course_version_id)
        .join(assignments, assignments.c.id == responses.c.assignment_id)
        .join(course_versions, course_versions.c.id == assignments.c.course_version_id)
        .where(
            course_versions.c.course_id == course_id,
            responses.c.question_id.in_(tuple(question_ids)),
            responses.c.verdict.in_(("right", "partly", "wrong")),
        )
        .order_by(responses.c.id)
    )
    return tuple(
        Scored(
            id=row.id,
            enrollment_id=row.enrollment_id,
            assignment_id=row.assignment_id,
            course_version_id=row.course_version_id,
            question_id=row.question_id,
            response=row.response,
            score=row.score,
            verdict=row.verdict,
        )
        for row in found
    )


def add(
    tx: Connection, *, response_id: int, version_id: int, score: float, verdict: str, now: datetime
) -> bool:
    """Return whether the new worth was kept; False when this version has given it one already."""
    made = (
        insert(tx, rescored)
        .values(
            response_id=response_id,
            course_version_id=version_id,
            score=score,
            verdict=verdict,
            rescored_at=now,
        )
        .on_conflict_do_nothing()
        .returning(rescored.c.id)
    )
    return tx.execute(made).scalar_one_or_none() is not None
