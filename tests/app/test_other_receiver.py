"""Another program receives this bot's updates: a sender in another process hears of it and is silent."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from app.running import running
from app.service import Service
from app.settings import Settings
from app.settings_file import load
from bot.receiving import OtherReceiverError
from preview.faults import TwoPollers
from scheduler.clock import system_clock
from storage import bots
from storage.database import Database
from storage.tables import send_attempts
from tests.app.machines import say_to_all
from tests.app.serving_process import Town, town

SAYS = {"receiver": "another program receives this bot's updates"}


@pytest.fixture
async def place(tmp_path: Path, ready_postgresql_url: str) -> AsyncIterator[Town]:
    address = ready_postgresql_url.replace("postgresql+psycopg://", "postgresql://")
    async with town(tmp_path, database=address) as made:
        yield made


async def reasons(service: Service, wanted: dict[str, str]) -> None:
    """Return once these are the reasons why this process sends nothing."""
    async with asyncio.timeout(20):
        while service.parts.gate.reasons != wanted:  # noqa: ASYNC110 - nobody tells a test
            await asyncio.sleep(0.05)


async def receives_in_vain(place: Town, loaded: Settings) -> None:
    """Run a process that receives, until it gives up."""
    async with running(loaded, url=place.database, clock=system_clock, chosen=frozenset({"receive"})) as here:
        async with asyncio.timeout(30):
            await here.failed()


@pytest.mark.long
async def test_a_sender_elsewhere_is_silent_until_one_of_ours_receives_again(place: Town) -> None:
    loaded = load(place.folder / "config.yaml", environ={}).settings
    assert loaded is not None
    bold = await place.phones.add("Bold")
    serving = partial(running, loaded, url=place.database, clock=system_clock)
    database = Database.open(place.database)
    async with serving(chosen=frozenset({"send"})) as sender:
        place.server.faults.always("getUpdates", TwoPollers())
        with pytest.raises(OtherReceiverError):
            await receives_in_vain(place, loaded)
        await reasons(sender, SAYS)
        say_to_all(place, [bold], times=1)

        place.server.faults.clear()
        async with serving(chosen=frozenset({"receive"})) as receiver:
            await reasons(receiver, SAYS)
            back_at = system_clock()
            # A request that brings something ends at once; a quiet one lasts fifty seconds.
            await bold.write("/help")
            await reasons(sender, {})
            await bold.shows("Bold 0.")
    claimed_at = database.read_here(lambda tx: tx.execute(select(send_attempts.c.claimed_at)).scalar_one())
    stands_since = database.read_here(bots.other_receiver_at)
    database.close()

    assert claimed_at > back_at
    assert stands_since is None
