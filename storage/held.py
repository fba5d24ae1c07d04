"""Deliveries that a person has to decide about, and whom that person is.

A delivery is held when nobody can know whether it arrived (guarantees 4.1). `held_for` says who has
been told of it: the facilitators of a group, or with 0 the admins.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, literal_column, select, update

from storage.outbox import DeliveryState
from storage.row_changes import change_row
from storage.tables import outbox, people

ADMINS = 0
"""Stands in `held_for` where no group looks after somebody."""

_IN_ONE_STATEMENT = 1000
"""After an old copy was restored thousands may be held; SQLite takes 32,766 values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One delivery that is held, or that was until somebody decided."""

    delivery: int
    person_id: int
    name: str
    """Of whoever it is for; may be empty."""
    content: str
    key: str | None
    state: DeliveryState
    reason: str | None
    attempts: int
    """Sends that happened or may have happened."""
    settled_at: datetime | None
    """Since when it is held."""
    held_for: int | None
    """The group whose facilitators were told, ADMINS, or None while nobody was."""


def untold(tx: Connection) -> tuple[Held, ...]:
    """Return what is held and nobody was told of yet, oldest first."""
    return _read(tx, _HELD.where(outbox.c.held_for.is_(None)).order_by(outbox.c.id))


def told(tx: Connection, deliveries: Collection[int], *, held_for: int) -> None:
    """Note who decides about these, now that they know."""
    waiting = list(deliveries)
    for start in range(0, len(waiting), _IN_ONE_STATEMENT):
        some = waiting[start : start + _IN_ONE_STATEMENT]
        tx.execute(update(outbox).where(outbox.c.id.in_(some)).values(held_for=held_for))


def untell(tx: Connection, delivery: int) -> None:
    """Note that a delivery is held anew: whoever was told of it before does not know that."""
    change_row(tx, outbox, delivery, held_for=None)


def get(tx: Connection, delivery: int) -> Held | None:
    """Return a delivery that somebody was told of, also after a decision; None for every other one."""
    found = _read(tx, _SELECTED.where(outbox.c.id == delivery, outbox.c.held_for.is_not(None)))
    return found[0] if found else None


def undecided(tx: Connection, *, held_for: Collection[int] | None) -> tuple[int, ...]:
    """Return the deliveries that these groups have been told of and not decided; None means all groups."""
    query = select(outbox.c.id).where(_IS_HELD, outbox.c.held_for.is_not(None)).order_by(outbox.c.id)
    if held_for is not None:
        query = query.where(outbox.c.held_for.in_(held_for))
    return tuple(tx.execute(query).scalars())


def count(tx: Connection) -> int:
    """Return how many deliveries are held."""
    return int(tx.execute(select(func.count()).select_from(outbox).where(_IS_HELD)).scalar_one())


def _read(tx: Connection, query: Select[Any]) -> tuple[Held, ...]:  # Any: columns of several types
    return tuple(Held(**row) for row in tx.execute(query).mappings())


# Spelled out in the SQL text, as the partial index needs it to be used.
_IS_HELD = outbox.c.state == literal_column("'held'")
_SELECTED = select(
    outbox.c.id.label("delivery"),
    outbox.c.person_id,
    people.c.name,
    outbox.c.content,
    outbox.c.key,
    outbox.c.state,
    outbox.c.reason,
    outbox.c.attempts,
    outbox.c.settled_at,
    outbox.c.held_for,
).join(people, people.c.id == outbox.c.person_id)
_HELD = _SELECTED.where(_IS_HELD)
