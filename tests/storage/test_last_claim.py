"""When something was last sent, which a new process counts its silence from."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert

from storage import outbox, send_attempts
from storage.database import Database
from storage.tables import people
from storage.tables import send_attempts as attempts

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_last_claim_is_that_of_the_newest_attempt_not_of_the_newest_message(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'dusal.db'}")
    database.prepare(now=NOW)

    def claims(tx: Connection) -> tuple[datetime | None, datetime | None]:
        before = send_attempts.last_claimed_at(tx)
        person = insert(people).values(address=7, language="mn", created_at=NOW).returning(people.c.id)
        person_id = int(tx.execute(person).scalar_one())
        made = [
            outbox.add(
                tx,
                person_id=person_id,
                kind="reply",
                priority=0,
                content="",
                now=NOW,
                not_before=NOW,
                key=str(key),
            )
            for key in range(2)
        ]
        for delivery, after in ((made[1], 1), (made[0], 2)):
            values = {"outbox_id": delivery, "number": 1, "epoch": 1, "claimed_at": NOW + after * SECOND}
            tx.execute(insert(attempts).values(values))
        return before, send_attempts.last_claimed_at(tx)

    assert database.run_here(claims) == (None, NOW + 2 * SECOND)
    database.close()
