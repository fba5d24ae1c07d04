"""Answers that a person grades: each version of what was sent, and each round of grading.

The newest version is the answer, the newest grade is its mark; nothing is rewritten. Of a change and
a grade that meet the second one begins anew and finds the first, so no grade is given for words that
are not there any more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, cast

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, update

from storage import summaries
from storage.conflicts import insert
from storage.tables import assignments, enrollments, grades, open_answers, people, responses

FileKind: TypeAlias = Literal["voice", "audio"]

_NEWEST_GRADE = (
    select(func.max(grades.c.id))
    .where(grades.c.response_id == responses.c.id)
    .correlate(responses)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Something said, under the messenger's name for it."""

    file_id: str
    kind: FileKind
    """A voice note and an audio file are passed on by different calls."""
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAnswer:
    """The newest version of an answer, and how often it was graded."""

    response_id: int
    version: int
    """From 1; one more with every change."""
    text: str
    """Empty for a voice note."""
    voice: Voice | None
    message_id: int
    """The learner's own message."""
    assignment_id: int
    enrollment_id: int
    group_id: int
    person_id: int
    course_version_id: int
    """The version in which it was asked."""
    lesson_id: str
    question_id: str
    answered_at: datetime
    """When the first version came."""
    round: int
    """Grades given so far; 0 while it waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The newest grade of an answer."""

    points: float
    of_points: int
    comment: str
    graded_by: int | None
    """Person id; None once that person was forgotten."""
    graded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits to be graded in a group."""

    answers: int
    oldest_at: datetime | None
    """None when nothing waits."""


def keep(
    tx: Connection,
    *,
    assignment_id: int,
    question_id: str,
    text: str,
    voice: Voice | None,
    message_id: int,
    now: datetime,
) -> int:
    """Keep the first version of an answer beside its response, and return the response's id."""
    response_id = tx.execute(
        select(func.max(responses.c.id)).where(
            responses.c.assignment_id == assignment_id, responses.c.question_id == question_id
        )
    ).scalar_one()
    _add_version(tx, response_id, version=1, text=text, voice=voice, message_id=message_id, now=now)
    return int(response_id)


def get(tx: Connection, response_id: int) -> OpenAnswer | None:
    """Return the answer as it stands; None when it is gone with whoever gave it."""
    return _first(tx, _ANSWERS.where(responses.c.id == response_id))


def to_question(tx: Connection, *, assignment_id: int, question_id: str) -> OpenAnswer | None:
    """Return the answer to a question of a lesson that was given; None when it was left out."""
    return _first(
        tx,
        _ANSWERS.where(responses.c.assignment_id == assignment_id, responses.c.question_id == question_id)
        .order_by(responses.c.id.desc())
        .limit(1),
    )


def by_message(tx: Connection, *, person_id: int, message_id: int) -> OpenAnswer | None:
    """Return the answer that this person sent in this message of theirs; None when it is none."""
    return _first(
        tx, _ANSWERS.where(open_answers.c.message_id == message_id, enrollments.c.person_id == person_id)
    )


def change(tx: Connection, answer: OpenAnswer, *, text: str, now: datetime) -> bool:
    """Return whether the words became the newest version; False once the answer has been graded."""
    fresh = _locked(tx, answer.response_id)
    if fresh is None or fresh.round:
        return False
    return _add_version(
        tx,
        fresh.response_id,
        version=fresh.version + 1,
        text=text,
        voice=None,
        message_id=fresh.message_id,
        now=now,
    )


def grade(
    tx: Connection,
    response_id: int,
    *,
    version: int,
    round_: int,
    points: float,
    of_points: int,
    comment: str,
    by: int,
    now: datetime,
) -> bool:
    """Return whether this grade counts; False when another came first, or the answer was changed."""
    fresh = _locked(tx, response_id)
    if fresh is None or fresh.version != version or fresh.round != round_ - 1:
        return False
    kept = tx.execute(
        insert(tx, grades)
        .values(
            response_id=response_id,
            round=round_,
            points=points,
            of_points=of_points,
            comment=comment,
            graded_by=by,
            graded_at=now,
        )
        .on_conflict_do_nothing(index_elements=[grades.c.response_id, grades.c.round])
        .returning(grades.c.id)
    )
    if kept.scalar_one_or_none() is None:
        return False
    summaries.rebuild(tx, fresh.enrollment_id)
    return True


def newest_grade(tx: Connection, response_id: int) -> Grade | None:
    """Return the grade that counts; None while there is none."""
    row = (
        tx.execute(
            select(grades).where(grades.c.response_id == response_id).order_by(grades.c.id.desc()).limit(1)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    return Grade(
        points=row[grades.c.points],
        of_points=row[grades.c.of_points],
        comment=row[grades.c.comment],
        graded_by=row[grades.c.graded_by],
        graded_at=row[grades.c.graded_at],
    )


def next_waiting(tx: Connection, *, group_ids: Collection[int], after: int = 0) -> OpenAnswer | None:
    """Return the oldest ungraded answer of these groups behind response `after`; None when none is left.

    Who has left the group, or is being forgotten, is left alone.
    """
    return _first(
        tx,
        _ANSWERS.where(*_ungraded(group_ids), responses.c.id > after).order_by(responses.c.id).limit(1),
    )


def waiting(tx: Connection, *, group_ids: Collection[int]) -> Waiting:
    """Return how many answers of these groups wait to be graded, and since when the oldest does."""
    row = tx.execute(
        select(func.count(), func.min(responses.c.answered_at).label("oldest"))
        .select_from(responses)
        .join(assignments, assignments.c.id == responses.c.assignment_id)
        .join(enrollments, enrollments.c.id == assignments.c.enrollment_id)
        .join(people, people.c.id == enrollments.c.person_id)
        .outerjoin(grades, grades.c.id == _NEWEST_GRADE)
        .where(*_ungraded(group_ids))
    ).one()
    return Waiting(answers=row[0], oldest_at=row.oldest)


def _ungraded(group_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    return (
        enrollments.c.group_id.in_(tuple(group_ids)),
        enrollments.c.state != "withdrawn",
        people.c.forget_at.is_(None),
        responses.c.verdict == "waiting",
        grades.c.id.is_(None),
    )


def _add_version(
    tx: Connection,
    response_id: int,
    *,
    version: int,
    text: str,
    voice: Voice | None,
    message_id: int,
    now: datetime,
) -> bool:
    kept = tx.execute(
        insert(tx, open_answers)
        .values(
            response_id=response_id,
            version=version,
            text=text,
            file_id=None if voice is None else voice.file_id,
            file_kind=None if voice is None else voice.kind,
            seconds=None if voice is None else voice.seconds,
            message_id=message_id,
            sent_at=now,
        )
        .on_conflict_do_nothing(index_elements=[open_answers.c.response_id, open_answers.c.version])
        .returning(open_answers.c.id)
    )
    return kept.scalar_one_or_none() is not None


def _locked(tx: Connection, response_id: int) -> OpenAnswer | None:
    """Return the answer as it stands, so that of two who would change it one begins anew.

    The row is written as it is: on PostgreSQL a lock alone would let the second one go on with the
    snapshot it took before the first one was done.
    """
    tx.execute(
        update(responses).where(responses.c.id == response_id).values(question_id=responses.c.question_id)
    )
    return get(tx, response_id)


def _first(tx: Connection, query: Select[Any]) -> OpenAnswer | None:
    row = tx.execute(query).first()
    return None if row is None else _answer_of(row)


def _answer_of(row: Row[Any]) -> OpenAnswer:
    voice = None
    if row.file_id is not None:
        voice = Voice(file_id=row.file_id, kind=cast("FileKind", row.file_kind), seconds=row.seconds or 0)
    return OpenAnswer(
        response_id=row.response_id,
        version=row.version,
        text=row.text,
        voice=voice,
        message_id=row.message_id,
        assignment_id=row.assignment_id,
        enrollment_id=row.enrollment_id,
        group_id=row.group_id,
        person_id=row.person_id,
        course_version_id=row.course_version_id,
        lesson_id=row.lesson_id,
        question_id=row.question_id,
        answered_at=row.answered_at,
        round=row.round or 0,
    )


_NEWEST_VERSION = (
    select(func.max(open_answers.c.id))
    .where(open_answers.c.response_id == responses.c.id)
    .correlate(responses)
    .scalar_subquery()
)
_ANSWERS = (
    select(
        open_answers,
        responses.c.assignment_id,
        responses.c.question_id,
        responses.c.answered_at,
        assignments.c.lesson_id,
        assignments.c.course_version_id,
        assignments.c.enrollment_id,
        enrollments.c.group_id,
        enrollments.c.person_id,
        grades.c.round,
    )
    .join(responses, responses.c.id == open_answers.c.response_id)
    .join(assignments, assignments.c.id == responses.c.assignment_id)
    .join(enrollments, enrollments.c.id == assignments.c.enrollment_id)
    .join(people, people.c.id == enrollments.c.person_id)
    .outerjoin(grades, grades.c.id == _NEWEST_GRADE)
    .where(open_answers.c.id == _NEWEST_VERSION)
)
