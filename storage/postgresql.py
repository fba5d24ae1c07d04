"""A database on a PostgreSQL server: a few threads, each with a connection of the pool.

Transactions see one snapshot (REPEATABLE READ), as they do on SQLite; two that change the same row
fail with a serialization error and are run again, so a function has no effects outside its `tx`.
"""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, func, select
from sqlalchemy.exc import DBAPIError

from storage.compiled_statements import KEPT_FOR_ALL
from storage.notices import CHANNELS

T = TypeVar("T")

_TRIES = 5
_REPEATABLE_STATES = frozenset({"40001", "40P01"})
"""serialization_failure and deadlock_detected (PostgreSQL manual, appendix A)."""


LINE: Final[Mapping[str, int]] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""How long a line that carries nothing is believed (libpq's names; milliseconds in the last one)."""

_WRITING: Final = "-c idle_in_transaction_session_timeout=10s"
"""A process that is frozen in the middle of a transaction must not keep others from its rows for long."""


class PostgresqlServer:
    """Runs functions of a transaction on one PostgreSQL database."""

    dialect = "postgresql"

    def __init__(self, url: URL, *, threads: int) -> None:
        self.url = url
        self._engine = _engine(url, connections=threads, options=_WRITING)
        # A long report or a copy of everything may pause between two rows as long as it likes.
        self._reading = _engine(url, connections=threads, options="")
        # Reports must not keep answers waiting, so reading has threads of its own.
        self._writers = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="writer")
        self._readers = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="reader")

    async def start(self) -> None:
        """Nothing to start: connections are made when they are first needed."""

    async def stop(self) -> None:
        """Finish what is queued and close every connection."""
        await asyncio.to_thread(self._writers.shutdown)
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Close the pool."""
        self._readers.shutdown()
        self._reading.dispose()
        self._engine.dispose()

    async def run(self, function: Callable[[Connection], T]) -> T:
        """Return what `function` returned, once it is committed."""
        return await asyncio.get_running_loop().run_in_executor(self._writers, self.run_here, function)

    async def read(self, function: Callable[[Connection], T]) -> T:
        """Return what `function` read from one snapshot, in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_here, function)

    def read_here(self, function: Callable[[Connection], T]) -> T:
        """Return what `function` read from one snapshot, in this thread."""
        with self._reading.connect().execution_options(postgresql_readonly=True) as connection:
            # Rolled back when it closes: a reader has nothing to commit, and a COMMIT could get lost.
            connection.begin()
            return function(connection)

    def run_here(self, function: Callable[[Connection], T]) -> T:
        """Commit `function` in this thread; runs it again, five times at most, when it collided."""
        for tries_left in reversed(range(_TRIES)):
            try:
                with self._engine.begin() as connection:
                    return function(connection)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _REPEATABLE_STATES or not tries_left:
                    raise
            time.sleep(random.uniform(0.001, 0.02) * (_TRIES - tries_left))  # noqa: S311 - spreads them
        raise AssertionError("the last try returns or raises")

    def wake(self) -> None:
        """Tell every process that there is something to do."""
        with self._engine.begin() as connection:
            for channel in CHANNELS.values():
                connection.execute(select(func.pg_notify(channel, "")))

    async def checkpoint(self) -> None:
        """Leave it to the server."""


def _engine(url: URL, *, connections: int, options: str) -> Engine:
    theirs = url.query.get("options", "")
    both = f"{theirs if isinstance(theirs, str) else ' '.join(theirs)} {options}".strip()
    arguments: dict[str, object] = {name: value for name, value in LINE.items() if name not in url.query}
    if both:
        arguments["options"] = both
    return create_engine(
        url,
        isolation_level="REPEATABLE READ",
        pool_size=connections,
        max_overflow=2,
        pool_pre_ping=True,
        connect_args=arguments,
        execution_options=KEPT_FOR_ALL,
    )
