"""How a SQLite file is opened: for writing with BEGIN IMMEDIATE, for reading read-only.

A deferred BEGIN that reads and then writes fails whatever the busy time-out, and a reader opened
for writing would take the write lock: so there are two engines, and they are not exchanged.
"""

import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection, QueuePool

from storage.compiled_statements import KEPT_FOR_ALL
from storage.errors import DatabaseBusyError

_MILLISECOND = 0.001


def writing_engine(path: Path, *, patience_seconds: float, polite: bool) -> Engine:
    """Return an engine whose transactions take the write lock when they begin.

    SQLite's own busy handler sleeps longer and longer and starves beside a busy writer (p90
    630 ms), so a `polite` one, as commands are, asks again every 0.2 to 1 ms by itself.
    """
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=NullPool,
        connect_args={
            "timeout": patience_seconds,
            "isolation_level": None,
            "check_same_thread": False,
        },
        execution_options=KEPT_FOR_ALL,
    )

    def begin(raw: PoolProxiedConnection) -> None:
        if polite:
            _begin_politely(raw, patience_seconds=patience_seconds)
        else:
            raw.cursor().execute("BEGIN IMMEDIATE")

    def prepare(raw: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        _prepare_for_writing(raw)
        if polite:
            # Only from here on: whoever closes the file last keeps it to themselves for a moment, and
            # waiting for that is no starving.
            raw.cursor().execute("PRAGMA busy_timeout=0")

    event.listen(engine.pool, "connect", prepare)
    _begin_with(engine, begin)
    return engine


def reading_engine(path: Path, *, readers: int) -> Engine:
    """Return an engine that cannot write; each transaction sees one snapshot."""
    address = f"file:{quote(str(path.absolute()))}?mode=ro"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=5, isolation_level=None, check_same_thread=False)

    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=readers,
        max_overflow=0,
        execution_options=KEPT_FOR_ALL,
    )
    _begin_with(engine, lambda raw: raw.cursor().execute("BEGIN"))
    return engine


def turn_on_log(path: Path) -> None:
    """Make the file and switch it to write-ahead logging, which it then keeps for good."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Names and answers are in it: nobody else on the machine reads them. SQLite gives the files
    # beside it the same mode.
    path.touch(mode=0o600)
    raw = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        raw.execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()


def _begin_with(engine: Engine, begin: Callable[[PoolProxiedConnection], object]) -> None:
    """Let transactions of `engine` begin in another way.

    SQLAlchemy has an event for this, but one listener on the engine makes each statement a sixth
    slower, whatever it listens for.
    """
    engine.dialect.do_begin = begin  # type: ignore[assignment]  # a method of this one instance


def _prepare_for_writing(raw: DBAPIConnection) -> None:
    cursor = raw.cursor()
    for pragma in (
        # NORMAL loses acknowledged commits at a power failure (guarantees 0.8).
        "synchronous=FULL",
        # Only the service checkpoints, and only under `writers_lock`.
        "wal_autocheckpoint=0",
        "foreign_keys=ON",
        # What a person asked to be erased must not be left in free pages.
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_politely(raw: PoolProxiedConnection, *, patience_seconds: float) -> None:
    give_up_at = time.monotonic() + patience_seconds
    while True:
        try:
            raw.cursor().execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise
            if time.monotonic() > give_up_at:
                raise DatabaseBusyError(f"the database was busy for {patience_seconds:g} s") from error
        else:
            return
        time.sleep(random.uniform(0.2, 1) * _MILLISECOND)  # noqa: S311 - only to spread the waiting
