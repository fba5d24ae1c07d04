"""The database on the loop: each transaction runs at a moment the seed chooses, without a thread.

One SQLite database in memory serves all simulations of a process, one after the other: it is filled
from a copy of the template, so that neither tables are made nor statements compiled again. The real
functions of `storage` run on it through the real `Database`.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import PoolProxiedConnection, StaticPool

from storage.database import Database
from storage.notices import Channel
from storage.sqlite import SqliteFile

T = TypeVar("T")


class Disk:
    """The one database of this process; what is committed to it outlives every kill."""

    def __init__(self) -> None:
        self.raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.engine: Engine = create_engine("sqlite://", creator=lambda: self.raw, poolclass=StaticPool)
        # As storage.sqlite_connections does: writers take the lock at once.
        self.engine.dialect.do_begin = _begin  # type: ignore[assignment]  # a method of this one instance

    def fill(self, template: bytes) -> None:
        """Begin anew from the bytes of a database file."""
        self.raw.deserialize(template)
        for pragma in ("foreign_keys=ON", "secure_delete=ON", "synchronous=OFF", "journal_mode=MEMORY"):
            self.raw.execute(f"PRAGMA {pragma}")

    def run(self, function: Callable[[Connection], T]) -> T:
        """Return what `function` returned; it is committed."""
        with self.engine.begin() as connection:
            return function(connection)

    def run_in_vain(self, function: Callable[[Connection], T]) -> None:
        """Run it and take everything back, as when a batch is lost and run once more."""
        with self.engine.connect() as connection:
            function(connection)
            connection.rollback()

    def close(self) -> None:
        self.engine.dispose()
        self.raw.close()


def _begin(raw: PoolProxiedConnection) -> None:
    raw.cursor().execute("BEGIN IMMEDIATE")


class Luck(Protocol):
    """What may happen to one transaction."""

    async def before_commit(self) -> None: ...

    def runs_in_vain(self) -> bool: ...

    def is_away(self) -> bool: ...

    async def after_commit(self) -> None: ...


class LoopFile(SqliteFile):
    """Runs functions of a transaction on the loop (the interface of `SqliteFile`)."""

    def __init__(self, disk: Disk, *, beside: Path, luck: Luck, committed: Callable[[], None]) -> None:
        # Not the parent's: there is no file, only files beside it.
        self.path = beside
        self._disk = disk
        self._luck = luck
        self._committed = committed

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to close."""

    def close(self) -> None:
        """Nothing to close."""

    async def run(self, function: Callable[[Connection], T]) -> T:
        await self._luck.before_commit()
        self._must_be_here()
        if self._luck.runs_in_vain():
            with contextlib.suppress(Exception):
                # It is raised again below.
                self._disk.run_in_vain(function)
        result = self._disk.run(function)
        self._committed()
        await self._luck.after_commit()
        return result

    async def read(self, function: Callable[[Connection], T]) -> T:
        await self._luck.before_commit()
        self._must_be_here()
        return self.read_here(function)

    def read_here(self, function: Callable[[Connection], T]) -> T:
        with self._disk.engine.connect() as connection:
            return function(connection)

    def run_here(self, function: Callable[[Connection], T]) -> T:
        result = self._disk.run(function)
        self._committed()
        return result

    async def checkpoint(self) -> None:
        """There is no log."""
        await self._luck.before_commit()

    def _must_be_here(self) -> None:
        if self._luck.is_away():
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("disk I/O error"))


class LoopDatabase(Database):
    """`Database` on such a store; a command beside the service wakes it on the loop."""

    def __init__(self, store: LoopFile) -> None:
        super().__init__(store)
        self._woken: Callable[[], None] | None = None

    def on_wake(
        self, woken: Callable[[], None], *, told: Mapping[Channel, Callable[[], None]] | None = None
    ) -> None:
        self._woken = woken

    def wake(self) -> None:
        if self._woken is not None:
            asyncio.get_running_loop().call_soon(self._woken)


def short(random: Random) -> float:
    """Return seconds that a commit takes: mostly a millisecond, now and then much more."""
    return 0.4 * random.random() if random.random() < 0.02 else random.expovariate(1000)
