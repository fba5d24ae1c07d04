"""What the next free text of a person means: at most one topic at a time.

A topic is a word of the bot's (`join_code`, `ask`, `announce`); its state is a small JSON object
that belongs to whoever set it.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select

from storage.conflicts import insert
from storage.tables import conversations


def topic(tx: Connection, person_id: int) -> tuple[str, dict[str, object]] | None:
    """Return the topic and its state, or None when nothing is expected."""
    row = tx.execute(
        select(conversations.c.topic, conversations.c.state).where(conversations.c.person_id == person_id)
    ).one_or_none()
    return None if row is None else (row.topic, json.loads(row.state))


def expect(tx: Connection, person_id: int, topic: str, state: Mapping[str, object], *, now: datetime) -> None:
    """Expect the next free text to be about `topic`, in place of whatever was expected before."""
    made = insert(tx, conversations).values(
        person_id=person_id, topic=topic, state=json.dumps(dict(state)), updated_at=now
    )
    tx.execute(
        made.on_conflict_do_update(
            index_elements=[conversations.c.person_id],
            set_={
                "topic": made.excluded.topic,
                "state": made.excluded.state,
                "updated_at": made.excluded.updated_at,
            },
        )
    )


def clear(tx: Connection, person_id: int) -> None:
    """Expect nothing any more."""
    tx.execute(delete(conversations).where(conversations.c.person_id == person_id))
