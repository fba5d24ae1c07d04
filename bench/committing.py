"""What it costs to have everything on disk before it counts."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from bench.children import Children
from bench.figures import Figure, Measured, Pair
from storage import people
from storage.database import Database

ROUNDS = 3
SECONDS = 1.0
AT_ONCE = 64


async def measure(children: Children, scratch: Path) -> Measured:
    database = Database.open(f"sqlite:///{scratch / 'commit.db'}")
    with database.hold(now=datetime.now(UTC)):
        database.prepare_held()
        await database.start()
        pairs = [
            Pair(
                here=await _per_second(database, at_once=AT_ONCE),
                anchor=await _per_second(database, at_once=1),
            )
            for _ in range(ROUNDS)
        ]
        await database.stop()
    return Measured(
        command="commit",
        figures=(
            Figure(
                title=f"transactions a second, {AT_ONCE} callers",
                anchor="one caller",
                unit="/s",
                pairs=tuple(pairs),
            ),
        ),
        notes=(
            "commit: one insert and one update of a person each, SQLite with synchronous=FULL; "
            "what waits at the same time is committed together.",
        ),
    )


async def _per_second(database: Database, *, at_once: int) -> float:
    begun = time.monotonic()
    done = 0

    async def write(caller: int) -> None:
        nonlocal done
        now = datetime.now(UTC)

        def once(tx: Connection) -> None:
            person = people.add(tx, address=1000 + caller, name="Person", language="en", now=now)
            people.arrived(tx, person.address, now=now)

        while time.monotonic() - begun < SECONDS:
            await database.run(once)
            done += 1

    await asyncio.gather(*(write(caller) for caller in range(at_once)))
    return done / (time.monotonic() - begun)
