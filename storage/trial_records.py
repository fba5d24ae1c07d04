"""What a learner did, rewritten: for an author who puts a learner of a preview at any step.

Everywhere else these facts are only added to or closed (`storage.records`). Nothing that serves
learners imports this: a contract in pyproject.toml holds it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, select, update

from storage import summaries
from storage.conflicts import insert
from storage.tables import assignments, enrollments, responses

_AT_THE_START: Final[Mapping[str, object]] = {
    "started_at": None,
    "finished_at": None,
    "reminded_at": None,
    "snoozed_until": None,
    "step": 0,
    "try_number": 1,
    "hints_shown": 0,
    "picked": "",
    "placed": "",
}
"""What a lesson says that nobody has begun."""

_LONG_AGO = date(1970, 1, 1)
"""Where days are parked while they are dealt anew: two lessons of one day are refused."""


def take_back(tx: Connection, assignment_ids: Iterable[int]) -> None:
    """Remove lessons that were given, with everything that was answered in them."""
    taken = tuple(assignment_ids)
    with _counted_again(tx, taken):
        tx.execute(delete(assignments).where(assignments.c.id.in_(taken)))


def forget_responses(tx: Connection, assignment_id: int, question_ids: Iterable[str]) -> None:
    """Remove what was answered to these questions of one lesson."""
    with _counted_again(tx, (assignment_id,)):
        tx.execute(
            delete(responses).where(
                responses.c.assignment_id == assignment_id, responses.c.question_id.in_(tuple(question_ids))
            )
        )


def give_finished(
    tx: Connection, *, enrollment_id: int, lesson_id: str, course_version_id: int, now: datetime, steps: int
) -> int:
    """Return the id of a lesson that counts as given and finished now, with nothing answered."""
    return _give(
        tx,
        enrollment_id=enrollment_id,
        lesson_id=lesson_id,
        course_version_id=course_version_id,
        now=now,
        finished_at=now,
        step=steps,
    )


def give_open(
    tx: Connection, *, enrollment_id: int, lesson_id: str, course_version_id: int, now: datetime
) -> int:
    """Return the id of a lesson that is under way at its first step; no other may be open."""
    return _give(
        tx,
        enrollment_id=enrollment_id,
        lesson_id=lesson_id,
        course_version_id=course_version_id,
        now=now,
        finished_at=None,
        step=0,
    )


def finish(tx: Connection, assignment_ids: Iterable[int], *, now: datetime) -> None:
    """Let lessons that are not finished count as finished now."""
    ended = tuple(assignment_ids)
    with _counted_again(tx, ended):
        tx.execute(
            update(assignments)
            .where(assignments.c.id.in_(ended), assignments.c.finished_at.is_(None))
            .values(finished_at=now)
        )


def open_at(tx: Connection, assignment_id: int, *, course_version_id: int, step: int, now: datetime) -> None:
    """Let a lesson be under way at this step, finished or not before; no other may be open."""
    values: dict[str, object] = {
        **_AT_THE_START,
        "course_version_id": course_version_id,
        "started_at": now,
        "step": step,
    }
    with _counted_again(tx, (assignment_id,)):
        tx.execute(update(assignments).where(assignments.c.id == assignment_id).values(**values))


def offer_again(tx: Connection, assignment_id: int, *, course_version_id: int) -> None:
    """Let a lesson wait to be begun, as if nobody had; no other may be open."""
    values: dict[str, object] = {**_AT_THE_START, "course_version_id": course_version_id, "drawn": ""}
    with _counted_again(tx, (assignment_id,)):
        tx.execute(update(assignments).where(assignments.c.id == assignment_id).values(**values))


def deal_days(tx: Connection, assignment_ids: Sequence[int], *, last_on: date) -> None:
    """Give each lesson a day of its own, in this order, so that the last one has `last_on`."""
    # Of lessons finished in one moment the later day is the later one.
    with _counted_again(tx, assignment_ids):
        for number, assignment_id in enumerate(assignment_ids):
            _redate(tx, assignment_id, on=_LONG_AGO + timedelta(days=number))
        for days_before, assignment_id in enumerate(reversed(assignment_ids)):
            _redate(tx, assignment_id, on=last_on - timedelta(days=days_before))


def go_on(tx: Connection, enrollment_id: int) -> None:
    """Let an enrollment be active, whatever it was; a course that was finished is not any more."""
    tx.execute(
        update(enrollments)
        .where(enrollments.c.id == enrollment_id)
        .values(state="active", paused_until=None, finished_at=None)
    )


@contextmanager
def _counted_again(tx: Connection, assignment_ids: Collection[int]) -> Iterator[None]:
    """Count again what these learners have behind them, once the facts have been rewritten."""
    whose = summaries.enrollments_of(tx, assignment_ids)
    yield
    summaries.rebuild_all(tx, whose)


def _redate(tx: Connection, assignment_id: int, *, on: date) -> None:
    tx.execute(update(assignments).where(assignments.c.id == assignment_id).values(assigned_on=on))


def _give(
    tx: Connection,
    *,
    enrollment_id: int,
    lesson_id: str,
    course_version_id: int,
    now: datetime,
    finished_at: datetime | None,
    step: int,
) -> int:
    # Far away until the days are dealt: today may have its lesson.
    on = _LONG_AGO - timedelta(days=1 + _given(tx, enrollment_id))
    made: int = tx.execute(
        insert(tx, assignments)
        .values(
            enrollment_id=enrollment_id,
            lesson_id=lesson_id,
            course_version_id=course_version_id,
            assigned_at=now,
            assigned_on=on,
            started_at=now,
            finished_at=finished_at,
            step=step,
        )
        .returning(assignments.c.id)
    ).scalar_one()
    summaries.rebuild(tx, enrollment_id)
    return made


def _given(tx: Connection, enrollment_id: int) -> int:
    """Return how many lessons this enrollment has been given."""
    return tx.execute(
        select(func.count()).select_from(assignments).where(assignments.c.enrollment_id == enrollment_id)
    ).scalar_one()
