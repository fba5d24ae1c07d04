"""What responses are worth since a key was corrected or a person graded them; what they were worth
before is kept.

`responses` is never rewritten: a new worth is a row of its own, and the newest counts
(`storage.learning_rows`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage import summaries
from storage.conflicts import insert
from storage.learning_rows import RESPONSE
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
    if tx.execute(made).scalar_one_or_none() is None:
        return False
    summaries.rebuild_behind(tx, response_id)
    return True
