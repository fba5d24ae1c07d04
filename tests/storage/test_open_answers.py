"""Versions of an answer and rounds of grading: the newest counts, and nothing is rewritten."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

from sqlalchemy import Connection, select

from learners.records import Response
from storage import enrollments, open_answers, people, records
from storage.database import Database
from storage.open_answers import OpenAnswer, Voice, Waiting
from storage.tables import open_answers as rows
from tests.academy.school import MONDAY, join

NOTE = Voice(file_id="AwAC", kind="audio", seconds=40)


def answered(tx: Connection, *, address: int = 7, minutes: int = 0, voice: Voice | None = None) -> OpenAnswer:
    """Return the answer of a new learner, who sent it so many minutes after nine."""
    learner = join(tx, address=address)
    now = MONDAY + timedelta(minutes=minutes)
    given = records.assign(
        tx,
        enrollment_id=learner.enrollment_id,
        lesson_id="night",
        course_version_id=learner.enrollment.course_version_id,
        at=now,
        on=now.date(),
    )
    assert given is not None
    records.add_response(
        tx,
        Response(
            assignment_id=given.id,
            lesson_id="night",
            question_id="q",
            try_number=1,
            response="",
            score=0.0,
            verdict="waiting",
            answered_at=now,
        ),
    )
    response_id = open_answers.keep(
        tx,
        assignment_id=given.id,
        question_id="q",
        text="" if voice else f"The roof of {address}.",
        voice=voice,
        message_id=100 + address,
        now=now,
    )
    found = open_answers.get(tx, response_id)
    assert found is not None
    return found


def graded(
    tx: Connection, answer: OpenAnswer, *, version: int = 1, round_: int = 1, points: float = 1
) -> bool:
    return open_answers.grade(
        tx,
        answer.response_id,
        version=version,
        round_=round_,
        points=points,
        of_points=2,
        comment="",
        by=answer.person_id,
        now=MONDAY,
    )


def test_an_answer_is_found_by_its_message_in_its_own_chat_only(tx: Connection) -> None:
    mine, other = answered(tx), answered(tx, address=8, voice=NOTE)

    assert open_answers.by_message(tx, person_id=mine.person_id, message_id=107) == mine
    assert open_answers.by_message(tx, person_id=other.person_id, message_id=107) is None
    assert open_answers.to_question(tx, assignment_id=other.assignment_id, question_id="q") == other
    assert (other.text, other.voice) == ("", NOTE)


def test_changes_are_added_and_end_with_the_grade(tx: Connection) -> None:
    answer = answered(tx)

    changed = [open_answers.change(tx, answer, text=text, now=MONDAY) for text in ("Two.", "Three.")]
    kept = graded(tx, answer, version=3)
    late = open_answers.change(tx, answer, text="Four.", now=MONDAY)

    assert (changed, kept, late) == ([True, True], True, False)
    versions = tx.execute(select(rows.c.version, rows.c.text).order_by(rows.c.id)).all()
    assert versions == [(1, "The roof of 7."), (2, "Two."), (3, "Three.")]


def test_a_grade_is_for_the_version_and_the_round_it_names(tx: Connection) -> None:
    answer = answered(tx)
    open_answers.change(tx, answer, text="Two.", now=MONDAY)

    kept = [
        graded(tx, answer, version=1),
        graded(tx, answer, version=2, points=2),
        graded(tx, answer, version=2, points=0),
        graded(tx, answer, version=2, round_=3),
        graded(tx, answer, version=2, round_=2, points=0.5),
    ]

    assert kept == [False, True, False, False, True]
    newest = open_answers.newest_grade(tx, answer.response_id)
    assert newest is not None
    assert (newest.points, newest.of_points, newest.graded_by) == (0.5, 2, answer.person_id)
    (response,) = records.responses_of(tx, answer.enrollment_id)
    assert (response.score, response.verdict) == (0.25, "partly")


def test_the_oldest_comes_first_and_who_is_gone_is_left_alone(tx: Connection) -> None:
    first, second, left, forgotten = (answered(tx, address=7 + number, minutes=number) for number in range(4))
    enrollments.set_state(tx, left.enrollment_id, "withdrawn")
    people.forget_at(tx, forgotten.person_id, at=MONDAY)
    group = [first.group_id]

    both = open_answers.waiting(tx, group_ids=group)
    queue = [
        open_answers.next_waiting(tx, group_ids=group, after=after)
        for after in (0, first.response_id, second.response_id)
    ]
    graded(tx, first)

    assert both == Waiting(answers=2, oldest_at=MONDAY)
    assert queue == [first, second, None]
    assert open_answers.waiting(tx, group_ids=group) == Waiting(
        answers=1, oldest_at=MONDAY + timedelta(minutes=1)
    )
    assert open_answers.waiting(tx, group_ids=[first.group_id + 1]) == Waiting(answers=0, oldest_at=None)


async def test_a_change_and_a_grade_that_meet_never_both_count(database: Database) -> None:
    answer = await database.run(answered)
    # On SQLite there is one writer at a time, so nobody can be met.
    met = Barrier(2, timeout=20) if database.dialect == "postgresql" else None

    def meet(tx: Connection) -> None:
        # The first statement takes the snapshot; whoever begins anew has nobody to wait for.
        assert open_answers.get(tx, answer.response_id) is not None
        if met is not None:
            with suppress(BrokenBarrierError):
                met.wait()
            met.abort()

    def change(tx: Connection) -> bool:
        meet(tx)
        return open_answers.change(tx, answer, text="Two.", now=MONDAY)

    def grade(tx: Connection) -> bool:
        meet(tx)
        return graded(tx, answer)

    changed, kept = await asyncio.gather(database.run(change), database.run(grade))

    assert (changed, kept) in {(True, False), (False, True)}
