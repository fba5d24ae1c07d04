"""How often each answer was given to a survey: counts, never names."""

from sqlalchemy import Connection, func, select

from storage.tables import assignments, enrollments, responses


def of_group(tx: Connection, *, group_id: int, question_id: str) -> dict[str, int]:
    """Return answer → how many of the group have it now; an answer left empty is not counted.

    Whoever changed their mind is counted once, with the last answer.
    """
    later = responses.alias("later")
    newer = select(later.c.id).where(
        later.c.assignment_id == responses.c.assignment_id,
        later.c.question_id == responses.c.question_id,
        later.c.try_number > responses.c.try_number,
    )
    rows = tx.execute(
        select(responses.c.response, func.count())
        .join(assignments, assignments.c.id == responses.c.assignment_id)
        .join(enrollments, enrollments.c.id == assignments.c.enrollment_id)
        .where(
            enrollments.c.group_id == group_id,
            responses.c.question_id == question_id,
            responses.c.verdict == "noted",
            responses.c.response != "",
            ~newer.exists(),
        )
        .group_by(responses.c.response)
    )
    return {row[0]: row[1] for row in rows}
