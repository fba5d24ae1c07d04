"""F1: kill -9 in the middle of an announcement, again and again.

The sender, its database and its transactions are the product's own; behind it stands a recorder that
outlives it. Kills come after a drawn number of arrivals and a drawn moment: so they fall everywhere.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection

from academy.messages.facilitating import Announcement
from academy.saying import say
from faults.accounts import Account, account
from faults.figures import Found, Size
from faults.fresh import fresh
from faults.nursery import Child, Nursery, opened
from faults.recorder import Recorder, recording
from lessons.markup import parse
from storage import people
from storage.database import Database

GOAL = "0 lost; at most 4 doubled per kill, {mean} on average; at most 2 copies; 0 unflagged"
LOOP_GOAL = "0 lost; at most 2 copies; 0 unflagged; what is not sent is held and listed"
LATENCY_SECONDS = 0.02
"""Mean of each half of a request at 28 messages a second, as from a server in another country."""
_RATE = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is done."""

    people: int
    kills: int
    rate: int = _RATE
    quarantine_seconds: float = 60.0
    mean_at_most: float = 1.5
    """Doubled per kill. A mean of a few kills says little."""

    @property
    def latency_seconds(self) -> float:
        """So short that as many messages are under way as at Telegram's rate."""
        return LATENCY_SECONDS * _RATE / self.rate


BROADCAST = {
    "small": Scale(people=100, kills=8, rate=112, quarantine_seconds=0.3, mean_at_most=4.0),
    "full": Scale(people=10_000, kills=1_000),
}
LOOP = {
    "small": Scale(people=50, kills=8, rate=112, quarantine_seconds=0.3),
    "full": Scale(people=3_000, kills=3_000),
}
LOOP_SECONDS = 0.2


@dataclass(slots=True, kw_only=True)
class Senders:
    """One life of the sender after the other, on one database."""

    nursery: Nursery
    recorder: Recorder
    url: str
    scale: Scale
    lives: int = 0

    async def next(self, **given: Any) -> Child:  # what `live` of the child takes
        self.lives += 1
        return await self.nursery.child(
            "sender",
            url=self.url,
            port=self.recorder.port,
            life=self.lives,
            rate=self.scale.rate,
            quarantine_seconds=self.scale.quarantine_seconds,
            **given,
        )

    async def finish(self) -> Account:
        """Let the last one say what is left, and settle the account."""
        # At most one is sent again at a time, and each of them may have to wait for its quarantine.
        longest = 30 + 2 * self.scale.quarantine_seconds + 2 * self.scale.people / self.scale.rate
        child = await self.next()
        if code := await child.wait(seconds=longest):
            raise RuntimeError(f"the last sender ended with {code}: {child.written()[-2000:]}")
        await self.recorder.settle()
        return await asyncio.to_thread(account, self.url, self.recorder.arrived)


async def broadcast(size: Size, seed: int, folder: Path) -> Found:
    """Kill after a drawn number of arrivals."""
    scale, random = BROADCAST[size], Random(seed)
    url = await asyncio.to_thread(announced, folder / "broadcast.db", people_count=scale.people)
    each = int(0.7 * scale.people / scale.kills)
    async with (
        opened(folder) as nursery,
        recording(random=random, latency_seconds=scale.latency_seconds) as recorder,
    ):
        senders = Senders(nursery=nursery, recorder=recorder, url=url, scale=scale)
        kills = 0
        for _ in range(scale.kills):
            child = await senders.next()
            enough = len(recorder.arrived) + random.randint(1, 2 * each - 1)
            while child.is_running and len(recorder.arrived) < enough:  # noqa: ASYNC110 - or it has ended
                await asyncio.sleep(0.002)
            await asyncio.sleep(random.uniform(0, 2 * scale.latency_seconds))
            kills += child.is_running
            child.kill()
            await child.wait()
        kept = await senders.finish()
    mean = kept.doubled / max(kills, 1)
    return Found(
        figure="F1",
        what=f"kill -9 in an announcement to {scale.people:,} at {scale.rate}/s: {kills:,} kills",
        goal=GOAL.format(mean=scale.mean_at_most),
        result=_told(kept, mean=mean),
        holds=kept.is_kept
        and mean <= scale.mean_at_most
        and kills == scale.kills
        and kept.rows == scale.people,
        seed=seed,
    )


async def crash_loop(size: Size, seed: int, folder: Path) -> Found:
    """Kill every 0.2 seconds, whatever has happened by then (guarantees D04)."""
    scale, random = LOOP[size], Random(seed)
    url = await asyncio.to_thread(announced, folder / "loop.db", people_count=scale.people)
    async with (
        opened(folder) as nursery,
        recording(random=random, latency_seconds=scale.latency_seconds) as recorder,
    ):
        senders = Senders(nursery=nursery, recorder=recorder, url=url, scale=scale)
        for _ in range(scale.kills):
            child = await senders.next()
            await asyncio.sleep(LOOP_SECONDS)
            child.kill()
            await child.wait()
        before = len(recorder.arrived)
        kept = await senders.finish()
    return Found(
        figure="F1",
        what=f"a crash loop: kill -9 every {LOOP_SECONDS} s, {scale.kills:,} times, {scale.people:,} people",
        goal=LOOP_GOAL,
        result=f"{before:,} arrived during the loop; {_told(kept)}",
        holds=kept.is_kept and kept.rows == scale.people,
        seed=seed,
    )


def _told(kept: Account, *, mean: float | None = None) -> str:
    per_kill = "" if mean is None else f", {mean:.2f} per kill (most {kept.most_per_life})"
    return (
        f"{kept.lost} lost; {kept.doubled:,} doubled{per_kill}; {kept.most_copies} copies at most; "
        f"{kept.unflagged} unflagged; {kept.held} held and listed ({kept.held_and_arrived} had arrived)"
    )


def announced(path: Path, *, people_count: int, each: int = 1) -> str:
    """Return the address of a database in which so many people are to be told something, `each` times."""
    now = datetime.now(UTC)

    def fill(tx: Connection) -> None:
        for number in range(people_count):
            person = people.add(tx, address=1_000 + number, name="", language="en", now=now)
            for part in range(each):
                told = Announcement(text=parse(f"Soup at noon, part {part + 1}."))
                say(tx, person_id=person.id, message=told, now=now, kind="announcement", silent=False)

    url = fresh(path)
    database = Database.open(url)
    database.run_here(fill)
    database.close()
    return url


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    return [await broadcast(size, seed, folder), await crash_loop(size, seed, folder)]
