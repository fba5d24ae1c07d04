"""Counts that survive a restart because they are kept in the transaction that they count."""

from typing import Literal, TypeAlias

from sqlalchemy import Connection, select

from storage.conflicts import insert_in
from storage.tables import counters

Counter: TypeAlias = Literal["missed_catch_up"]
"""- `missed_catch_up`: hours of a lesson that passed while nobody could send, beyond the one made up for."""


def add(tx: Connection, name: Counter, *, count: int) -> None:
    """Add to a counter; 0 writes nothing."""
    if not count:
        return
    made = insert_in(tx.dialect.name, counters).values(name=name, value=count)
    tx.execute(
        made.on_conflict_do_update(
            index_elements=[counters.c.name], set_={"value": counters.c.value + made.excluded.value}
        )
    )


def value(tx: Connection, name: Counter) -> int:
    """Return the count; 0 before the first."""
    return tx.execute(select(counters.c.value).where(counters.c.name == name)).scalar_one_or_none() or 0
