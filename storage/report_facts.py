"""Wide reads for reports: everything about a whole group in a handful of queries.

Nothing is counted here: `reports` counts, so that every door shows the same number.
"""

from collections import defaultdict

from sqlalchemy import Connection, bindparam, select

from learners.groups import EnrollmentState
from learners.people import Person
from learners.records import Assignment, LearnerRecord, Response
from storage import questions
from storage.enrollments import enrollment_of
from storage.people import PERSON, person_of
from storage.prepared import Prepared
from storage.records import assignment_of, response_of
from storage.rescoring import RESPONSE
from storage.tables import assignments, enrollments, people, responses


def learner_records(tx: Connection, group_id: int) -> tuple[LearnerRecord, ...]:
    """Return one record for each enrollment of the group, whatever its state, in joining order."""
    rows = _LEARNERS.rows(tx, {"group": group_id})
    given = _assignments(tx, group_id)
    answered = _responses(tx, group_id)
    asked = questions.unanswered(tx, group_id)
    return tuple(
        LearnerRecord(
            person=person_of(row),
            enrollment=enrollment_of(row),
            assignments=tuple(given[row[enrollments.c.id]]),
            responses=tuple(answered[row[enrollments.c.id]]),
            unanswered_questions=asked.get(row[people.c.id], 0),
        )
        for row in rows
    )


def people_in(tx: Connection, group_id: int) -> tuple[tuple[Person, EnrollmentState], ...]:
    """Return everybody ever enrolled in the group with how it stands, in joining order."""
    rows = tx.execute(
        select(enrollments.c.state, *PERSON)
        .join(people, people.c.id == enrollments.c.person_id)
        .where(enrollments.c.group_id == group_id, people.c.forget_at.is_(None))
        .order_by(enrollments.c.id)
    ).mappings()
    return tuple((person_of(row), row[enrollments.c.state]) for row in rows)


def _assignments(tx: Connection, group_id: int) -> defaultdict[int, list[Assignment]]:
    """Return enrollment id → its assignments, in the order they were assigned."""
    found: defaultdict[int, list[Assignment]] = defaultdict(list)
    for row in _ASSIGNMENTS.rows(tx, {"group": group_id}):
        found[row[assignments.c.enrollment_id]].append(assignment_of(row))
    return found


def _responses(tx: Connection, group_id: int) -> defaultdict[int, list[Response]]:
    """Return enrollment id → its responses, in the order they were given."""
    found: defaultdict[int, list[Response]] = defaultdict(list)
    for row in _RESPONSES.rows(tx, {"group": group_id}):
        found[row[assignments.c.enrollment_id]].append(response_of(row))
    return found


# A group of two hundred has twenty thousand responses: what each row costs is what a report costs.
_LEARNERS = Prepared(
    select(enrollments, *PERSON)
    .join(people, people.c.id == enrollments.c.person_id)
    .where(enrollments.c.group_id == bindparam("group"))
    .order_by(enrollments.c.id)
)
_ASSIGNMENTS = Prepared(
    select(assignments)
    .join(enrollments, enrollments.c.id == assignments.c.enrollment_id)
    .where(enrollments.c.group_id == bindparam("group"))
    .order_by(assignments.c.assigned_on, assignments.c.id)
)
_RESPONSES = Prepared(
    select(*RESPONSE, assignments.c.lesson_id, assignments.c.enrollment_id)
    .join(assignments, assignments.c.id == responses.c.assignment_id)
    .join(enrollments, enrollments.c.id == assignments.c.enrollment_id)
    .where(enrollments.c.group_id == bindparam("group"))
    .order_by(responses.c.id)
)
