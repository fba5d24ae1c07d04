"""How long a service that was killed is silent when it is back: a second from its last message."""

from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import Connection, insert

from app.running import running
from app.settings import Settings
from preview.movable_clock import MovableClock
from preview.server import PreviewServer
from storage import outbox
from storage.database import Database
from storage.tables import people, send_attempts
from tests.app.scripting import NOW


@pytest.mark.parametrize(("ago_seconds", "silent_seconds"), [(0.5, 0.6), (2.0, 0.0)])
async def test_a_new_process_counts_its_silence_from_the_last_message(
    tmp_path: Path, ago_seconds: float, silent_seconds: float
) -> None:
    url = f"sqlite:///{tmp_path / 'dusal.db'}"
    database = Database.open(url)
    database.prepare(now=NOW)

    def claimed(tx: Connection) -> None:
        made = insert(people).values(address=7, language="en", created_at=NOW).returning(people.c.id)
        person = int(tx.execute(made).scalar_one())
        delivery = outbox.add(
            tx, person_id=person, kind="reply", priority=0, content="", now=NOW, key=None, not_before=NOW
        )
        at = NOW - timedelta(seconds=ago_seconds)
        tx.execute(insert(send_attempts).values(outbox_id=delivery, number=1, epoch=1, claimed_at=at))

    database.run_here(claimed)
    database.close()
    async with PreviewServer(clock=MovableClock(NOW)) as telegram:
        settings = Settings.model_validate(
            {"academy": {"name": "Here"}, "telegram": {"token": telegram.token, "api_url": telegram.url}}
        )
        before = monotonic()
        async with running(settings, url=url, clock=MovableClock(NOW)) as service:
            after = monotonic()
            free_at = service.parts.sender._budget.pacer.free_at

    assert before + silent_seconds <= free_at <= after + silent_seconds
