"""F7: the disk is full or read-only for a while, again and again, under a whole service at work.

At full size the full disk is a small file system that really is full; where none can be mounted, and
for read-only ones, each write of SQLite is refused as the kernel would refuse it. Meanwhile people
write, an announcement is on its way, and /health is asked.
"""

import asyncio
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from faults.crowd import Crowd, at_work
from faults.figures import Found, Size
from faults.fresh import fresh
from faults.nursery import opened

GOAL = "0 lost, 0 doubled, one line in the log for each, goes on in 30 s at most"
SAID_ONCE = "nothing can be kept"
"""The line in the log."""
_GOES_ON_SECONDS = 30.0
_TMPFS_MEGABYTES = 96

Refusal = Callable[[], AbstractContextManager[None]]
"""While the context lasts, nothing can be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is done."""

    full: int
    """Episodes of a full disk, and as many of a read-only one."""
    told: int
    """People who get an announcement in each."""
    seconds: tuple[float, float]
    """How long one lasts."""
    longest: float | None = None
    """How long the last of each kind lasts."""


SCALES = {
    "small": Scale(full=1, told=40, seconds=(0.8, 1.2)),
    "full": Scale(full=50, told=300, seconds=(1.0, 5.0), longest=75.0),
}


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What the episodes showed."""

    went_on: list[float] = field(default_factory=list)
    """Seconds from the end of each until everything was said."""
    sent_meanwhile: int = 0
    """Messages that left when nothing could be kept, a moment after its beginning."""
    not_read: int = 0
    """Times that /health did not answer meanwhile."""
    lines: int = 0


async def _episode(crowd: Crowd, seen: _Seen, random: Random, refused: Refusal, *, seconds: float) -> None:
    """Announce something, let nothing be written for a while, and see how it goes on."""
    told_before = crowd.child.written().count(SAID_ONCE)
    await crowd.announce()
    talking = asyncio.create_task(crowd.talk())
    await asyncio.sleep(random.uniform(0.0, 0.3))
    with refused():
        await asyncio.sleep(0.4)
        sent = len(crowd.sent())
        await asyncio.sleep(seconds - 0.4)
        if isinstance(refused, Balloon):
            await _until_told(crowd, told_before)
        else:
            seen.sent_meanwhile += len(crowd.sent()) - sent
        seen.not_read += not await crowd.has_answered()
    ended = time.monotonic()
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)
    await crowd.quiet()
    seen.went_on.append(time.monotonic() - ended)
    seen.lines += crowd.child.written().count(SAID_ONCE) - told_before


async def _until_told(crowd: Crowd, before: int) -> None:
    """Wait until the service has noticed: commits go on while the log has room in its file."""
    give_up_at = time.monotonic() + 20
    while (  # noqa: ASYNC110 - another process
        crowd.child.written().count(SAID_ONCE) == before and time.monotonic() < give_up_at
    ):
        await asyncio.sleep(0.1)


async def episodes(
    scale: Scale, seed: int, folder: Path, *, refused: Mapping[str, Refusal], data: Path, order: Path
) -> Found:
    """Go through all episodes of these kinds with one service."""
    await asyncio.to_thread(folder.mkdir)
    random, seen = Random(seed), _Seen()
    count = scale.full * len(refused)
    url = fresh(data / "dusal.db")
    async with (
        opened(folder) as nursery,
        at_work(nursery, folder, url=url, told=scale.told, role="starved", order=str(order)) as crowd,
    ):
        for number in range(scale.full):
            seconds = random.uniform(*scale.seconds)
            if scale.longest is not None and number == scale.full - 1:
                seconds = scale.longest
            for refusal in refused.values():
                await _episode(crowd, seen, random, refusal, seconds=seconds)
                # A new beginning is told again only when the last end is sure (storage.outage).
                await asyncio.sleep(5.1 if scale.full > 1 else 0)
        still_there = crowd.child.is_running
        counts = await asyncio.to_thread(crowd.account)
    slowest = max(seen.went_on)
    return Found(
        figure="F7",
        what=f"{count} times a disk that is {' or '.join(refused)}; meanwhile {crowd.asked.total():,} "
        f"questions and {crowd.announced * scale.told:,} announcements",
        goal=GOAL,
        result=f"{counts.lost} lost; {counts.doubled} doubled; {seen.lines} lines; all said {slowest:.1f} s "
        f"after the end at most; {seen.sent_meanwhile} sent without a record; "
        f"{seen.not_read} times not readable",
        holds=still_there
        and not counts.lost
        and not counts.doubled
        and not counts.flagged
        and 1 <= seen.lines <= count
        and slowest <= _GOES_ON_SECONDS
        and not seen.sent_meanwhile
        and not seen.not_read,
        seed=seed,
    )


class Balloon:
    """Fills a file system to its last byte for a while."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "balloon"

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._file.open("wb", buffering=0) as balloon:
            for bytes_at_once in (1 << 20, 4096, 1):
                try:
                    while True:
                        balloon.write(bytes(bytes_at_once))
                except OSError:
                    continue
        try:
            yield
        finally:
            self._file.unlink()


def ordered(order: Path, kind: str) -> Refusal:
    """Return what lets faults.starved_child refuse every write."""

    @contextmanager
    def refused() -> Iterator[None]:
        # In one piece: the child may look at any moment.
        written = order.with_suffix(".new")
        written.write_text(kind)
        written.replace(order)
        try:
            yield
        finally:
            order.unlink()

    return refused


@contextmanager
def small_file_system(folder: Path) -> Iterator[Path | None]:
    """Mount a small file system while the block lasts; None where that is not allowed."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_TMPFS_MEGABYTES}m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        print("  a small file system CANNOT BE MOUNTED here: each write is refused instead", flush=True)
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    scale, order = SCALES[size], folder / "order"
    refused = {kind: ordered(order, kind) for kind in ("full", "read-only")}
    if size == "small":
        # One service for both.
        return [
            await episodes(scale, seed, folder / "both", refused=refused, data=folder / "data", order=order)
        ]
    with small_file_system(folder / "small") as small:
        really = {"full": Balloon(small) if small else refused["full"]}
        found = await episodes(
            scale, seed, folder / "full", refused=really, data=small or folder / "data", order=order
        )
    only = {"read-only": refused["read-only"]}
    return [
        found,
        await episodes(scale, seed, folder / "only", refused=only, data=folder / "data2", order=order),
    ]
