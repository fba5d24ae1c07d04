"""What a rehearsal reads from the database: facts that the phones cannot show."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection

from academy.outgoing import OUTGOING, Delete, RemoveButtons, Show
from lessons.model import Course
from storage import enrollments, outbox, people, records

TAKEN = frozenset({"right", "noted", "waiting"})
"""Verdicts on what the course calls right, or does not judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """What became a message on a phone."""

    kind: str
    """Why it was sent: `reply`, `lesson`, `reminder`."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What one learner reached."""

    finished: frozenset[str] = frozenset()
    """Ids of lessons."""
    in_a_lesson: bool = False
    """One was given and is not finished."""
    completed: bool = False
    taken: frozenset[str] = frozenset()
    """Ids of questions and surveys with an answer that counted as right, or that nobody judges."""
    asked: frozenset[str] = frozenset()
    """Ids of questions and surveys with an answer."""


def sent_messages(tx: Connection) -> dict[tuple[int, int], SentMessage]:
    """Return by address and message id what was sent first under that number."""
    found: dict[tuple[int, int], SentMessage] = {}
    for row in outbox.listing(tx):
        if row.state == "sent" and row.message_id is not None:
            sent = SentMessage(kind=row.kind, at=row.settled_at or row.created_at)
            found.setdefault((row.person, row.message_id), sent)
    return found


def shown_in(tx: Connection, *, address: int, messages: Collection[int]) -> dict[int, str]:
    """Return by message id what each message of a chat shows after all edits: `card`, `feedback`.

    Messages that did not come through the outbox are left out.
    """
    person = people.by_address(tx, address)
    if person is None:
        return {}
    shown: dict[int, str] = {}
    for number in messages:
        content = outbox.find_by_message(tx, person_id=person.id, message_id=number)
        outgoing = None if content is None else OUTGOING.validate_json(content)
        match outgoing:
            case Show():
                shown[number] = outgoing.message.kind
            case RemoveButtons() | Delete() | None:
                pass
            case _:
                assert_never(outgoing)
    return shown


def results(tx: Connection, *, address: int) -> Results:
    """Return what the learner at this address reached; nothing for somebody who did not join."""
    person = people.by_address(tx, address)
    joined = () if person is None else enrollments.of_person(tx, person.id)
    if not joined:
        return Results()
    enrollment = joined[0]
    given = records.assignments_of(tx, enrollment.id)
    responses = records.responses_of(tx, enrollment.id)
    return Results(
        finished=frozenset(one.lesson_id for one in given if one.finished_at is not None),
        in_a_lesson=any(one.finished_at is None for one in given),
        completed=enrollment.state == "finished",
        taken=frozenset(one.question_id for one in responses if one.verdict in TAKEN),
        asked=frozenset(one.question_id for one in responses),
    )


def undelivered(tx: Connection) -> int:
    """Return how many messages were refused, or would have to be decided by hand."""
    counts = outbox.counts(tx)
    return counts.get("refused", 0) + counts.get("held", 0)


def never_asked(course: Course, reached: Collection[Results]) -> tuple[str, ...]:
    """Return the ids of questions that nobody was asked who finished their lesson, in the course's order.

    A test asks each learner some of its questions only, so those are left out.
    """
    asked = frozenset[str]().union(*(one.asked for one in reached))
    finished = frozenset[str]().union(*(one.finished for one in reached))
    return tuple(
        question.id
        for lesson in course.lessons
        if lesson.test is None and lesson.id in finished
        for question in lesson.questions
        if question.id not in asked
    )
