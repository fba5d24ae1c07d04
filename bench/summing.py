"""What keeping the sums of a learner costs beside the bare rows of their responses."""

import time
from collections.abc import Callable

from sqlalchemy import Connection, bindparam, delete, insert, update

from bench.figures import Pair
from learners.records import Assignment, Response
from storage import records, summaries
from storage.conflicts import insert_in
from storage.prepared import Prepared
from storage.tables import assignments, responses

_NAMES = (
    "assignment_id",
    "question_id",
    "try_number",
    "response",
    "score",
    "verdict",
    "answered_at",
    "hints",
)
_GIVEN = ("id", "enrollment_id", "lesson_id", "course_version_id", "assigned_at", "assigned_on", "step")
_BARE = Prepared(
    insert_in("sqlite", responses)
    .values({name: bindparam(name, type_=responses.c[name].type) for name in _NAMES})
    .on_conflict_do_nothing(
        index_elements=[responses.c.assignment_id, responses.c.question_id, responses.c.try_number]
    )
    .returning(responses.c.id)
)
"""A response as it is kept, once, with nothing said about sums."""


def upkeep(connection: Connection, *, learners: range) -> Pair:
    """Return the CPU seconds of a response with its share of the upkeep, beside a bare row.

    Each learner takes their course anew, once so and once so; their lessons are given and finished
    outside of what is measured, and all their responses are one commit.
    """
    spent = {_with_sums: 0.0, _bare: 0.0}
    written = 0
    for learner in learners:
        with connection.begin():
            given = records.assignments_of(connection, learner)
            answered = records.responses_of(connection, learner)
        for way in spent:
            spent[way] += _taken_again(connection, learner, given=given, answered=answered, way=way)
        written += len(answered)
    return Pair(here=spent[_with_sums] / written, anchor=spent[_bare] / written)


def _taken_again(
    connection: Connection,
    learner: int,
    *,
    given: tuple[Assignment, ...],
    answered: tuple[Response, ...],
    way: Callable[[Connection, Assignment, list[Response]], float],
) -> float:
    with connection.begin():
        connection.execute(delete(assignments).where(assignments.c.enrollment_id == learner))
        # As enrolling leaves it.
        summaries.rebuild(connection, learner)
    transaction = connection.begin()
    spent = sum(
        way(connection, lesson, [one for one in answered if one.assignment_id == lesson.id])
        for lesson in given
        if lesson.finished_at is not None
    )
    begun = time.process_time()
    transaction.commit()
    return spent + time.process_time() - begun


def _bare(tx: Connection, lesson: Assignment, answered: list[Response]) -> float:
    _give(tx, lesson)
    begun = time.process_time()
    for one in answered:
        _BARE.rows(tx, {name: getattr(one, name) for name in _NAMES})
    spent = time.process_time() - begun
    _finish(tx, lesson)
    return spent


def _give(tx: Connection, lesson: Assignment) -> None:
    row = {name: getattr(lesson, name) for name in _GIVEN}
    tx.execute(insert(assignments).values(row))


def _with_sums(tx: Connection, lesson: Assignment, answered: list[Response]) -> float:
    _give(tx, lesson)
    begun = time.process_time()
    for one in answered:
        records.add_response(tx, one)
    spent = time.process_time() - begun
    tx.execute(
        update(assignments).where(assignments.c.id == lesson.id).values(finished_at=lesson.finished_at)
    )
    begun = time.process_time()
    summaries.close(tx, lesson)
    return spent + time.process_time() - begun


def _finish(tx: Connection, lesson: Assignment) -> None:
    over = update(assignments).where(assignments.c.id == lesson.id).values(finished_at=lesson.finished_at)
    tx.execute(over)
