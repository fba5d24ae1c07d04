"""F2: a kill at each named point of the code, at its first, second and third passage.

The points of the service are passed by the real router and sender; the points inside one large transaction
by a command that does it. A kill there must leave everything or nothing, and doing it again must do it.
"""

import asyncio
import signal
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from random import Random
from typing import Any, TypeVar, get_args

from sqlalchemy import Connection, Table, func, select

from academy.messages.joining import TypeCode
from academy.outgoing import OUTGOING, Show
from faults.accounts import account
from faults.figures import Found, Size
from faults.fresh import fresh
from faults.nursery import Nursery, opened
from faults.recorder import recording
from faults.schooling import FIRST, GROUP, MENDED, taught
from faults.updates import Pile, acquainted, command, tap
from faults.writing_child import ACADEMY
from storage.crash_points import CrashPoint, WriterPoint
from storage.database import Database
from storage.tables import course_versions, enrollments, inbox, metadata, outbox, people

T = TypeVar("T")
KILLED = -signal.SIGKILL
HITS = (1, 2, 3)
UPDATES = 14
GOAL = "100 % recover: each effect once, 0 lost, at most 2 copies, 0 unflagged; a transaction all or nothing"
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEARNERS = 5
_AT_ONCE = 3
"""Stories that are played side by side: each waits more than it works."""
_COMMANDS = {"inside_publish": "publish", "inside_confirmation": "announce", "inside_tick": "tick"}


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    wrong: list[str] = []
    done = 0
    room = asyncio.Semaphore(_AT_ONCE)

    async with opened(folder) as nursery:

        async def one(point: CrashPoint) -> list[str]:
            async with room:
                return await at_a_point_of_the_service(nursery, point, seed=seed, folder=folder)

        for found in await asyncio.gather(*(one(point) for point in get_args(CrashPoint))):
            done += len(HITS)
            wrong += found
        for writer_point in get_args(WriterPoint):
            # One learner at a time is moved, written to or started; the tables are made once.
            hits = (1,) if writer_point in {"inside_publish", "inside_migration"} else HITS
            for hit in hits:
                done += 1
                wrong += await inside_a_transaction(nursery, writer_point, hit=hit, folder=folder)
    points = len(get_args(CrashPoint)) + len(get_args(WriterPoint))
    return [
        Found(
            figure="F2",
            what=f"kill -9 at {points} named points, passages 1 to 3: {done} kills",
            goal=GOAL,
            result=f"{done} kills; " + ("; ".join(wrong) or "everything recovered"),
            holds=not wrong,
            seed=seed,
        )
    ]


async def at_a_point_of_the_service(
    nursery: Nursery, point: CrashPoint, *, seed: int, folder: Path
) -> list[str]:
    """Kill three lives of one service there, let the fourth finish; return what is not as promised."""
    url = acquainted(folder / f"{point}.db", range(FIRST, FIRST + 7))
    updates = [
        # Seven people, typed words and presses in turn.
        (tap if number % 2 else command)(number, update_id=number, sender=FIRST + number % 7)
        for number in range(1, UPDATES + 1)
    ]
    pile = Pile.of(updates)
    wrong = []
    async with recording(random=Random(seed)) as recorder:
        recorder.hand_out = pile.answer
        for life, hit in enumerate((*HITS, 0), start=1):
            code = await nursery.run(
                "worker",
                crash_at=f"{point}:{hit}" if hit else "",
                url=url,
                port=recorder.port,
                life=life,
                batch=3,
                quarantine_seconds=0.2,
            )
            if code != (KILLED if hit else 0):
                wrong.append(f"{point}:{hit} ended with {code}")
        await recorder.settle()
    kept = account(url, recorder.arrived)
    if not kept.is_kept:
        wrong.append(f"{point}: {kept}")
    # Whoever is in hand at two kills cannot be told from one that kills, and is set aside for a person.
    aside = set_aside(url)
    if sorted(effects(url) + aside) != list(range(1, UPDATES + 1)):
        wrong.append(f"{point}: effects of {effects(url)}, set aside {aside}")
    if len(aside) > len(HITS) - 1:
        wrong.append(f"{point}: {aside} set aside")
    return wrong


async def inside_a_transaction(nursery: Nursery, point: WriterPoint, *, hit: int, folder: Path) -> list[str]:
    """Kill a command in the middle of its transaction, then let it finish."""
    here = folder / f"{point}-{hit}"
    here.mkdir()
    asked: dict[str, Any] = {
        "what": _COMMANDS.get(point, "migrate"), "now": MONDAY.isoformat(), "group": GROUP
    }  # fmt: skip
    if point == "inside_migration":
        asked["url"] = f"sqlite:///{here / 'school.db'}"
        killed = await nursery.run("writer", crash_at=f"{point}:{hit}", **asked)
        again = await nursery.run("writer", **asked)
        # A program that finds half of the tables would not end with 0.
        return [] if (killed, again) == (KILLED, 0) else [f"{point}: {killed}, {again}"]
    url = asked["url"] = fresh(here / "school.db")
    begun = point != "inside_tick"
    enrolled_at = MONDAY if begun else MONDAY.replace(day=22)
    taught(url, here, learners=LEARNERS, now=enrolled_at, academy=ACADEMY, begun=begun, at=time(9))
    (here / "mended.yaml").write_text(MENDED, encoding="utf-8")
    asked["path"] = str(here / "mended.yaml")
    before = contents(url)
    killed = await nursery.run("writer", crash_at=f"{point}:{hit}", **asked)
    after_kill = contents(url)
    again = await nursery.run("writer", **asked)
    wrong = []
    if (killed, again) != (KILLED, 0):
        wrong.append(f"{point}:{hit} ended with {killed}, then {again}")
    if after_kill != before:
        wrong.append(f"{point}:{hit} left something behind")
    if not is_done(point, url, since=len(before["outbox"])):
        wrong.append(f"{point}:{hit} was not done as a whole")
    return wrong


def effects(url: str) -> list[int]:
    """Return the numbers of the updates that had an effect, sorted, and each as often as it had."""

    def read(tx: Connection) -> list[int]:
        found = []
        for row in tx.execute(select(outbox.c.content)):
            outgoing = OUTGOING.validate_json(row.content)
            if isinstance(outgoing, Show) and isinstance(outgoing.message, TypeCode):
                found.append(int(outgoing.message.academy.removeprefix("update ")))
        return sorted(found)

    return _read(url, read)


def set_aside(url: str) -> list[int]:
    """Return the updates that wait for a person to look at them."""
    dead = select(inbox.c.update_id).where(inbox.c.state == "dead")
    return _read(url, lambda tx: list(tx.execute(dead).scalars()))


def contents(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""

    def read(tx: Connection) -> dict[str, list[tuple[object, ...]]]:
        return {
            table.name: [tuple(row) for row in tx.execute(select(table).order_by(*_key(table)))]
            for table in metadata.sorted_tables
        }

    return _read(url, read)


def is_done(point: WriterPoint, url: str, *, since: int) -> bool:
    """Return whether everybody was moved, or told something by a row behind the first `since`."""

    def read(tx: Connection) -> bool:
        if point == "inside_publish":
            versions = tx.execute(select(enrollments.c.course_version_id)).scalars().all()
            newest = tx.execute(select(func.max(course_versions.c.id))).scalar_one()
            return list(versions) == [newest] * LEARNERS
        told = tx.execute(
            select(people.c.address)
            .join(outbox, outbox.c.person_id == people.c.id)
            .where(outbox.c.id > since)
            .order_by(people.c.address)
        )
        return list(told.scalars()) == list(range(FIRST, FIRST + LEARNERS))

    return _read(url, read)


def _key(table: Table) -> list[Any]:  # columns of any type
    return list(table.primary_key.columns)


def _read(url: str, function: Callable[[Connection], T]) -> T:
    database = Database.open(url)
    try:
        return database.read_here(function)
    finally:
        database.close()
