"""Wide reads for reports: everything about a whole group in a handful of queries.

What a group has behind it comes added up (`storage.summaries`), and a lesson under way is added as it is:
a row or a few for each learner, however much they answered. Only what lists answers reads them all.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, select

from learners.groups import Enrollment, EnrollmentState
from learners.lesson_sum import can_add, lesson_as_shown, with_lesson
from learners.people import Person
from learners.records import Assignment, LearnerRecord, Response
from learners.summary import Summary, SummedLearner
from lessons.model import Course
from storage import courses, questions, summaries
from storage.enrollments import enrollment_of
from storage.learning_rows import RESPONSE, assignment_of, response_of
from storage.people import PERSON, person_of
from storage.prepared import Prepared, Record
from storage.tables import assignments, enrollments, people, responses
from storage.tables import summaries as summaries_table


def learner_records(tx: Connection, group_id: int) -> tuple[LearnerRecord, ...]:
    """Return one record for each enrollment of the group, whatever its state, in joining order."""
    rows = _LEARNERS.rows(tx, {"group": group_id})
    given = _assignments(tx, group_id)
    answered = _by_enrollment(_RESPONSES.rows(tx, {"group": group_id}))
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


def summed_learners(tx: Connection, group_id: int) -> tuple[SummedLearner, ...]:
    """Return one for each enrollment of the group, whatever its state, in joining order."""
    rows = _SUMMED.rows(tx, {"group": group_id})
    opened = {
        row[assignments.c.enrollment_id]: assignment_of(row) for row in _OPEN.rows(tx, {"group": group_id})
    }
    answered = _by_enrollment(_ANSWERED_IN_OPEN.rows(tx, {"group": group_id}))
    asked = questions.unanswered(tx, group_id)
    versions = _Versions(tx)
    found = []
    for row in rows:
        enrollment = enrollment_of(row)
        found.append(
            SummedLearner(
                person=person_of(row),
                enrollment=enrollment,
                summary=_with_open(
                    tx,
                    enrollment,
                    behind=summaries.summary_in(row),
                    given=opened.get(enrollment.id),
                    answered=answered[enrollment.id],
                    versions=versions,
                ),
                unanswered_questions=asked.get(enrollment.person_id, 0),
            )
        )
    return tuple(found)


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


def _by_enrollment(rows: Iterable[Record]) -> defaultdict[int, list[Response]]:
    """Return enrollment id → its responses, in the order they were given."""
    found: defaultdict[int, list[Response]] = defaultdict(list)
    for row in rows:
        found[row[assignments.c.enrollment_id]].append(response_of(row))
    return found


class _Versions(dict[int, Course]):
    """Courses by the number of their version, each looked up once for a report."""

    def __init__(self, tx: Connection) -> None:
        super().__init__()
        self._tx = tx

    def __missing__(self, version_id: int) -> Course:
        self[version_id] = found = courses.course(self._tx, version_id)
        return found


def _with_open(
    tx: Connection,
    enrollment: Enrollment,
    *,
    behind: Summary | None,
    given: Assignment | None,
    answered: Sequence[Response],
    versions: _Versions,
) -> Summary:
    """Return what is behind with the open lesson, if there is one, added to it."""
    course = versions[enrollment.course_version_id]
    summary = behind or summaries.nothing(course)
    if given is None:
        return summary
    lesson = lesson_as_shown(
        course,
        version_id=enrollment.course_version_id,
        given=given,
        versions={given.course_version_id: versions[given.course_version_id]},
    )
    if lesson is not None and can_add(summary, lesson, given=given, responses=answered):
        return with_lesson(summary, lesson, given=given, responses=answered)
    # Few, and not for long: a test that is taken again, a question that has moved to another lesson.
    everything_given, everything_answered = summaries.facts_of(tx, enrollment.id)
    return summaries.summed(
        tx,
        assignments=everything_given,
        responses=everything_answered,
        version_id=enrollment.course_version_id,
    )


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
_ANSWERED = (
    select(*RESPONSE, assignments.c.lesson_id, assignments.c.enrollment_id)
    .join(assignments, assignments.c.id == responses.c.assignment_id)
    .join(enrollments, enrollments.c.id == assignments.c.enrollment_id)
    .where(enrollments.c.group_id == bindparam("group"))
    .order_by(responses.c.id)
)
_RESPONSES = Prepared(_ANSWERED)
_SUMMED = Prepared(
    select(enrollments, summaries_table, *PERSON)
    .join(people, people.c.id == enrollments.c.person_id)
    .outerjoin(summaries_table, summaries_table.c.enrollment_id == enrollments.c.id)
    .where(enrollments.c.group_id == bindparam("group"))
    .order_by(enrollments.c.id)
)
# An index has the open lessons alone, one for each enrollment at most.
_OPEN = Prepared(
    select(assignments)
    .join(enrollments, enrollments.c.id == assignments.c.enrollment_id)
    .where(enrollments.c.group_id == bindparam("group"), assignments.c.finished_at.is_(None))
)
_ANSWERED_IN_OPEN = Prepared(_ANSWERED.where(assignments.c.finished_at.is_(None)))
