"""What we are to say: kept in the transaction that decided it, claimed before it is sent."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import outbox


def add(
    tx: Connection,
    *,
    person_id: int,
    kind: str,
    priority: int,
    content: str,
    now: datetime,
    key: str | None,
    not_before: datetime,
) -> int | None:
    """Return the new row's id, or None when a row with this key exists already."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(outbox)
        .values(
            person_id=person_id,
            kind=kind,
            priority=priority,
            content=content,
            key=key,
            not_before=not_before,
            state="waiting",
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[outbox.c.key])
        .returning(outbox.c.id)
    )
    return tx.execute(statement).scalar_one_or_none()
