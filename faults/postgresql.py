"""F6, first half: the PostgreSQL server is restarted without a word, and lines are cut at COMMIT.

The whole service works on it meanwhile: people write and an announcement is on its way. After a
COMMIT whose answer was lost nobody may guess whether it happened (guarantees B11).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlalchemy import create_engine

from faults.crowd import at_work
from faults.figures import Found, Size
from faults.nursery import opened
from faults.postgresql_server import Server, cutting, serving
from scheduler.clock import system_clock
from storage.database import Database
from storage.tables import metadata

RESTART_GOAL = "0 lost; at most 4 doubled for each, every one marked"
CUT_GOAL = "0 lost; 0 doubled"
_WINDOW = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is done."""

    restarts: int
    rounds: int
    """Announcements while lines are cut."""
    told: int
    chance: float
    """Of each COMMIT to be cut."""


SCALES = {
    "small": Scale(restarts=1, rounds=1, told=30, chance=0.15),
    "full": Scale(restarts=100, rounds=20, told=150, chance=0.1),
}


async def restarts(server: Server, scale: Scale, seed: int, folder: Path) -> Found:
    """Restart the server again and again under a service at work."""
    random = Random(seed)
    await asyncio.to_thread(folder.mkdir)
    async with (
        opened(folder) as nursery,
        at_work(nursery, folder, url=server.url, told=scale.told) as crowd,
    ):
        for _ in range(scale.restarts):
            await crowd.announce()
            talking = asyncio.create_task(crowd.talk())
            await asyncio.sleep(random.uniform(0.1, 0.6))
            await asyncio.to_thread(server.restart_at_once)
            await asyncio.sleep(random.uniform(0.2, 1.0))
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
            await crowd.quiet()
        still_there = crowd.child.is_running
        counts = await asyncio.to_thread(crowd.account)
    return Found(
        figure="F6a",
        what=f"{scale.restarts} immediate restarts of PostgreSQL; meanwhile {crowd.asked.total():,} "
        f"questions and {crowd.announced * scale.told:,} announcements",
        goal=RESTART_GOAL,
        result=f"{counts.lost} lost; {counts.doubled} doubled; {counts.flagged} marked",
        holds=still_there
        and not counts.lost
        and counts.doubled <= min(counts.flagged, _WINDOW * scale.restarts),
        seed=seed,
    )


async def cuts(server: Server, scale: Scale, seed: int, folder: Path) -> Found:
    """Cut the service's lines at COMMIT, before it arrives or before its answer does."""
    random = Random(seed)
    await asyncio.to_thread(folder.mkdir)
    async with (
        cutting(server, random=random) as proxy,
        opened(folder) as nursery,
        at_work(nursery, folder, url=server.url, service_url=proxy.url, told=scale.told) as crowd,
    ):
        for _ in range(scale.rounds):
            proxy.chance = scale.chance
            await crowd.announce()
            talking = asyncio.create_task(crowd.talk())
            await asyncio.sleep(1.5)
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
            proxy.chance = 0
            await crowd.quiet()
        still_there = crowd.child.is_running
        counts = await asyncio.to_thread(crowd.account)
    return Found(
        figure="F6a",
        what=f"lines to PostgreSQL cut at COMMIT: {proxy.cut_before} before it arrived, {proxy.cut_after} "
        f"before its answer; meanwhile {crowd.asked.total():,} questions and "
        f"{crowd.announced * scale.told:,} announcements",
        goal=CUT_GOAL,
        result=f"{counts.lost} lost; {counts.doubled} doubled; {counts.flagged} marked",
        holds=still_there
        and not counts.lost
        and not counts.doubled
        and proxy.cut_before > 0
        and proxy.cut_after > 0,
        seed=seed,
    )


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    scale = SCALES[size]
    with serving() as server:
        await asyncio.to_thread(_prepare, server.url)
        found = await restarts(server, scale, seed, folder / "restarts")
        await asyncio.to_thread(_empty, server.url)
        return [found, await cuts(server, scale, seed, folder / "cuts")]


def _empty(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    engine.dispose()


def _prepare(url: str) -> None:
    database = Database.open(url)
    database.prepare(now=system_clock())
    database.close()
