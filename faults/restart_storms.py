"""T11: starts and kills around the minute at which a lesson is due to everybody."""

import asyncio
import signal
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Connection, func, select

from faults.accounts import account
from faults.figures import Found, Size
from faults.fresh import fresh
from faults.kills import Scale, Senders
from faults.nursery import opened
from faults.recorder import recording
from faults.schooling import taught
from faults.sending_child import ACADEMY
from scheduler.clock import system_clock
from storage.database import Database
from storage.tables import assignments

GOAL = "each due lesson once: one assignment and one message for each learner; 0 lost, at most 2 copies"
DUE = datetime(2026, 11, 23, 9, tzinfo=UTC)
SCALES = {
    "small": Scale(people=12, kills=6, rate=112, quarantine_seconds=0.2),
    "full": Scale(people=500, kills=100, rate=112, quarantine_seconds=2.0),
}
_LIFE_SECONDS = 0.5
"""Longest life of one start; half of them end before they have done anything."""


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    scale, random = SCALES[size], Random(seed)
    url = fresh(folder / "due.db")
    await asyncio.to_thread(
        taught, url, folder, learners=scale.people, now=DUE - timedelta(days=1), academy=ACADEMY, begun=False,
        at=time(9),
    )  # fmt: skip
    # Half of the starts are before the minute, half after it.
    before = scale.kills * _LIFE_SECONDS / 4
    ahead = (DUE - system_clock()).total_seconds() - before
    kills = 0
    async with (
        opened(folder) as nursery,
        recording(random=random, latency_seconds=scale.latency_seconds) as recorder,
    ):
        senders = Senders(nursery=nursery, recorder=recorder, url=url, scale=scale)
        for _ in range(scale.kills):
            child = await senders.next(ticks=True, until_said=False, ahead_seconds=ahead)
            await asyncio.sleep(random.uniform(0, _LIFE_SECONDS))
            number = random.choice((signal.SIGKILL, signal.SIGTERM))
            kills += number == signal.SIGKILL
            child.kill(number)
            await child.wait()
        # Whoever has not been started by now is started here; then the rest is said.
        last = await senders.next(ticks=True, until_said=False, ahead_seconds=ahead + _LIFE_SECONDS)
        async with asyncio.timeout(60 + scale.people):
            while await asyncio.to_thread(_given, url) < (scale.people, scale.people):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        last.kill(signal.SIGTERM)
        await last.wait()
        code = await (await senders.next(ahead_seconds=ahead + 60)).wait(seconds=60 + scale.people)
        await recorder.settle()
    kept = await asyncio.to_thread(account, url, recorder.arrived)
    given = await asyncio.to_thread(_given, url)
    return [
        Found(
            figure="T11",
            what=f"{scale.kills} starts around the due minute of {scale.people}, {kills} ended by kill -9",
            goal=GOAL,
            result=f"{given[0]} lessons to {given[1]} learners; {kept.rows} messages, {kept.lost} lost, "
            f"{kept.doubled} doubled and marked, {kept.held} held and listed",
            holds=code == 0
            and given == (scale.people, scale.people)
            and kept.rows == scale.people
            and kept.is_kept,
            seed=seed,
        )
    ]


def _given(url: str) -> tuple[int, int]:
    """Return how many lessons were given, and to how many."""

    def read(tx: Connection) -> tuple[int, int]:
        row = tx.execute(select(func.count(), func.count(assignments.c.enrollment_id.distinct()))).one()
        return int(row[0]), int(row[1])

    database = Database.open(url)
    try:
        return database.read_here(read)
    finally:
        database.close()
