from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from storage import outbox
from storage.tables import people

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_a_key_is_said_once(tx: Connection) -> None:
    person = tx.execute(insert(people).values(address=7, created_at=NOW).returning(people.c.id)).scalar_one()

    def add() -> int | None:
        return outbox.add(
            tx,
            person_id=person,
            kind="lesson",
            priority=1,
            content="{}",
            now=NOW,
            key="lesson:1:a:0",
            not_before=NOW,
        )

    first, second = add(), add()

    assert first is not None
    assert second is None
