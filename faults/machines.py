"""F6, second half: the process that sends is frozen in the middle of an announcement, and wakes later.

Two whole services work on one PostgreSQL, and people write to them meanwhile. Whoever is frozen does
not know it; when it wakes, another one sends (guarantees P05).
"""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeVar

from sqlalchemy import Connection, select

from faults.crowd import Crowd, at_work, free_address
from faults.figures import Found, Size
from faults.nursery import Child, Nursery, opened
from faults.postgresql_server import Server, serving
from scheduler.clock import system_clock
from storage.database import Database
from storage.tables import leases, send_attempts

T = TypeVar("T")

GOAL = (
    "0 lost; at most 4 doubled for each, every one marked; taken over in 30 s; then the woken one is silent"
)
_WINDOW = 4
_MOST_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is done."""

    times: int
    told: int
    lease_seconds: float


SCALES = {
    "small": Scale(times=1, told=60, lease_seconds=1.5),
    # As it is set where nobody sets it.
    "full": Scale(times=20, told=300, lease_seconds=15),
}


async def frozen(server: Server, scale: Scale, seed: int, folder: Path) -> Found:
    """Freeze whoever sends, again and again, and wake it when another one does."""
    random = Random(seed)
    taken: list[float] = []
    lease = {"DUSAL_DATABASE__LEASE_SECONDS": str(scale.lease_seconds)}
    async with (
        opened(folder) as nursery,
        at_work(nursery, folder, url=server.url, told=scale.told, **lease) as crowd,
    ):
        children = [crowd.child, await _standby(nursery, folder, lease=lease)]
        for _ in range(scale.times):
            await crowd.announce()
            talking = asyncio.create_task(crowd.talk())
            # In the middle of it.
            await _until_sent(crowd, days=crowd.announced, count=random.randrange(3, scale.told // 2))
            taken.append(await _freeze(crowd, children))
            await asyncio.sleep(random.uniform(0.0, 1.0))
            for child in children:
                child.kill(signal.SIGCONT)
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
            await crowd.quiet()
        still_there = all(child.is_running for child in children)
        counts = await asyncio.to_thread(crowd.account)
        silent = await asyncio.to_thread(_read, crowd.url, _terms_do_not_meet)
        children[1].kill(signal.SIGTERM)
        stopped = await children[1].wait()
    slowest = max(taken)
    return Found(
        figure="F6b",
        what=f"{scale.times} senders frozen (SIGSTOP) and woken, lease {scale.lease_seconds:g} s; meanwhile "
        f"{crowd.asked.total():,} questions and {crowd.announced * scale.told:,} announcements",
        goal=GOAL,
        result=f"{counts.lost} lost; {counts.doubled} doubled; {counts.flagged} marked; "
        f"{slowest:.1f} s at most until another sent; {'silent' if silent else 'NOT silent'} after waking",
        holds=still_there
        and silent
        and stopped == 0
        and not counts.lost
        and counts.doubled <= counts.flagged <= _WINDOW * scale.times
        and slowest <= _MOST_SECONDS,
        seed=seed,
    )


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    with serving() as server:
        database = Database.open(server.url)
        database.prepare(now=system_clock())
        database.close()
        return [await frozen(server, SCALES[size], seed, folder)]


async def _until_sent(crowd: Crowd, *, days: int, count: int) -> None:
    ending = f"day {days}."
    async with asyncio.timeout(_MOST_SECONDS):
        while sum(text.endswith(ending) for _, text in crowd.sent()) < count:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)


async def _standby(nursery: Nursery, folder: Path, *, lease: dict[str, str]) -> Child:
    return await nursery.child(
        "serve",
        config=str(folder / "config.yaml"),
        environ=None,
        data=str(folder),
        **{**lease, "DUSAL_WEB__ADDRESS": free_address()},
    )


async def _freeze(crowd: Crowd, children: Sequence[Child]) -> float:
    """Stop whoever sends; return after how many seconds another one does."""
    before = await asyncio.to_thread(_read, crowd.url, _who_sends)
    for child in children:
        if child.pid == before:
            child.kill(signal.SIGSTOP)
    begun = time.monotonic()
    async with asyncio.timeout(2 * _MOST_SECONDS):
        while before == await asyncio.to_thread(_read, crowd.url, _who_sends):  # noqa: ASYNC110 - a process
            await asyncio.sleep(0.05)
    return time.monotonic() - begun


def _who_sends(tx: Connection) -> int:
    """Return the number of the process that holds the lease (storage.process_names)."""
    holder: str = tx.execute(select(leases.c.holder).where(leases.c.name == "send")).scalar_one()
    return int(holder.rsplit(" ", 3)[1])


def _terms_do_not_meet(tx: Connection) -> bool:
    """Return whether each sender had claimed its last message before the next one claimed its first."""
    claimed = tx.execute(
        select(send_attempts.c.epoch, send_attempts.c.claimed_at).order_by(send_attempts.c.claimed_at)
    ).all()
    epochs = [one.epoch for one in claimed]
    return epochs == sorted(epochs)


def _read(url: str, function: Callable[[Connection], T]) -> T:
    database = Database.open(url)
    try:
        return database.read_here(function)
    finally:
        database.close()
