"""Every table that says something about a person: how it is exported, and how it is erased.

A test walks the schema: a table with a reference to a person that is not registered here fails
the build (guarantees G03). Erasing comes in two steps, because the last word has still to be
said: `erase` empties everything at once, `forget` takes the row that the last word hangs on.
"""

import json
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, false, func, or_, select, update

from learners.people import Person
from storage.access_holdings import ACCESS_HOLDINGS
from storage.holding import Holding, Owned
from storage.review_holdings import REVIEW_HOLDINGS
from storage.summary_holding import SUMMARY_HOLDING
from storage.tables import (
    announcements,
    assignments,
    code_guesses,
    conversations,
    course_drafts,
    due,
    enrollments,
    grades,
    groups,
    inbox,
    open_answers,
    outbox,
    people,
    questions_asked,
    rescored,
    responses,
    roles,
    send_attempts,
    sending_limits,
)

Json: TypeAlias = str | int | float | bool | dict[str, "Json"] | list["Json"] | None

_OPEN = ("waiting", "sending", "uncertain")
# What other people wrote comes along inside an update when somebody replies to it.
_NAMING = (
    "group_summary",
    "group_hands",
    "announce_control",
    "answer_sent",
    "passes_kept",
    "held_delivery",
    "held_decided",
)
_OTHERS_WORDS = frozenset({"reply_to_message", "quote", "external_reply", "pinned_message", "message_origin"})


def export(tx: Connection, person: Person) -> list[Json]:
    """Return everything kept about this person, with the reason it is kept; empty tables too."""
    return [
        {
            "table": holding.table.name,
            "why": holding.why,
            "rows": _rows(tx, select(*holding.shown).where(holding.owned(person))),
        }
        for holding in HOLDINGS
    ]


def erase(tx: Connection, person: Person) -> None:
    """Erase this person everywhere; what is left is a number without a name, for the last word."""
    _erase_mentions(tx, person)
    for holding in HOLDINGS:
        rows = (holding.erased or holding.owned)(person)
        if holding.blanked:
            tx.execute(update(holding.table).where(rows).values(**holding.blanked))
        else:
            tx.execute(delete(holding.table).where(rows))


def has_more_to_hear(tx: Connection, person: Person) -> bool:
    """Return whether something is still on its way to this person, or from them."""
    leaving = select(outbox.c.id).where(outbox.c.person_id == person.id, outbox.c.state.in_(_OPEN))
    coming = select(inbox.c.id).where(inbox.c.sender == person.address, inbox.c.state == "new")
    return tx.execute(leaving.union_all(coming).limit(1)).first() is not None


def forget(tx: Connection, person: Person) -> None:
    """Take the person's own row, and with it all that is left of them."""
    erase(tx, person)
    tx.execute(delete(sending_limits).where(sending_limits.c.address == person.address))
    tx.execute(delete(people).where(people.c.id == person.id))


def _erase_mentions(tx: Connection, person: Person) -> None:
    """Take messages to other people that name this one: questions, lists of a facilitator.

    What a facilitator told learners stays, without the name.
    """
    asked = tx.execute(select(questions_asked.c.id).where(questions_asked.c.person_id == person.id)).scalars()
    about = [
        outbox.c.content.contains(f'"kind":"learner_question","question_id":{number},') for number in asked
    ]
    about += [
        outbox.c.content.contains(f'"kind":"{kind}","response_id":{number},')
        for number in tx.execute(_answered_openly(person)).scalars()
        for kind in ("answer_to_grade", "answer_whole")
    ]
    if person.name:
        name = json.dumps(person.name, ensure_ascii=False)
        # With what follows a value: somebody may be called like a key of ours.
        named = or_(*(outbox.c.content.contains(name + end, autoescape=True) for end in ",]}"))
        about += [and_(outbox.c.content.contains(f'"kind":"{kind}"'), named) for kind in _NAMING]
        facilitator = f'"facilitator":{name}'
        tx.execute(
            update(outbox)
            .where(outbox.c.content.contains(facilitator, autoescape=True))
            .values(content=func.replace(outbox.c.content, facilitator, '"facilitator":""'))
        )
    if about:
        tx.execute(delete(outbox).where(or_(*about), outbox.c.state != "sending"))


def _rows(tx: Connection, query: Select[Any]) -> list[Json]:  # Any: rows of every table
    return [
        {name: _own_words(value) if name == "payload" else _plain(value) for name, value in row.items()}
        for row in tx.execute(query).mappings()
    ]


def _plain(value: object) -> Json:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"a column of type {type(value).__name__} needs a written form")


def _own_words(payload: str) -> Json:
    """Return an update as its sender made it, without the words of others that it carried along."""
    return _without_others(json.loads(payload))


def _without_others(value: Json) -> Json:
    if isinstance(value, dict):
        own = {key: _without_others(inner) for key, inner in value.items() if key not in _OTHERS_WORDS}
        if "data" in own:
            own.pop("message", None)  # a pressed button comes with our own message
        return own
    if isinstance(value, list):
        return [_without_others(inner) for inner in value]
    return value


def _theirs(column: ColumnElement[int]) -> Owned:
    """Return the rows that name this person in `column`."""
    return lambda person: column == person.id


def _by_number(column: ColumnElement[int]) -> Owned:
    """Return the rows under the number that the messenger knows this person by."""
    return lambda person: column == person.address


def _enrollments_of(person: Person) -> Select[tuple[int]]:
    return select(enrollments.c.id).where(enrollments.c.person_id == person.id)


def _assignments_of(person: Person) -> Select[tuple[int]]:
    return select(assignments.c.id).where(assignments.c.enrollment_id.in_(_enrollments_of(person)))


def _responses_of(person: Person) -> Select[tuple[int]]:
    return select(responses.c.id).where(responses.c.assignment_id.in_(_assignments_of(person)))


def _answered_openly(person: Person) -> Select[tuple[int]]:
    of_person = open_answers.c.response_id.in_(_responses_of(person))
    return select(open_answers.c.response_id).where(of_person).distinct()


def _said_to(person: Person) -> Select[tuple[int]]:
    return select(outbox.c.id).where(outbox.c.person_id == person.id)


def _has_been_said(person: Person) -> ColumnElement[bool]:
    return and_(outbox.c.person_id == person.id, outbox.c.state.not_in(_OPEN))


def _question_of(response_id: ColumnElement[int]) -> ColumnElement[Any]:  # Any: a labelled subquery
    of_response = select(responses.c.question_id).where(responses.c.id == response_id)
    return of_response.scalar_subquery().label("question_id")


_GRADE = (grades.c.points, grades.c.of_points, grades.c.comment, grades.c.graded_at)
_GROUP_NAME = (
    select(groups.c.name).where(groups.c.id == enrollments.c.group_id).scalar_subquery().label("group")
)

# Children before parents, so that no row is erased through another one's rule.
HOLDINGS: tuple[Holding, ...] = (
    Holding(
        table=due,
        why="When your next lesson is looked at.",
        owned=lambda person: due.c.enrollment_id.in_(_enrollments_of(person)),
        shown=(due.c.due_at,),
    ),
    SUMMARY_HOLDING,
    *ACCESS_HOLDINGS,
    Holding(
        table=rescored,
        why="What your answers are worth since a mistake of ours in a question was corrected.",
        owned=lambda person: rescored.c.response_id.in_(
            select(responses.c.id).where(responses.c.assignment_id.in_(_assignments_of(person)))
        ),
        shown=(rescored.c.score, rescored.c.verdict, rescored.c.rescored_at),
    ),
    Holding(
        table=open_answers,
        why="What you wrote or said in your own words, with your changes, so that a person can read it.",
        owned=lambda person: open_answers.c.response_id.in_(_responses_of(person)),
        shown=(
            _question_of(open_answers.c.response_id),
            open_answers.c.version,
            open_answers.c.text,
            open_answers.c.file_kind,
            open_answers.c.seconds,
            open_answers.c.sent_at,
        ),
    ),
    Holding(
        table=grades,
        why="How a person graded your answers, and their comments.",
        owned=lambda person: grades.c.response_id.in_(_responses_of(person)),
        shown=(_question_of(grades.c.response_id), *_GRADE),
    ),
    Holding(
        table=grades,
        why="Grades you gave to others: they keep the points and the words, without your name.",
        owned=_theirs(grades.c.graded_by),
        shown=_GRADE,
        blanked={"graded_by": None},
    ),
    Holding(
        table=responses,
        why="Your answers, so that you and your facilitator see how far you are.",
        owned=lambda person: responses.c.assignment_id.in_(_assignments_of(person)),
        shown=(
            responses.c.question_id,
            responses.c.try_number,
            responses.c.response,
            responses.c.score,
            responses.c.verdict,
            responses.c.hints,
            responses.c.answered_at,
        ),
    ),
    *REVIEW_HOLDINGS,
    Holding(
        table=assignments,
        why="The lessons you were given, and where you are in them.",
        owned=lambda person: assignments.c.enrollment_id.in_(_enrollments_of(person)),
        shown=(
            assignments.c.lesson_id,
            assignments.c.assigned_at,
            assignments.c.started_at,
            assignments.c.finished_at,
            assignments.c.reminded_at,
            assignments.c.snoozed_until,
        ),
    ),
    Holding(
        table=questions_asked,
        why="Questions you asked a person, and the answers.",
        owned=_theirs(questions_asked.c.person_id),
        shown=(
            questions_asked.c.lesson_id,
            questions_asked.c.text,
            questions_asked.c.asked_at,
            questions_asked.c.answered_at,
            questions_asked.c.answer,
        ),
    ),
    Holding(
        table=questions_asked,
        why="Answers you gave to others: they keep the words, without your name.",
        owned=_theirs(questions_asked.c.answered_by),
        shown=(questions_asked.c.answered_at, questions_asked.c.answer),
        blanked={"answered_by": None},
    ),
    Holding(
        table=enrollments,
        why="The groups you learn in, your days and your time.",
        owned=_theirs(enrollments.c.person_id),
        shown=(
            _GROUP_NAME,
            enrollments.c.weekdays,
            enrollments.c.at,
            enrollments.c.state,
            enrollments.c.joined_at,
            enrollments.c.started_at,
            enrollments.c.paused_until,
            enrollments.c.finished_at,
            enrollments.c.passed_at,
            enrollments.c.fresh_since,
        ),
    ),
    Holding(
        table=announcements,
        why="Announcements you wrote: the group keeps the words, without your name.",
        owned=_theirs(announcements.c.author_id),
        shown=(announcements.c.content, announcements.c.created_at),
        blanked={"author_id": None, "control_message_id": None},
    ),
    Holding(
        table=course_drafts,
        why="Courses you sent and did not publish yet.",
        owned=_theirs(course_drafts.c.person_id),
        shown=(course_drafts.c.created_at, course_drafts.c.content),
    ),
    Holding(
        table=conversations,
        why="What your next text is expected to be about.",
        owned=_theirs(conversations.c.person_id),
        shown=(conversations.c.topic, conversations.c.state, conversations.c.updated_at),
    ),
    Holding(
        table=roles,
        why="What you may do beyond learning.",
        owned=_theirs(roles.c.person_id),
        shown=(roles.c.role, roles.c.granted_at),
    ),
    Holding(
        table=code_guesses,
        why="Join codes that did not fit, counted for an hour against guessing.",
        owned=_by_number(code_guesses.c.address),
        shown=(code_guesses.c.guessed_at,),
        # The limit of all must not be reset by erasing oneself.
        blanked={"address": 0},
    ),
    Holding(
        table=send_attempts,
        why="When we tried to reach you, and how that ended.",
        owned=lambda person: send_attempts.c.outbox_id.in_(_said_to(person)),
        erased=lambda person: send_attempts.c.outbox_id.in_(
            select(outbox.c.id).where(_has_been_said(person))
        ),
        shown=(send_attempts.c.number, send_attempts.c.claimed_at, send_attempts.c.outcome),
    ),
    Holding(
        table=outbox,
        why="That we wrote to you, and when; the words stand in the chat.",
        owned=_theirs(outbox.c.person_id),
        erased=_has_been_said,
        shown=(outbox.c.kind, outbox.c.state, outbox.c.created_at, outbox.c.settled_at),
    ),
    Holding(
        table=inbox,
        why="What you wrote and tapped, until it is no longer needed to undo a failure.",
        owned=_by_number(inbox.c.sender),
        # The update that asks for erasing is still being handled.
        erased=lambda person: and_(inbox.c.sender == person.address, inbox.c.state != "new"),
        shown=(inbox.c.received_at, inbox.c.payload),
    ),
    Holding(
        table=sending_limits,
        why="Until when the messenger asked us to wait before writing to you.",
        owned=_by_number(sending_limits.c.address),
        # It holds for the last word too: it goes with the number (`forget`).
        erased=lambda _: false(),
        shown=(sending_limits.c.paused_until,),
    ),
    Holding(
        table=people,
        why="Who you are to us: the messenger's number and name, and how you like to read.",
        owned=_theirs(people.c.id),
        shown=(
            people.c.address,
            people.c.name,
            people.c.language,
            people.c.zone,
            people.c.text_only,
            people.c.notice_version,
            people.c.notice_accepted_at,
            people.c.unreachable_since,
            people.c.last_active_at,
            people.c.created_at,
        ),
        # The language stays until the row goes: the last word is said in it.
        blanked={
            "name": "",
            "zone": None,
            "text_only": False,
            "notice_version": None,
            "notice_accepted_at": None,
            "in_doubt_since": None,
            "last_active_at": None,
        },
    ),
)
