"""Taking over on PostgreSQL while the sender before is in the middle of claiming."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, create_engine, select, text

from academy.messages.joining import TypeCode
from academy.messenger import Outcome, Recipient
from academy.outgoing import Outgoing
from academy.saying import say
from app.sender import Sender
from scheduler.budget import Budget
from storage import bots, people, send_attempts
from storage.bots import Bot
from storage.database import Database
from storage.send_attempts import ReplacedError, Room
from storage.tables import outbox

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BOT = 4242
ROOM = Room(credits=4, repeatable=4)


class Nobody:
    """Sends nothing: nothing here goes so far."""

    async def send(self, outgoing: Outgoing, to: Recipient, *, now: datetime) -> Outcome:
        raise AssertionError(outgoing)


async def test_a_claim_that_is_just_being_committed_is_found_by_who_takes_over(
    fresh_postgresql_url: str,
) -> None:
    database = Database.open(fresh_postgresql_url)
    database.prepare(now=NOW)
    before = database.run_here(one_message)
    sender = Sender(
        database, Nobody(), bot_id=BOT, clock=lambda: NOW, budget=Budget(rate_per_second=30, chat_seconds=0)
    )
    engine = create_engine(fresh_postgresql_url, isolation_level="REPEATABLE READ")

    with engine.connect() as claiming, claiming.begin():
        claimed = send_attempts.claim(claiming, bot_id=BOT, epoch=before, now=NOW, room=ROOM)
        taking_over = asyncio.create_task(sender.take_over())
        async with asyncio.timeout(20):
            while not database.read_here(somebody_waits):  # noqa: ASYNC110 - it is another thread
                await asyncio.sleep(0.01)
    found = await taking_over
    states = database.read_here(lambda tx: tx.execute(select(outbox.c.state)).scalars().all())

    assert len(claimed) == 1
    assert found.uncertain == 1
    assert states == ["uncertain"]
    with engine.connect() as late, pytest.raises(ReplacedError):
        send_attempts.claim(late, bot_id=BOT, epoch=before, now=NOW.replace(hour=2), room=ROOM)
    engine.dispose()
    await database.stop()


def one_message(tx: Connection) -> int:
    """Put one message into the outbox; return the epoch of a first sender."""
    bots.bind(tx, bot=Bot(bot_id=BOT, username="dusal_bot", name="Dusal"), now=NOW)
    person = people.add(tx, address=7, name="", language="en", now=NOW)
    say(tx, person_id=person.id, message=TypeCode(academy="Darkhan"), now=NOW)
    return bots.next_epoch(tx, bot_id=BOT)


def somebody_waits(tx: Connection) -> bool:
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
    return bool(tx.execute(waits).scalar_one())
