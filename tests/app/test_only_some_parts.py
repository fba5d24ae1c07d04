"""`--only`: what a process with some of the parts does, and does not."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from app.running import running
from app.settings_file import load
from scheduler.clock import system_clock
from storage.database import Database
from storage.errors import WrongDatabaseError
from storage.tables import inbox
from tests.app.serving_process import Town, town


@pytest.fixture
async def place(tmp_path: Path, fresh_postgresql_url: str) -> AsyncIterator[Town]:
    address = fresh_postgresql_url.replace("postgresql+psycopg://", "postgresql://")
    async with town(tmp_path, database=address) as made:
        yield made


async def test_sqlite_has_one_process_and_says_so(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        ended = await place.dusal("serve", "--only", "send,tick", code=1)

    assert ended.err == (
        "dusal: --only needs PostgreSQL: a SQLite database belongs to one process, which does everything\n"
    )


def test_on_sqlite_nothing_is_made_before_that_is_said(tmp_path: Path) -> None:
    loaded = load(tmp_path / "config.yaml", environ={}, required=False).settings
    assert loaded is not None

    async def only_send() -> None:
        url = f"sqlite:///{tmp_path / 'data' / 'dusal.db'}"
        async with running(loaded, url=url, clock=system_clock, chosen=frozenset({"send"})):
            pass

    with pytest.raises(WrongDatabaseError):
        asyncio.run(only_send())
    assert not (tmp_path / "data").exists()


async def test_who_only_receives_keeps_what_comes_for_others(place: Town) -> None:
    def kept(tx: Connection) -> list[tuple[str, int]]:
        return [(row.state, row.tries) for row in tx.execute(select(inbox.c.state, inbox.c.tries))]

    database = Database.open(place.database)
    bold = await place.phones.add("Bold")
    async with place.served_here(chosen=frozenset({"receive"})):
        await bold.write("/start")
        async with asyncio.timeout(20):
            while not (found := database.read_here(kept)):  # noqa: ASYNC110 - nobody tells a test
                await asyncio.sleep(0.05)
    async with place.served_here(chosen=frozenset({"handle", "send"})):
        await bold.shows("Type your join code")
    database.close()

    assert found == [("new", 0)]
