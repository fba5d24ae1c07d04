"""On PostgreSQL a commit tells the others that there is something to do."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from storage import hearing, inbox, outbox, people
from storage.database import Database
from storage.inbox import Received

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


_END_HEARING = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dusal hearing'"
)


def receive(tx: Connection) -> None:
    inbox.receive(tx, bot_id=1, updates=[Received(update_id=1, sender=7, payload="{}")], now=NOW)


def say(tx: Connection) -> None:
    person = people.add(tx, address=7, name="", language="en", now=NOW)
    outbox.add(
        tx, person_id=person.id, kind="reply", priority=0, content="{}", now=NOW, key=None, not_before=NOW
    )


async def heard(event: asyncio.Event) -> None:
    async with asyncio.timeout(20):
        await event.wait()
    event.clear()


async def test_what_is_added_is_heard_by_whom_it_concerns(
    fresh_postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "_AGAIN_SECONDS", 0.01)
    listening, writing = Database.open(fresh_postgresql_url), Database.open(fresh_postgresql_url)
    listening.prepare(now=NOW)
    to_handle, to_say = asyncio.Event(), asyncio.Event()
    await listening.start()
    listening.on_wake(lambda: None, told={"inbox": to_handle.set, "outbox": to_say.set})
    # Called once at each new connection: something may have been missed.
    await heard(to_handle)
    await heard(to_say)

    await writing.run(receive)
    await heard(to_handle)
    about_an_update = to_say.is_set()
    await writing.run(say)
    await heard(to_say)
    about_a_message = to_handle.is_set()
    # A command may have changed something without adding anything.
    writing.run_here(lambda tx: tx.execute(text("SELECT 1")).close())
    await heard(to_handle)
    await heard(to_say)
    await writing.run(lambda tx: tx.execute(_END_HEARING).close())
    await heard(to_handle)
    await heard(to_say)
    await writing.stop()
    await listening.stop()

    assert not about_an_update
    assert not about_a_message
