import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from storage import bots
from storage.bots import Bot, OtherBotError, OtherEnvironmentError
from storage.database import Database

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
BOT = Bot(bot_id=1, username="a_bot", name="A")


def test_a_database_belongs_to_its_first_bot(tx: Connection) -> None:
    assert bots.bound(tx) is None

    bots.bind(tx, bot=BOT, now=NOW)
    renamed = Bot(bot_id=1, username="new_bot", name="New")
    bots.bind(tx, bot=renamed, now=NOW)

    assert bots.bound(tx) == renamed


def test_another_bot_is_refused_by_name(tx: Connection) -> None:
    bots.bind(tx, bot=BOT, now=NOW)

    with pytest.raises(OtherBotError) as refused:
        bots.bind(tx, bot=Bot(bot_id=2, username="b_bot", name="B"), now=NOW)

    assert str(refused.value) == "this database belongs to @a_bot (id 1), the token to @b_bot"
    bots.unbind(tx)
    bots.bind(tx, bot=Bot(bot_id=2, username="b_bot", name="B"), now=NOW)


def test_another_environment_is_refused_with_what_to_do(tx: Connection) -> None:
    assert bots.environment_of(tx) is None
    bots.bind(tx, bot=BOT, now=NOW)

    with pytest.raises(OtherEnvironmentError) as refused:
        bots.bind(tx, bot=BOT, environment="staging", now=NOW)
    # A copy with a bot of its own is told the same: what is in it was said by another.
    with pytest.raises(OtherEnvironmentError):
        bots.bind(tx, bot=Bot(bot_id=2, username="b_bot", name="B"), environment="staging", now=NOW)

    assert str(refused.value) == (
        "this database belongs to production, academy.environment says staging. Do not serve a copy of an "
        "academy that runs: its learners would hear from both. If it is no copy, correct "
        "academy.environment, or move the database: dusal database environment staging"
    )
    assert bots.environment_of(tx) == "production"
    bots.move_to(tx, environment="staging")
    bots.bind(tx, bot=BOT, environment="staging", now=NOW)


def test_each_sender_has_a_higher_epoch(tx: Connection) -> None:
    bots.bind(tx, bot=BOT, now=NOW)

    assert [bots.next_epoch(tx, bot_id=1) for _ in range(3)] == [1, 2, 3]


async def test_processes_that_start_at_once_bind_it_once(database: Database) -> None:
    await asyncio.gather(*(database.run(lambda tx: bots.bind(tx, bot=BOT, now=NOW)) for _ in range(4)))

    assert await database.read(bots.bound) == BOT
