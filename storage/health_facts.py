"""How the service does, read from what is kept: right across restarts, and cheap enough to ask often.

What is open, held or set aside stands in partial indexes. Counting everything that was ever sent
reads the whole table, so `totals` is asked for rarely (see `app.metrics`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, literal_column, select, text

from storage import counters, doubled, due, inbox
from storage import outbox as rows
from storage.prepared import Prepared
from storage.tables import bots, outbox, send_attempts
from storage.tables import due as due_table
from storage.tables import inbox as updates

_LOOKED_BACK: Final = 500
"""Rows of the outbox that are looked through for one that was sent; newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is waiting, and what waits for a person."""

    open_updates: int
    oldest_update_at: datetime | None
    due_messages: int
    oldest_due_at: datetime | None
    """Since when the oldest message that may be sent has waited; None when none does."""
    overdue_learners: int
    oldest_learner_at: datetime | None
    held: int
    proved_doubled: int
    """Deliveries of which a press has proved that they arrived twice."""
    set_aside: int
    missed_catch_up: int
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Everything that was ever to be said, and every try."""

    deliveries: Mapping[rows.DeliveryState, int]
    """How many rows are in each state that occurs."""
    attempts: Mapping[str, int]
    """How many tries had each outcome; those under way are `open`."""


def standing(tx: Connection, *, now: datetime) -> Standing:
    """Return how things stand at `now`."""
    first_at = rows.first_at(tx)
    oldest_learner_at = due.next_due_at(tx)
    return Standing(
        open_updates=inbox.open_count(tx),
        oldest_update_at=tx.execute(
            select(updates.c.received_at)
            .where(updates.c.state == literal_column("'new'"))
            .order_by(updates.c.id)
            .limit(1)
        ).scalar_one_or_none(),
        due_messages=rows.due_count(tx, now=now),
        oldest_due_at=first_at if first_at is not None and first_at <= now else None,
        overdue_learners=overdue_learners(tx, now=now),
        oldest_learner_at=oldest_learner_at
        if oldest_learner_at is not None and oldest_learner_at <= now
        else None,
        held=tx.execute(
            select(func.count()).select_from(outbox).where(outbox.c.state == literal_column("'held'"))
        ).scalar_one(),
        proved_doubled=doubled.proved_count(tx),
        set_aside=tx.execute(
            select(func.count()).select_from(updates).where(updates.c.state == literal_column("'dead'"))
        ).scalar_one(),
        missed_catch_up=counters.value(tx, "missed_catch_up"),
        epoch=tx.execute(select(bots.c.epoch)).scalar_one_or_none() or 0,
    )


def totals(tx: Connection) -> Totals:
    """Return the counts of everything; reads the whole outbox."""
    outcome = func.coalesce(send_attempts.c.outcome, "open").label("outcome")
    tried = tx.execute(select(outcome, func.count().label("times")).group_by(outcome))
    return Totals(
        deliveries=rows.counts(tx),
        attempts={row.outcome: row.times for row in tried},
    )


def sent_since(tx: Connection, *, since: datetime) -> bool:
    """Return whether one of the newest messages was sent since a moment."""
    newest = select(outbox.c.state, outbox.c.settled_at).order_by(outbox.c.id.desc()).limit(_LOOKED_BACK)
    found = newest.subquery()
    statement = select(found.c.state).where(found.c.state == "sent", found.c.settled_at >= since).limit(1)
    return tx.execute(statement).one_or_none() is not None


def due_by(tx: Connection, *, now: datetime) -> int:
    """Return how many messages and learners were to be seen to by `now` and were not."""
    waiting = (
        select(func.count())
        .select_from(outbox)
        .where(rows.is_open(), rows.state_is("waiting"), outbox.c.not_before <= now)
    )
    return tx.execute(waiting).scalar_one() + overdue_learners(tx, now=now)


def overdue_learners(tx: Connection, *, now: datetime) -> int:
    """Return how many learners were to be looked at by `now`."""
    statement = select(func.count()).select_from(due_table).where(due_table.c.due_at <= now)
    return tx.execute(statement).scalar_one()


def set_aside_since(tx: Connection, *, since: datetime) -> int:
    """Return how many updates were set aside since a moment and are still kept."""
    dead: int = _SET_ASIDE_SINCE.one(tx, {"since": since})["dead"]
    return dead


def bytes_used(tx: Connection) -> int:
    """Return how large the database is."""
    if tx.dialect.name == "sqlite":
        pages = tx.execute(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
        return int(pages.scalar_one())
    return int(tx.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


# Built once, because each tick runs it: building a statement costs more than running it.
_SET_ASIDE_SINCE = Prepared(
    select(func.count().label("dead"))
    .select_from(updates)
    .where(updates.c.state == literal_column("'dead'"), updates.c.handled_at >= bindparam("since"))
)
