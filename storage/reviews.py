"""Questions that come again: the rounds of each day, and what was answered in them.

A round has one day and a question one place in it, both by constraint; where a learner is in a
question changes only by comparing and setting, as in `storage.records`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Literal, TypeAlias, cast

from sqlalchemy import Connection, Select, bindparam, func, select, update

from learners.records import Response, Verdict
from storage.conflicts import insert, insert_given
from storage.prepared import Prepared, Record
from storage.row_changes import change_row
from storage.tables import enrollments, review_responses, review_rounds, reviews

Occasion: TypeAlias = Literal["lesson", "asked", "fresh"]
"""Before a lesson; asked for with /review; from time to time after the course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The questions of one local day."""

    id: int
    enrollment_id: int
    held_on: date
    occasion: Occasion
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One question of a round, and where its learner is in it."""

    id: int
    round_id: int
    enrollment_id: int
    occasion: Occasion
    number: int
    """1-based in its round."""
    question_id: str
    course_version_id: int
    """The version that is shown: answers are graded against it."""
    hints_shown: int
    try_number: int
    picked: frozenset[int]
    placed: tuple[int, ...]
    asked_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReview:
    """What became of a question that came again."""

    question_id: str
    responses: tuple[Response, ...]
    """In the order of their tries; empty when it was not answered."""
    left_out_at: datetime | None


def hold(tx: Connection, *, enrollment_id: int, on: date, occasion: Occasion, now: datetime) -> Round | None:
    """Return the new round of this day; None when the day has one."""
    given = {"enrollment_id": enrollment_id, "held_on": on, "occasion": occasion, "created_at": now}
    row = _hold(tx.dialect.name).one_or_none(tx, given)
    return None if row is None else _round(row)


def held_on(tx: Connection, enrollment_id: int, *, on: date) -> Round | None:
    """Return the round of this local day."""
    row = _HELD_ON.one_or_none(tx, {"given": enrollment_id, "day": on})
    return None if row is None else _round(row)


def round_of(tx: Connection, round_id: int) -> Round | None:
    """Return the round with this id, whoever it belongs to."""
    row = _ROUND.one_or_none(tx, {"given": round_id})
    return None if row is None else _round(row)


def move(tx: Connection, held: Round, *, on: date) -> bool:
    """Return whether the round is of this day now; False when the day has another one."""
    if held.held_on == on:
        return True
    if held_on(tx, held.enrollment_id, on=on) is not None:
        return False
    change_row(tx, review_rounds, held.id, held_on=on)
    return True


def put_in(tx: Connection, round_id: int, question_ids: Sequence[str], *, course_version_id: int) -> None:
    """Add questions to a round, behind those it has; one that it has already is not added."""
    number: int = _LAST_NUMBER.one(tx, {"given": round_id})["last"]
    for question_id in question_ids:
        row = {
            "round_id": round_id,
            "number": number + 1,
            "question_id": question_id,
            "course_version_id": course_version_id,
        }
        number += _put_in(tx.dialect.name).one_or_none(tx, row) is not None


def in_round(tx: Connection, round_id: int) -> tuple[Review, ...]:
    """Return the questions of a round, in their order."""
    return tuple(_review(row) for row in _IN_ROUND.rows(tx, {"given": round_id}))


def review(tx: Connection, review_id: int) -> Review | None:
    """Return the question with this id, whoever was asked."""
    row = _GET.one_or_none(tx, {"given": review_id})
    return None if row is None else _review(row)


def waiting(tx: Connection, enrollment_id: int) -> tuple[Review, ...]:
    """Return the questions of this enrollment that are not over, in the order in which they come."""
    return tuple(_review(row) for row in _WAITING.rows(tx, {"given": enrollment_id}))


def shown_to(tx: Connection, person_id: int) -> Review | None:
    """Return the question this person was shown last and that is not over."""
    row = _SHOWN_TO.one_or_none(tx, {"given": person_id})
    return None if row is None else _review(row)


def change(
    tx: Connection,
    before: Review,
    *,
    hints_shown: int | None = None,
    try_number: int | None = None,
    picked: frozenset[int] | None = None,
    placed: tuple[int, ...] | None = None,
) -> bool:
    """Return whether the place in this question is the new one; False when somebody was faster."""
    values: dict[str, object] = {}
    if hints_shown is not None:
        values["hints_shown"] = hints_shown
    if try_number is not None:
        values["try_number"] = try_number
    if picked is not None:
        values["picked"] = _text(sorted(picked))
    if placed is not None:
        values["placed"] = _text(placed)
    changed = tx.execute(
        update(reviews)
        .where(
            reviews.c.id == before.id,
            reviews.c.finished_at.is_(None),
            reviews.c.hints_shown == before.hints_shown,
            reviews.c.try_number == before.try_number,
            reviews.c.picked == _text(sorted(before.picked)),
            reviews.c.placed == _text(before.placed),
        )
        .values(**values)
        .returning(reviews.c.id)
    )
    return changed.one_or_none() is not None


def mark_asked(tx: Connection, review_id: int, *, now: datetime) -> None:
    """Keep that this question was shown; the first moment stays."""
    _MARK_ASKED.rows(tx, {"given": review_id, "now": now})


def finish(tx: Connection, review_id: int, *, now: datetime, skipped: bool = False) -> bool:
    """Return whether this call ended the question."""
    return _FINISH.one_or_none(tx, {"given": review_id, "now": now, "left_out": skipped}) is not None


def finish_all(tx: Connection, enrollment_id: int, *, now: datetime) -> None:
    """End every question of this enrollment that still waits; as if it had not been asked."""
    of_enrollment = select(review_rounds.c.id).where(review_rounds.c.enrollment_id == enrollment_id)
    tx.execute(
        update(reviews)
        .where(reviews.c.round_id.in_(of_enrollment), reviews.c.finished_at.is_(None))
        .values(finished_at=now)
    )


def add_response(tx: Connection, response: Response) -> bool:
    """Return whether the response was kept, with a review in place of the assignment."""
    made = insert(tx, review_responses).values(
        review_id=response.assignment_id,
        try_number=response.try_number,
        response=response.response,
        score=response.score,
        verdict=response.verdict,
        hints=response.hints,
        answered_at=response.answered_at,
    )
    return (
        tx.execute(made.on_conflict_do_nothing().returning(review_responses.c.id)).one_or_none() is not None
    )


def responses_to(tx: Connection, review_id: int) -> tuple[Response, ...]:
    """Return the responses to one question, in the order of their tries."""
    return tuple(_response(row) for row in _RESPONSES_TO.rows(tx, {"given": review_id}))


def past(tx: Connection, enrollment_id: int) -> tuple[PastReview, ...]:
    """Return what became of every question that came again, in the order they were asked."""
    given: dict[int, list[Response]] = {}
    for row in _PAST_RESPONSES.rows(tx, {"given": enrollment_id}):
        given.setdefault(row["review_id"], []).append(_response(row))
    return tuple(
        PastReview(
            question_id=row["question_id"],
            responses=tuple(given.get(row["id"], ())),
            left_out_at=row["finished_at"] if row["skipped"] else None,
        )
        for row in _PAST.rows(tx, {"given": enrollment_id})
    )


def rounds_of(tx: Connection, enrollment_id: int) -> tuple[Round, ...]:
    """Return every round of this enrollment, by day."""
    return tuple(_round(row) for row in _ROUNDS_OF.rows(tx, {"given": enrollment_id}))


def _round(row: Record) -> Round:
    return Round(
        id=row["id"],
        enrollment_id=row["enrollment_id"],
        held_on=row["held_on"],
        occasion=cast("Occasion", row["occasion"]),
        created_at=row["created_at"],
    )


_REVIEW: Select[tuple[object, ...]] = select(
    reviews, review_rounds.c.enrollment_id, review_rounds.c.occasion
).join(review_rounds, review_rounds.c.id == reviews.c.round_id)
_RESPONSES: Select[tuple[object, ...]] = (
    select(review_responses, reviews.c.question_id)
    .join(reviews, reviews.c.id == review_responses.c.review_id)
    .order_by(review_responses.c.id)
)


# Presses and typed texts run these: built once, for building a statement costs more than running it.
_ROUND = Prepared(select(review_rounds).where(review_rounds.c.id == bindparam("given")), by_name=True)
_HELD_ON = Prepared(
    select(review_rounds).where(
        review_rounds.c.enrollment_id == bindparam("given"), review_rounds.c.held_on == bindparam("day")
    ),
    by_name=True,
)
_ROUNDS_OF = Prepared(
    select(review_rounds)
    .where(review_rounds.c.enrollment_id == bindparam("given"))
    .order_by(review_rounds.c.held_on),
    by_name=True,
)
_LAST_NUMBER = Prepared(
    select(func.coalesce(func.max(reviews.c.number), 0).label("last")).where(
        reviews.c.round_id == bindparam("given")
    )
)
_GET = Prepared(_REVIEW.where(reviews.c.id == bindparam("given")), by_name=True)
_IN_ROUND = Prepared(
    _REVIEW.where(reviews.c.round_id == bindparam("given")).order_by(reviews.c.number), by_name=True
)
_MARK_ASKED = Prepared(
    update(reviews)
    .where(reviews.c.id == bindparam("given"), reviews.c.asked_at.is_(None))
    .values(asked_at=bindparam("now"))
)
_FINISH = Prepared(
    update(reviews)
    .where(reviews.c.id == bindparam("given"), reviews.c.finished_at.is_(None))
    .values(finished_at=bindparam("now"), skipped=bindparam("left_out"))
    .returning(reviews.c.id)
)
_RESPONSES_TO = Prepared(_RESPONSES.where(reviews.c.id == bindparam("given")), by_name=True)
_PAST_RESPONSES = Prepared(
    _RESPONSES.join(review_rounds, review_rounds.c.id == reviews.c.round_id).where(
        review_rounds.c.enrollment_id == bindparam("given")
    ),
    by_name=True,
)
_PAST = Prepared(
    select(reviews.c.id, reviews.c.question_id, reviews.c.skipped, reviews.c.finished_at)
    .join(review_rounds, review_rounds.c.id == reviews.c.round_id)
    .where(review_rounds.c.enrollment_id == bindparam("given"))
    .order_by(reviews.c.id),
    by_name=True,
)
_WAITING = Prepared(
    _REVIEW.where(
        review_rounds.c.enrollment_id == bindparam("given"), reviews.c.finished_at.is_(None)
    ).order_by(review_rounds.c.held_on, reviews.c.number),
    by_name=True,
)
_SHOWN_TO = Prepared(
    _REVIEW.join(enrollments, enrollments.c.id == review_rounds.c.enrollment_id)
    .where(
        enrollments.c.person_id == bindparam("given"),
        reviews.c.finished_at.is_(None),
        reviews.c.asked_at.is_not(None),
    )
    .order_by(reviews.c.asked_at.desc(), reviews.c.id.desc())
    .limit(1),
    by_name=True,
)


@cache
def _hold(dialect: str) -> Prepared:
    made = insert_given(dialect, review_rounds, "enrollment_id", "held_on", "occasion", "created_at")
    return Prepared(made.on_conflict_do_nothing().returning(review_rounds), by_name=True)


@cache
def _put_in(dialect: str) -> Prepared:
    made = insert_given(dialect, reviews, "round_id", "number", "question_id", "course_version_id")
    return Prepared(made.on_conflict_do_nothing().returning(reviews.c.id))


def _review(row: Record) -> Review:
    return Review(
        id=row["id"],
        round_id=row["round_id"],
        enrollment_id=row["enrollment_id"],
        occasion=cast("Occasion", row["occasion"]),
        number=row["number"],
        question_id=row["question_id"],
        course_version_id=row["course_version_id"],
        hints_shown=row["hints_shown"],
        try_number=row["try_number"],
        picked=frozenset(_numbers(row["picked"])),
        placed=_numbers(row["placed"]),
        asked_at=row["asked_at"],
        finished_at=row["finished_at"],
    )


def _response(row: Record) -> Response:
    return Response(
        assignment_id=row["review_id"],
        lesson_id="",
        question_id=row["question_id"],
        try_number=row["try_number"],
        response=row["response"],
        score=row["score"],
        verdict=cast("Verdict", row["verdict"]),
        answered_at=row["answered_at"],
        hints=row["hints"],
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",") if number)


def _text(numbers: Sequence[int]) -> str:
    return ",".join(str(number) for number in numbers)
