"""F11: so many seeds, each a simulation of its own; every one that breaks is named and replays."""

import asyncio
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from faults.figures import Found, Size
from faults.simulation.database import Disk
from faults.simulation.play import Played, play

SEEDS: Final = {"small": 50, "full": 1000}
_AT_ONCE: Final = 25
"""Seeds that one process plays before it hands over what it found."""
_NAMED: Final = 5


async def seeds(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    """Play the seeds from `seed` x 1,000 on."""
    count = SEEDS[size]
    first = seed * 1000
    chunks = [range(at, min(at + _AT_ONCE, first + count)) for at in range(first, first + count, _AT_ONCE)]
    loop = asyncio.get_running_loop()
    with _workers(size, most=len(chunks)) as pool:
        found = await asyncio.gather(
            *(loop.run_in_executor(pool, _played, chunk, folder) for chunk in chunks)
        )
    played = [one for chunk in found for one in chunk]
    broken = [one for one in played if one.broken is not None]
    return (
        Found(
            figure="F11",
            what=f"simulations from seed {first} on: {count:,}",
            goal="invariants I1 to I8 hold in all",
            result=_told(played, broken),
            holds=not broken,
            seed=seed,
        ),
    )


def _workers(size: Size, *, most: int) -> Executor:
    """Return what plays them, where no loop runs: a simulation brings its own."""
    if size == "small":
        # An interpreter of its own would import everything once more, which is as dear as six seeds.
        return ThreadPoolExecutor(1)
    processors = min(most, os.cpu_count() or 1)
    return ProcessPoolExecutor(processors, mp_context=multiprocessing.get_context("spawn"))


def _played(numbers: range, folder: Path) -> list[Played]:
    own = folder / f"from-{numbers.start}"
    own.mkdir()
    disk = Disk()
    try:
        return [play(number, disk=disk, folder=own) for number in numbers]
    finally:
        disk.close()


def _told(played: Sequence[Played], broken: Sequence[Played]) -> str:
    days = sum(one.days for one in played)
    lives = sum(one.lives - 1 for one in played)
    counts = {name: sum(one.counts[name] for one in played) for name in ("messages", "doubled", "held")}
    told = (
        f"{len(broken)} broke; {days:,.0f} days, {lives:,} restarts, {counts['messages']:,} messages"
        f" ({counts['doubled']:,} doubled, {counts['held']:,} held)"
    )
    for one in broken[:_NAMED]:
        assert one.broken is not None
        told += f"; seed {one.seed}: {one.broken.invariant} {one.broken.says.strip().splitlines()[-1][:160]}"
    return told
