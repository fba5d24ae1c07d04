"""Who is due next: a narrow table clustered by time, a cache of `scheduler.agenda`.

Only `academy.delivering` writes here, in the transaction that decided. A claim does not take a
row away: the same transaction sets the next moment, so a crash in between changes nothing.
"""

from collections.abc import Collection
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, bindparam, delete, literal_column, select

from storage.conflicts import insert_given
from storage.prepared import Prepared
from storage.tables import due, outbox

_STARTED_BY_US = ("lesson", "reminder", "notice", "announcement")


def set_due(tx: Connection, enrollment_id: int, at: datetime | None) -> None:
    """Look at this enrollment again at `at`; None means only after it has done something."""
    if at is None:
        _FORGET.rows(tx, {"given": enrollment_id})
        return
    _set_due(tx.dialect.name).rows(tx, {"due_at": at, "enrollment_id": enrollment_id})


def claim(tx: Connection, *, now: datetime, limit: int) -> tuple[int, ...]:
    """Return the enrollments that are due, the longest waiting first, at most `limit`.

    On PostgreSQL the rows stay locked until the transaction ends, and rows that another ticker
    works on are passed over; SQLite has one writer and needs no lock.
    """
    rows = _CLAIM.rows(tx, {"now": now, "most": limit})
    return tuple(row[due.c.enrollment_id] for row in rows)


def due_at(tx: Connection, enrollment_id: int) -> datetime | None:
    """Return when this enrollment is looked at again; None when it is not waited for."""
    return tx.execute(select(due.c.due_at).where(due.c.enrollment_id == enrollment_id)).scalar_one_or_none()


def overdue(tx: Connection, enrollment_ids: Collection[int], *, before: datetime) -> dict[int, datetime]:
    """Return when those of these enrollments were due that were so before a moment."""
    if not enrollment_ids:
        return {}
    rows = tx.execute(
        select(due.c.enrollment_id, due.c.due_at).where(
            due.c.due_at < before, due.c.enrollment_id.in_(enrollment_ids)
        )
    )
    return {row.enrollment_id: row.due_at for row in rows}


def after(tx: Connection, *, enrollment_id: int, limit: int) -> tuple[tuple[int, datetime], ...]:
    """Return the next enrollments by number that are waited for, with their moments."""
    rows = tx.execute(
        select(due.c.enrollment_id, due.c.due_at)
        .where(due.c.enrollment_id > enrollment_id)
        .order_by(due.c.enrollment_id)
        .limit(limit)
    )
    return tuple((row.enrollment_id, row.due_at) for row in rows)


def next_due_at(tx: Connection) -> datetime | None:
    """Return the earliest moment at which anybody is due."""
    row = _NEXT.one_or_none(tx, {})
    return None if row is None else row[due.c.due_at]


def started_by_us(tx: Connection, *, person_id: int, since: datetime) -> tuple[datetime, ...]:
    """Return when messages that this person did not ask for go out from `since` on, ascending.

    Lessons, reminders, notices and announcements count, sent or waiting; cancelled ones do not.
    """
    rows = _STARTED.rows(tx, {"given": person_id, "since": since})
    return tuple(row[outbox.c.not_before] for row in rows)


# Built once, because every step of every learner runs them: building a statement costs more than
# running it.
_CLAIM = Prepared(
    select(due.c.enrollment_id)
    .where(due.c.due_at <= bindparam("now"))
    .order_by(due.c.due_at, due.c.enrollment_id)
    .limit(bindparam("most", type_=due.c.enrollment_id.type))
    .with_for_update(skip_locked=True)
)
_NEXT = Prepared(select(due.c.due_at).order_by(due.c.due_at).limit(1))
_STARTED = Prepared(
    select(outbox.c.not_before)
    .where(
        outbox.c.person_id == bindparam("given"),
        outbox.c.kind.in_([literal_column(f"'{kind}'") for kind in _STARTED_BY_US]),
        outbox.c.not_before >= bindparam("since"),
        outbox.c.state != "cancelled",
    )
    .order_by(outbox.c.not_before)
)
_FORGET = Prepared(delete(due).where(due.c.enrollment_id == bindparam("given")))


@cache
def _set_due(dialect: str) -> Prepared:
    made = insert_given(dialect, due, "due_at", "enrollment_id")
    return Prepared(
        made.on_conflict_do_update(
            index_elements=[due.c.enrollment_id], set_={"due_at": made.excluded.due_at}
        )
    )
