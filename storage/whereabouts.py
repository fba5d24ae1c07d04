"""What a press needs to know about whoever pressed, in one query instead of five."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from learners.groups import Enrollment, Group
from learners.people import Person
from learners.records import Assignment
from lessons.model import Course
from storage import courses
from storage.enrollments import enrollment_of
from storage.groups import group_of
from storage.learning_rows import assignment_of
from storage.people import PERSON, person_of
from storage.prepared import Prepared
from storage.roles import facilitator_name_of
from storage.tables import assignments, course_versions, enrollments, groups, people


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """A lesson that was given, and everything around it."""

    assignment: Assignment
    enrollment: Enrollment
    person: Person
    group: Group
    course: Course
    """In the version that was given and the language the person reads."""
    facilitator: str
    """Name of the facilitator named first; empty while nobody has one."""


def of_assignment(tx: Connection, assignment_id: int) -> Whereabouts | None:
    """Return where the owner of this assignment stands; None when there is no such assignment."""
    row = _OF_ASSIGNMENT.one_or_none(tx, {"given": assignment_id})
    if row is None:
        return None
    person, assignment = person_of(row), assignment_of(row)
    course = courses.of_hash(
        tx, row[course_versions.c.content_hash], assignment.course_version_id, person.language
    )
    return Whereabouts(
        assignment=assignment,
        enrollment=enrollment_of(row),
        person=person,
        group=group_of(row),
        course=course,
        facilitator=row["facilitator"] or "",
    )


# Built once, because each press runs it: building a statement costs more than running it.
_OF_ASSIGNMENT = Prepared(
    select(
        assignments,
        enrollments,
        *PERSON,
        groups,
        course_versions.c.content_hash,
        facilitator_name_of(groups.c.id).label("facilitator"),
    )
    .join(enrollments, enrollments.c.id == assignments.c.enrollment_id)
    .join(people, people.c.id == enrollments.c.person_id)
    .join(groups, groups.c.id == enrollments.c.group_id)
    .join(course_versions, course_versions.c.id == assignments.c.course_version_id)
    .where(assignments.c.id == bindparam("given"))
)
