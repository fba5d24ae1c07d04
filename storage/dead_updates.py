"""Updates that were set aside, for whoever looks after the service: what, when, why, and what now.

What somebody wrote is in them, so a listing never tells it, and a dropped one keeps its number only:
Telegram may hand the same update over again for a day.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from storage.inbox import MOST_TRIES
from storage.tables import inbox, people


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadUpdate:
    """One update that was set aside: nothing of what it says."""

    trace: str
    """Stands in the log and in what its sender was told."""
    update_id: int
    person: int
    """The messenger's number of who sent it; 0 when nobody can be named."""
    received_at: datetime
    set_aside_at: datetime
    tries: int
    why: str
    """`crash`, or the kind of the last error."""


def dead_updates(tx: Connection) -> tuple[DeadUpdate, ...]:
    """Return what was set aside in the last seven days (`storage.inbox.KEPT`), oldest first."""
    rows = tx.execute(
        select(
            inbox.c.trace_id,
            inbox.c.update_id,
            inbox.c.sender,
            inbox.c.received_at,
            inbox.c.handled_at,
            inbox.c.tries,
            inbox.c.reason,
        )
        .where(inbox.c.state == "dead")
        .order_by(inbox.c.handled_at, inbox.c.id)
    )
    return tuple(
        DeadUpdate(
            trace=row.trace_id,
            update_id=row.update_id,
            person=row.sender,
            received_at=row.received_at,
            set_aside_at=row.handled_at,
            tries=row.tries,
            why=row.reason or "",
        )
        for row in rows
    )


def contents(tx: Connection, trace: str) -> str | None:
    """Return the update as it came, as JSON text; None when none was set aside under this trace id."""
    payload: str | None = tx.execute(
        select(inbox.c.payload).where(inbox.c.state == "dead", inbox.c.trace_id == trace)
    ).scalar_one_or_none()
    return payload


def sender(tx: Connection, trace: str) -> int | None:
    """Return the id of the person who sent it; None when nobody here did, or nothing is set aside so."""
    return tx.execute(
        select(people.c.id)
        .join(inbox, inbox.c.sender == people.c.address)
        .where(inbox.c.state == "dead", inbox.c.trace_id == trace)
    ).scalar_one_or_none()


def handle_again(tx: Connection, trace: str, *, now: datetime) -> bool:
    """Let an update be handled once more; False when none was set aside under this trace id.

    Once: it keeps all tries but the last, so that a single failure or crash sets it aside again.
    """
    again = tx.execute(
        update(inbox)
        .where(inbox.c.state == "dead", inbox.c.trace_id == trace)
        .values(state="new", tries=MOST_TRIES - 1, retry_at=now, handled_at=None)
        .returning(inbox.c.id)
    )
    return again.one_or_none() is not None


def drop(tx: Connection, trace: str) -> bool:
    """Take the contents away and handle it never; False when none was set aside under this trace id."""
    dropped = tx.execute(
        update(inbox)
        .where(inbox.c.state == "dead", inbox.c.trace_id == trace)
        .values(state="done", payload="null")
        .returning(inbox.c.id)
    )
    return dropped.one_or_none() is not None


def trace_of(tx: Connection, *, id: int) -> str:  # noqa: A002 - the field's name
    """Return under which trace id an update was set aside; empty when it has none."""
    found: str | None = tx.execute(select(inbox.c.trace_id).where(inbox.c.id == id)).scalar_one()
    return found or ""
