from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from learners.records import Assignment, Response
from storage import enrollments, people, records
from tests.academy.school import MONDAY, Learner, join

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def assign(learner: Learner, lesson_id: str, on: date) -> Assignment | None:
    return records.assign(
        learner.tx,
        enrollment_id=learner.enrollment_id,
        lesson_id=lesson_id,
        course_version_id=learner.enrollment.course_version_id,
        at=NOW,
        on=on,
    )


def given(learner: Learner, lesson_id: str = "night", on: date = date(2026, 11, 23)) -> Assignment:
    assignment = assign(learner, lesson_id, on)
    assert assignment is not None
    return assignment


def answer(assignment: Assignment, *, try_number: int = 1, score: float = 0.0) -> Response:
    return Response(
        assignment_id=assignment.id,
        lesson_id=assignment.lesson_id,
        question_id="q-fans",
        try_number=try_number,
        response="1",
        score=score,
        verdict="wrong",
        answered_at=NOW,
    )


def test_assign_gives_a_lesson_as_it_is_read_back(tx: Connection) -> None:
    learner = join(tx)

    made = given(learner)

    assert made == Assignment(
        id=made.id,
        enrollment_id=learner.enrollment_id,
        lesson_id="night",
        course_version_id=learner.enrollment.course_version_id,
        assigned_at=NOW,
        assigned_on=date(2026, 11, 23),
    )
    assert records.assignment(tx, made.id) == made
    assert records.open_assignment(tx, learner.enrollment_id) == made


def test_assign_gives_a_lesson_once_and_one_lesson_a_day(tx: Connection) -> None:
    learner = join(tx)
    first = given(learner)

    same_lesson = assign(learner, "night", date(2026, 11, 24))
    same_day = assign(learner, "switch", date(2026, 11, 23))

    assert (same_lesson, same_day) == (None, None)
    assert records.assignments_of(tx, learner.enrollment_id) == (first,)


def test_change_compares_before_it_sets(tx: Connection) -> None:
    learner = join(tx)
    before = given(learner)
    ticked = replace(before, picked=frozenset({0, 2}), hints_shown=1)

    first = records.change(tx, before, ticked)
    late = records.change(tx, before, replace(before, picked=frozenset({1})))

    assert (first, late) == (True, False)
    assert records.assignment(tx, before.id) == ticked


def test_advance_begins_the_next_step_afresh(tx: Connection) -> None:
    learner = join(tx)
    before = given(learner)
    busy = replace(before, picked=frozenset({1}), hints_shown=1, try_number=2)
    records.change(tx, before, busy)

    moved = records.advance(tx, busy, to_step=1)
    doubled = records.advance(tx, busy, to_step=1)

    assert (moved, doubled) == (replace(before, step=1), None)
    assert records.assignment(tx, before.id) == moved


def test_a_try_is_answered_once(tx: Connection) -> None:
    learner = join(tx)
    assignment = given(learner)

    first = records.add_response(tx, answer(assignment))
    second = records.add_response(tx, answer(assignment, score=1.0))
    next_try = records.add_response(tx, answer(assignment, try_number=2))

    assert (first, second, next_try) == (True, False, True)
    assert records.responses_of(tx, learner.enrollment_id) == (
        answer(assignment),
        answer(assignment, try_number=2),
    )
    assert records.responses_to(tx, assignment.id, "q-other") == ()


def test_under_way_are_started_lessons_of_people_who_were_here(tx: Connection) -> None:
    here, gone, waiting, blocked = (join(tx, address=number) for number in (1, 2, 3, 4))
    for learner in (here, gone, blocked):
        learner_open = given(learner)
        records.change(tx, learner_open, replace(learner_open, started_at=MONDAY))
    given(waiting)
    for learner in (here, waiting, blocked):
        people.arrived(tx, people.get(tx, learner.person_id).address, now=NOW)
    people.arrived(tx, people.get(tx, gone.person_id).address, now=NOW - timedelta(days=2))
    people.set_unreachable(tx, blocked.person_id, since=NOW)
    for learner in (here, gone, waiting, blocked):
        activate(learner)

    found = records.under_way(tx, active_since=NOW - timedelta(days=1), limit=10)

    assert [one.enrollment_id for one in found] == [here.enrollment_id]


def activate(learner: Learner) -> None:
    enrollments.set_state(learner.tx, learner.enrollment_id, "active", started_at=NOW)
