"""F5: the power goes at every sync, and the process is killed at every sync.

One child works, and every write and sync that SQLite asks for is written down together with what the
child was told. From that the disk is put together as it would be found after a power cut at each
sync, in several ways, and each is opened as the next start would open it. The control runs with
synchronous=NORMAL and has to lose: else the picture of the disk would be too kind.
"""

import asyncio
import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from faults.figures import Found, Size
from faults.ledger import Ledger, judged
from faults.nursery import ROOT, Nursery, opened
from faults.power_cut import Disk, Survives
from scheduler.clock import system_clock
from storage.database import Database

GOAL = "0 acknowledged facts lost, integrity ok"
CONTROL_GOAL = "the control loses"
KILLED = -9
ENDED = 1
_DATABASE = "dusal.db"
_TRACED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is done."""

    rounds: int
    variants: tuple[Survives, ...]
    kills: int
    """Syncs at which the process is killed; 0 for each of them, before and after."""


SCALES = {
    "small": Scale(rounds=1, variants=("nothing", 0.5), kills=4),
    "full": Scale(rounds=8, variants=("nothing", "everything", 0.1, 0.5, 0.5, 0.9), kills=0),
}


@dataclass(slots=True, kw_only=True)
class _Tally:
    images: int = 0
    incomplete: int = 0
    """Disks on which an acknowledged fact was missing."""
    unlawful: int = 0
    first: str = ""


async def power_cuts(nursery: Nursery, scale: Scale, seed: int, folder: Path, *, careless: bool) -> Found:
    """Cut the power at each sync of one run."""
    await asyncio.to_thread(folder.mkdir)
    journal = folder / "journal"
    code = await nursery.run(
        "disk",
        url=f"sqlite:///{folder / _DATABASE}",
        seed=seed,
        acknowledged=str(folder / "acknowledged"),
        journal=str(journal),
        rounds=scale.rounds,
        careless=careless,
    )
    assert code == 0, nursery
    tally, facts, points = await asyncio.to_thread(_cut, journal, scale, seed, folder / "found")
    told = (
        f"{tally.images:,} disks opened; on {tally.incomplete} one of {facts} facts was lost; "
        f"{tally.unlawful} damaged"
    )
    control = ", the control with synchronous=NORMAL" if careless else ""
    what = f"power cut at each of {points} syncs{control}"
    return Found(
        figure="F5",
        what=what,
        goal=CONTROL_GOAL if careless else GOAL,
        result=told + tally.first,
        holds=tally.incomplete > 0
        if careless
        else not tally.incomplete and not tally.unlawful and facts > 20,
        seed=seed,
    )


def _cut(journal: Path, scale: Scale, seed: int, found: Path) -> tuple[_Tally, int, int]:
    """Return what the disks show, how many facts there were, and how many syncs."""
    events: list[tuple[Any, ...]] = pickle.loads(journal.read_bytes())
    disk, ledger, tally, random = Disk(there=[_DATABASE]), Ledger(), _Tally(), Random(seed)
    points = 0
    for event in [*events, ("before sync", "the end")]:
        if event[0] == "before sync":
            points += 1
            for survives in scale.variants:
                _look(disk, ledger, tally, found, survives=survives, random=random, point=points)
        elif event[0] == "acknowledged":
            ledger.add(event[1], event[2])
        else:
            disk.follow(event)
    return tally, len(ledger), points - 1


def _look(
    disk: Disk, ledger: Ledger, tally: _Tally, found: Path, *, survives: Survives, random: Random, point: int
) -> None:
    found.mkdir()
    disk.leave(found, survives=survives, random=random)
    verdict = judged(found / _DATABASE, ledger)
    shutil.rmtree(found)
    tally.images += 1
    tally.incomplete += bool(verdict.lost)
    tally.unlawful += bool(verdict.unlawful)
    if not tally.first and (verdict.lost or verdict.unlawful):
        tally.first = f"; first at sync {point}, {survives} kept: {verdict.lost} lost {verdict.unlawful}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Life:
    """One child, and what it left."""

    code: int
    lost: int
    is_unlawful: bool
    syncs: int
    """How many it asked for; 0 when it did not live to tell."""


async def _live(
    nursery: Nursery, folder: Path, *, seed: int, rounds: int, kill_at: int = 0, fail_at: int = 0
) -> _Life:
    """Let a child work on a copy of the database that was made, and look at what is there afterwards."""
    place = folder / "place"
    await asyncio.to_thread(_copied, folder / _DATABASE, place)
    journal = "" if kill_at or fail_at else str(place / "journal")
    code = await nursery.run(
        "disk",
        url=f"sqlite:///{place / _DATABASE}",
        seed=seed,
        acknowledged=str(place / "acknowledged"),
        rounds=rounds,
        journal=journal,
        kill_at=kill_at,
        fail_at=fail_at,
    )
    return await asyncio.to_thread(_left_by, place, code=code, journal=journal)


def _copied(made: Path, place: Path) -> None:
    place.mkdir()
    shutil.copy(made, place)


def _left_by(place: Path, *, code: int, journal: str) -> _Life:
    verdict = judged(place / _DATABASE, _acknowledged(place))
    events = pickle.loads(Path(journal).read_bytes()) if journal else ()
    shutil.rmtree(place)
    syncs = sum(event[0] == "before sync" for event in events)
    return _Life(code=code, lost=verdict.lost, is_unlawful=bool(verdict.unlawful), syncs=syncs)


def _acknowledged(place: Path) -> Ledger:
    ledger = Ledger()
    for line in (place / "acknowledged").read_text().splitlines():
        ledger.add(*json.loads(line))
    return ledger


async def at_each_sync(nursery: Nursery, scale: Scale, seed: int, folder: Path) -> list[Found]:
    """Kill a child before or after a sync, or let the sync fail; look at what it left, once for each."""
    await asyncio.to_thread(_make, folder / _DATABASE)
    whole = await _live(nursery, folder, seed=seed, rounds=scale.rounds)
    assert whole.code == 0
    random, syncs = Random(seed), range(1, whole.syncs + 1)
    kills = [{"kill_at": number} for sync in syncs for number in (sync, -sync)]
    failures = [{"fail_at": sync} for sync in syncs]
    if scale.kills:
        kills = random.sample(kills, scale.kills)
        failures = random.sample(failures, scale.kills // 2)
    killed = [await _live(nursery, folder, seed=seed, rounds=scale.rounds, **fault) for fault in kills]
    failed = [await _live(nursery, folder, seed=seed, rounds=scale.rounds, **fault) for fault in failures]
    return [
        _summed(
            f"kill -9 before and after a sync, {whole.syncs} in a run",
            killed,
            goal=GOAL,
            code=KILLED,
            seed=seed,
        ),
        _summed(
            f"a sync that fails (EIO), {whole.syncs} in a run",
            failed,
            goal=f"ends at once with code {ENDED}; {GOAL}",
            code=ENDED,
            seed=seed,
        ),
    ]


def _summed(what: str, lives: Sequence[_Life], *, goal: str, code: int, seed: int) -> Found:
    lost, unlawful = sum(life.lost for life in lives), sum(life.is_unlawful for life in lives)
    as_meant = sum(life.code == code for life in lives)
    # Several threads do not share their commits alike each time: the last syncs may not be reached. And
    # what the last sync of all leaves undone, as the file is closed, is done at the next start.
    unreached = sum(life.code == 0 for life in lives)
    return Found(
        figure="F5",
        what=f"{what}: {as_meant} of them",
        goal=goal,
        result=f"{lost} facts lost; {unlawful} databases damaged",
        holds=not lost and not unlawful and as_meant + unreached == len(lives) and as_meant > len(lives) // 2,
        seed=seed,
    )


def traced(seed: int, folder: Path) -> Found:
    """Let the kernel itself refuse: strace fails or kills at a drawn `fdatasync`."""
    what = f"strace: fdatasync fails, or kills, {2 * _TRACED} times"
    if not strace_works():
        print("  strace CANNOT RUN here (apt-get install strace; ptrace has to be allowed)", flush=True)
        return Found(figure="F5", what=what, goal=GOAL, result="NOT RUN: no strace here", holds=False)
    random = Random(seed)
    faults = [fault for _ in range(_TRACED) for fault in ("error=EIO", "signal=SIGKILL")]
    folder.mkdir()
    lost = unlawful = as_meant = 0
    for number, fault in enumerate(faults):
        place = folder / str(number)
        place.mkdir()
        _make(place / _DATABASE)
        given = {
            "url": f"sqlite:///{place / _DATABASE}",
            "seed": seed,
            "acknowledged": str(place / "acknowledged"),
            "rounds": 4,
            "watched": False,
        }
        # Counted for each thread; the one that writes makes some forty. The second is that of the folder in
        # which the log was made: SQLite tells nobody when that one fails (unixSync, os_unix.c).
        at = f"inject=fdatasync:{fault}:when={random.randint(3, 12)}"
        ended = subprocess.run(
            [
                *("strace", "-f", "-qq", "-o", str(place / "trace"), "-e", "trace=fdatasync", "-e", at),
                *(sys.executable, "-m", "faults.disk_child", json.dumps(given)),
            ],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        verdict = judged(place / _DATABASE, _acknowledged(place))
        lost, unlawful = lost + verdict.lost, unlawful + bool(verdict.unlawful)
        as_meant += ended.returncode == (ENDED if "EIO" in fault else KILLED)
    return Found(
        figure="F5",
        what=what,
        goal=f"ends at once; {GOAL}",
        result=f"{as_meant} ended at once; {lost} facts lost; {unlawful} databases damaged",
        holds=as_meant == len(faults) and not lost and not unlawful,
        seed=seed,
    )


def strace_works() -> bool:
    """Return whether a process may be traced here."""
    try:
        tried = subprocess.run(["strace", "-f", "true"], capture_output=True, check=False)
    except OSError:
        return False
    return tried.returncode == 0


def _make(path: Path) -> None:
    database = Database.open(f"sqlite:///{path}")
    database.prepare(now=system_clock())
    database.close()


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    scale = SCALES[size]
    async with opened(folder) as nursery:
        return [
            await power_cuts(nursery, scale, seed, folder / "cuts", careless=False),
            await power_cuts(nursery, scale, seed, folder / "control", careless=True),
            *await at_each_sync(nursery, scale, seed, folder),
            *([await asyncio.to_thread(traced, seed, folder / "traced")] if size == "full" else []),
        ]
