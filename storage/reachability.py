"""Whom we can reach, and where: what the messenger's refusals tell about a person."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select, update

from storage.outbox import is_open
from storage.tables import outbox, people


def refuse_unreachable(tx: Connection, *, person_id: int, now: datetime) -> None:
    """Note that nothing reaches this person, and refuse what we had started; what answers them stays."""
    tx.execute(
        update(people)
        .where(people.c.id == person_id, people.c.unreachable_since.is_(None))
        .values(unreachable_since=now)
    )
    waiting = tx.execute(
        select(outbox.c.id).where(
            is_open(),
            outbox.c.person_id == person_id,
            outbox.c.state.in_(("waiting", "uncertain")),
            outbox.c.kind != "reply",
        )
    ).scalars()
    refuse(tx, ids=list(waiting), now=now)


def move(tx: Connection, *, person_id: int, to: int) -> bool:
    """Give the person their new address; return False when somebody else is there already."""
    taken = tx.execute(select(people.c.id).where(people.c.address == to)).scalar_one_or_none()
    if taken is None:
        tx.execute(update(people).where(people.c.id == person_id).values(address=to))
    return taken is None or taken == person_id


def refuse(tx: Connection, *, ids: Collection[int], now: datetime) -> None:
    """Settle rows that nobody would receive."""
    if ids:
        tx.execute(
            update(outbox)
            .where(outbox.c.id.in_(ids))
            .values(state="refused", reason="unreachable", settled_at=now)
        )
