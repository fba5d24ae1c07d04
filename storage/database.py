"""Where the event loop meets the database: `await database.run(function)`.

A function gets a `Connection` inside a transaction and may be run more than once, so it has no
effects outside that transaction, and it fetches what it needs: a lazy result must not leave it.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

from storage import wake
from storage.errors import WrongDatabaseError
from storage.instance_lock import lifetime_lock, session_lock
from storage.notices import CHANNELS, Channel
from storage.outage import Outage
from storage.postgresql import PostgresqlServer
from storage.schema import prepare_file, prepare_server
from storage.sqlite import SqliteFile
from storage.sqlite_troubles import check_place

if TYPE_CHECKING:
    from storage.hearing import Hearing

T = TypeVar("T")


class Database:
    """One database, by its address; opening it touches nothing yet."""

    def __init__(self, store: SqliteFile | PostgresqlServer) -> None:
        self._store = store
        self._listener: wake.Listener | None = None
        self._hearing: Hearing | None = None
        self.outage = Outage()
        """Whether what is to be kept can be kept."""

    @classmethod
    def open(cls, url: str, *, threads: int = 4) -> Self:
        """Return the database at `url`; raises WrongDatabaseError for an address of another kind.

        `sqlite:///data/dusal.db` is relative to the current folder, `sqlite:////srv/dusal.db` is
        not; `postgresql://…` is spoken through psycopg whatever driver the address names.
        """
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise WrongDatabaseError("database.url cannot be read as an address") from error
        match parsed.get_backend_name():
            case "sqlite" if parsed.database and parsed.database != ":memory:":
                return cls(SqliteFile(Path(parsed.database), readers=threads))
            case "postgresql" | "postgres":
                return cls(PostgresqlServer(parsed.set(drivername="postgresql+psycopg"), threads=threads))
            case _:
                raise WrongDatabaseError(
                    "database.url must start with sqlite:/// and a file, or with postgresql://"
                )

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        """Which of the two it is."""
        return "sqlite" if isinstance(self._store, SqliteFile) else "postgresql"

    @property
    def server(self) -> URL | None:
        """The address of the PostgreSQL server, password included; None on SQLite."""
        return None if isinstance(self._store, SqliteFile) else self._store.url

    @property
    def file(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        return self._store.path if isinstance(self._store, SqliteFile) else None

    def prepare(self, *, now: datetime) -> None:
        """Make or migrate the tables if that is needed; cheap when they are as they should be.

        Raises SchemaIsNewerError when a newer program has been here, AlreadyRunningError (on PostgreSQL
        StillRunningError) when the tables are old and a service of the old version is still running.
        """
        if isinstance(self._store, SqliteFile):
            prepare_file(self._store.path, now=now)
        else:
            prepare_server(self._store.url)

    def hold(self, *, now: datetime) -> AbstractContextManager[None]:
        """Keep every other `serve` away while the context lasts.

        Raises AlreadyRunningError on entering when there is one: "already running as pid 4121
        since 09:12", and UnwritableError, here, when the file or its folder may not be written.
        Prepare inside it with `prepare_held`, not `prepare`: the lock is the same. On PostgreSQL, where
        several services work together, only a command holds it (`lock_session` is theirs).
        """
        if isinstance(self._store, SqliteFile):
            check_place(self._store.path)
            return lifetime_lock(self._store.path, now=now)
        return session_lock(self._store.url)

    def prepare_held(self) -> None:
        """Make or migrate the tables while we `hold` the database."""
        if isinstance(self._store, SqliteFile):
            prepare_file(self._store.path, now=None)
        else:
            prepare_server(self._store.url, held=True)

    async def start(self) -> None:
        """Start writing; only in a service, on SQLite between entering and leaving `hold`."""
        await self._store.start()

    async def stop(self) -> None:
        """Finish what is queued, checkpoint and close."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._hearing is not None:
            await self._hearing.close()
            self._hearing = None
        await self._store.stop()

    async def run(self, function: Callable[[Connection], T]) -> T:
        """Return what `function` returned, once its transaction is on disk; raises what it raised."""
        try:
            result = await self._store.run(function)
        except Exception as error:
            self.outage.failed(error)
            raise
        if self.outage.says is not None:
            self.outage.over()
        return result

    async def read(self, function: Callable[[Connection], T]) -> T:
        """Return what `function` read, from one snapshot and without keeping writers waiting."""
        return await self._store.read(function)

    def run_here(self, function: Callable[[Connection], T]) -> T:
        """Commit `function` from a command, also while a service runs, and wake that service."""
        result = self._store.run_here(function)
        self.wake()
        return result

    def read_here(self, function: Callable[[Connection], T]) -> T:
        """Return what `function` read, in this thread."""
        return self._store.read_here(function)

    async def checkpoint(self) -> None:
        """Copy SQLite's write-ahead log into its file now: what was erased is then gone from it too."""
        await self._store.checkpoint()

    def close(self) -> None:
        """Close a database that was opened for a command and never started."""
        self._store.close()

    def wake(self) -> None:
        """Tell the running service that there is something to do; it may not be there."""
        if isinstance(self._store, SqliteFile):
            wake.wake(self._store.path)
        else:
            self._store.wake()

    def on_wake(
        self, woken: Callable[[], None], *, told: Mapping[Channel, Callable[[], None]] | None = None
    ) -> None:
        """Call `woken` on this event loop when a command has written.

        On PostgreSQL also when another process has; `told` then says whom to call for which table.
        A call may get lost: behind it, the service looks by itself.
        """
        if isinstance(self._store, SqliteFile):
            self._listener = wake.Listener(self._store.path, woken=woken)
            return
        # The driver is loaded where there is a server only.
        from storage.hearing import Hearing

        self._hearing = Hearing(self._store.url, told=told or dict.fromkeys(CHANNELS, woken))
