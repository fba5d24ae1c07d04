"""Questions from learners to their facilitators, and the answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from storage.tables import questions_asked

_FEWEST_ANSWERS = 3  # fewer say nothing about what is typical


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question, and its first answer once there is one."""

    id: int
    person_id: int
    group_id: int
    lesson_id: str | None
    """None when it is about no lesson."""
    step_id: str | None
    text: str
    message_id: int | None
    """The learner's own message, so that the answer can quote it."""
    asked_at: datetime
    answered_at: datetime | None
    answered_by: int | None
    """Person id; None while open, and when that person was forgotten."""
    answer: str | None


def ask(
    tx: Connection,
    *,
    person_id: int,
    group_id: int,
    lesson_id: str | None,
    step_id: str | None,
    text: str,
    message_id: int | None,
    now: datetime,
) -> tuple[Asked, bool]:
    """Return the question and whether it is new: one message of a learner asks once."""
    if message_id is not None:
        known = (
            tx.execute(
                select(questions_asked).where(
                    questions_asked.c.person_id == person_id, questions_asked.c.message_id == message_id
                )
            )
            .mappings()
            .first()
        )
        if known is not None:
            return _asked(known), False
    made = tx.execute(
        insert(questions_asked)
        .values(
            person_id=person_id,
            group_id=group_id,
            lesson_id=lesson_id,
            step_id=step_id,
            text=text,
            message_id=message_id,
            asked_at=now,
        )
        .returning(questions_asked)
    )
    return _asked(made.mappings().one()), True


def was_asked(tx: Connection, *, person_id: int, step_id: str, text: str) -> bool:
    """Return whether this person has asked this, word for word, at this step."""
    found = tx.execute(
        select(questions_asked.c.id)
        .where(
            questions_asked.c.person_id == person_id,
            questions_asked.c.step_id == step_id,
            questions_asked.c.text == text,
        )
        .limit(1)
    )
    return found.first() is not None


def get(tx: Connection, question_id: int) -> Asked | None:
    """Return the question, or None when it is gone with the learner who asked it."""
    row = (
        tx.execute(select(questions_asked).where(questions_asked.c.id == question_id))
        .mappings()
        .one_or_none()
    )
    return None if row is None else _asked(row)


def answer(tx: Connection, question_id: int, *, by: int, text: str, now: datetime) -> bool:
    """Keep the first answer; False when the question had been answered already."""
    kept = tx.execute(
        update(questions_asked)
        .where(questions_asked.c.id == question_id, questions_asked.c.answered_at.is_(None))
        .values(answered_at=now, answered_by=by, answer=text)
        .returning(questions_asked.c.id)
    )
    return kept.scalar_one_or_none() is not None


def unanswered(tx: Connection, group_id: int) -> dict[int, int]:
    """Return person id → open questions, for those who have any."""
    rows = tx.execute(
        select(questions_asked.c.person_id, func.count())
        .where(questions_asked.c.group_id == group_id, questions_asked.c.answered_at.is_(None))
        .group_by(questions_asked.c.person_id)
    )
    return {row[0]: row[1] for row in rows}


def waiting(tx: Connection, group_id: int) -> tuple[Asked, ...]:
    """Return the questions of a group that nobody has answered, oldest first."""
    rows = tx.execute(
        select(questions_asked)
        .where(questions_asked.c.group_id == group_id, questions_asked.c.answered_at.is_(None))
        .order_by(questions_asked.c.id)
    )
    return tuple(_asked(row) for row in rows.mappings())


def typical_hours(tx: Connection, group_id: int, *, now: datetime) -> int | None:
    """Return the median hours to an answer in the last 30 days, rounded up to at least 1.

    None with fewer than three answers.
    """
    rows = tx.execute(
        select(questions_asked.c.asked_at, questions_asked.c.answered_at).where(
            questions_asked.c.group_id == group_id,
            questions_asked.c.answered_at.is_not(None),
            questions_asked.c.answered_at > now - timedelta(days=30),
        )
    ).all()
    return _typical([row.answered_at - row.asked_at for row in rows])


def _typical(waits: Sequence[timedelta]) -> int | None:
    if len(waits) < _FEWEST_ANSWERS:
        return None
    seconds = median(wait.total_seconds() for wait in waits)
    return max(1, -int(-seconds // 3600))


def _asked(row: RowMapping) -> Asked:
    return Asked(**{column.name: row[column] for column in questions_asked.columns})
