"""A database in a SQLite file: one thread writes, a few read, commands write beside them."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from storage import file_locks
from storage.errors import DatabaseDamagedError
from storage.sqlite_connections import reading_engine, writing_engine
from storage.sqlite_troubles import End, assert_sound, check_place, end_at_once, fatal
from storage.sqlite_writer import SqliteWriter

T = TypeVar("T")

_COMMAND_PATIENCE_SECONDS = 30.0
_LOOKED_THROUGH_FIRST_BYTES = 16 * 1024 * 1024
"""A file of this size is looked through in 20 ms, before anything is written; a larger one meanwhile."""


class SqliteFile:
    """Runs functions of a transaction on one SQLite file."""

    dialect = "sqlite"

    def __init__(self, path: Path, *, readers: int, end: End = end_at_once) -> None:
        """Take the path of the file; `end` is called in a service whose disk or file is damaged."""
        self.path = path
        self._end = end
        self._writer: SqliteWriter | None = None
        self._reading = reading_engine(path, readers=readers)
        self._readers = ThreadPoolExecutor(max_workers=readers, thread_name_prefix="reader")

    async def start(self) -> None:
        """Start the writer thread; the file must have been prepared.

        Raises DatabaseDamagedError when its pages do not fit together.
        """
        looking = asyncio.get_running_loop().run_in_executor(self._readers, assert_sound, self.path)
        if self.path.stat().st_size <= _LOOKED_THROUGH_FIRST_BYTES:
            await looking
        else:
            looking.add_done_callback(self._looked_through)
        self._writer = SqliteWriter(self.path, end=self._end)

    async def stop(self) -> None:
        """Finish what is queued and close every connection."""
        # Readers first: while one is open the log cannot be emptied, and somebody who then copies
        # the database file alone would miss what is still in the log.
        await asyncio.to_thread(self.close)
        if self._writer is not None:
            await asyncio.to_thread(self._writer.stop)

    def close(self) -> None:
        """Close what reading opened."""
        self._readers.shutdown()
        self._reading.dispose()

    async def run(self, function: Callable[[Connection], T]) -> T:
        """Return what `function` returned, once it is on disk."""
        return await self._started().run(function)

    async def read(self, function: Callable[[Connection], T]) -> T:
        """Return what `function` read from one snapshot, in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_here, function)

    def read_here(self, function: Callable[[Connection], T]) -> T:
        """Return what `function` read from one snapshot, in this thread."""
        try:
            with self._reading.begin() as connection:
                return function(connection)
        except (SQLAlchemyError, sqlite3.Error) as error:
            if (why := fatal(error, self.path)) is None:
                raise
            if self._writer is not None:
                # What cannot be read must not be written to either.
                self._end(why)
            raise why from error

    def run_here(self, function: Callable[[Connection], T]) -> T:
        """Write from a command, beside a service that may be running.

        Raises UnwritableError, DiskFailedError and DatabaseDamagedError.
        """
        check_place(self.path)
        lock = file_locks.writers_lock(self.path)
        engine = writing_engine(self.path, patience_seconds=_COMMAND_PATIENCE_SECONDS, polite=True)
        connection = engine.connect()
        try:
            with file_locks.shared(lock), connection.begin():
                return function(connection)
        except (SQLAlchemyError, sqlite3.Error) as error:
            if (why := fatal(error, self.path)) is None:
                raise
            raise why from error
        finally:
            # With no service running this is the last connection, and closing it checkpoints.
            with file_locks.exclusive(lock):
                connection.close()

    async def checkpoint(self) -> None:
        """Copy the write-ahead log into the database file now, and leave nothing in it."""
        await asyncio.to_thread(self._started().checkpoint)

    def _looked_through(self, looking: asyncio.Future[None]) -> None:
        if not looking.cancelled() and isinstance(found := looking.exception(), DatabaseDamagedError):
            self._end(found)

    def _started(self) -> SqliteWriter:
        if self._writer is None:
            raise RuntimeError("start the database before writing to it")
        return self._writer
