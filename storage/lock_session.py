"""One connection to PostgreSQL whose advisory locks say what this process is for all the others.

The server gives the locks back when the connection ends, and ends it itself when it hears nothing for
a lease. The holder may learn of that late or never, so it does not go by the lock: it believes itself
only until four fifths of a lease after the *begin* of its last beat. Whoever then gets the lock waits
until a whole lease has passed since it first *saw* that beat. Each compares its own clock with itself,
never with another machine's, and the fifth between them is for clocks that run unlike each other.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from random import randrange
from typing import Any, Final

import psycopg
import structlog
from psycopg import AsyncConnection
from sqlalchemy import URL

from scheduler.clock import elapsed_seconds
from storage import schema
from storage.errors import DatabaseAwayError, PoolerError, SchemaIsNewerError, WrongDatabaseError
from storage.lease_names import HANDLERS, LEASES, OURS, RUNNING, LeaseName
from storage.postgresql import LINE
from storage.process_names import is_gone, process_name

log = structlog.get_logger(__name__)

TRUSTED_PART: Final = 0.8
"""Of a lease: how long a holder believes itself after the begin of its last beat."""
LOOK_SECONDS: Final = 1.0
"""Longest time between two beats, and between two looks whether a lock is free."""
_OLDEST_SERVER: Final = 140000
"""idle_session_timeout came with PostgreSQL 14."""

_BEAT = """
WITH beaten AS (
  UPDATE leases SET beat = beat + 1 WHERE name = ANY(%(names)s) AND holder = %(holder)s RETURNING name
)
SELECT pg_backend_pid(), ARRAY(SELECT name FROM beaten)
"""
_LOOK = "SELECT holder, beat, released, seconds FROM leases WHERE name = %(name)s"
_TAKE = """
INSERT INTO leases (name, holder, beat, released, seconds)
VALUES (%(name)s, %(holder)s, 1, false, %(seconds)s)
ON CONFLICT (name) DO UPDATE
SET holder = excluded.holder, beat = leases.beat + 1, released = false, seconds = excluded.seconds
WHERE leases.holder = %(seen_holder)s AND leases.beat = %(seen_beat)s
RETURNING beat
"""
_RELEASE = "UPDATE leases SET released = true WHERE name = ANY(%(names)s) AND holder = %(holder)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The sign of life of a holder, and when we saw it first."""

    holder: str
    beat: int
    at: float


class Lease:
    """One thing that only one process does at a time."""

    def __init__(self, name: LeaseName, *, seconds: Callable[[], float]) -> None:
        self.name = name
        self._seconds = seconds
        self._changed = asyncio.Event()
        self.term = 0
        """Raised each time we begin to lead."""
        self.leads = False
        self.wanted = True
        self.locked = False
        """On the present connection."""
        self.trusted_until = float("-inf")
        self.seen: _Seen | None = None

    @property
    def is_trusted(self) -> bool:
        """Whether nobody else can have begun to lead; asked right before anything that must be done once."""
        return self.leads and self._seconds() < self.trusted_until

    async def won(self, *, after: int) -> int:
        """Return the number of a term later than `after`, once it has begun."""
        while not (self.leads and self.term > after):
            await self._changed.wait()
        return self.term

    async def lost(self, *, term: int) -> None:
        """Return once this term has ended."""
        while self.leads and self.term == term:
            await self._changed.wait()

    def begin(self) -> None:
        """Lead from now on."""
        self.leads, self.term = True, self.term + 1
        self._tell()

    def end(self, *, why: str) -> None:
        """Lead no more."""
        if not self.leads:
            return
        self.leads, self.trusted_until = False, float("-inf")
        log.info("no longer leading", lease=self.name, why=why)
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class LockSession:
    """The leases of one process, and its sign of life as a handler."""

    def __init__(
        self,
        url: URL,
        *,
        lease_seconds: float,
        names: Collection[LeaseName],
        seconds: Callable[[], float] = elapsed_seconds,
        name: str = "",
    ) -> None:
        """Take which leases we want; `lease_seconds` after its last sign of life a holder is replaced.

        `name` is the process's own (storage.process_names), unless two of them are in one process.
        """
        self._url = url
        self._lease_seconds = lease_seconds
        self._seconds = seconds
        self._look_seconds = min(LOOK_SECONDS, lease_seconds / 5)
        self._connection: AsyncConnection[Any] | None = None
        self._backend = 0
        self._present = False
        self._busy = asyncio.Lock()
        self._given_up: set[asyncio.Task[None]] = set()
        self._away = False
        self.name = name or process_name()
        self.handler = randrange(1, 2**31)  # noqa: S311 - a number nobody else has, not a secret
        """Our number among the handlers: while we live, its lock is held."""
        self.leases = {name: Lease(name, seconds=seconds) for name in LEASES if name in names}

    async def open(self) -> None:
        """Connect, say that we run, and lead at once what nobody leads.

        Raises DatabaseAwayError, PoolerError, SchemaIsNewerError when the tables are not what this
        program knows, WrongDatabaseError for a server that is too old.
        """
        try:
            await self._refuse_pooler()
            await self.go_round()
        except (OSError, psycopg.OperationalError) as away:
            raise DatabaseAwayError from away

    async def run(self) -> None:
        """Beat and look until cancelled, however often the server goes away; raises PoolerError."""
        while True:
            await asyncio.sleep(self._look_seconds)
            try:
                async with self._busy:
                    await self._in_time(self.go_round())
            except (psycopg.Error, OSError, TimeoutError) as error:
                if not self._away:
                    log.warning("lock connection lost", error=type(error).__name__)
                self._away = True
                await self.drop()
            else:
                self._away = False
            self.end_what_is_over()

    async def release(self, name: LeaseName) -> None:
        """Lead this no more, in order: whoever comes next need not wait."""
        lease = self.leases[name]
        lease.wanted = False
        await self._let_go(lease, why="stopping")

    async def step_down(self, name: LeaseName, *, why: str) -> None:
        """Lead this no more for now: somebody else does, whatever we believed."""
        await self._let_go(self.leases[name], why=why)

    async def close(self) -> None:
        """Give every lock back."""
        for name in self.leases:
            await self.release(name)
        await self.drop()

    async def _let_go(self, lease: Lease, *, why: str) -> None:
        lease.end(why=why)
        with suppress(psycopg.Error, OSError, TimeoutError):
            async with self._busy:
                if self._connection is not None and lease.locked:
                    await self._in_time(self._unlock(lease))

    async def _unlock(self, lease: Lease) -> None:
        await self._ask(_RELEASE, {"names": [lease.name], "holder": self.name})
        await self._ask("SELECT pg_advisory_unlock(%s, %s)", (OURS, LEASES[lease.name]))
        lease.locked = False

    async def _in_time(self, work: Coroutine[Any, Any, None]) -> None:
        """Await `work` for a third of a lease at most; raises TimeoutError, and leaves the connection to it.

        A cancelled statement waits for the server once more, for seconds that nobody here has.
        """
        task = asyncio.create_task(work)
        try:
            await asyncio.wait({task}, timeout=self._lease_seconds / 3)
        finally:
            if not task.done():
                connection, self._connection = self._connection, None
                self._given_up.add(task)
                task.add_done_callback(partial(self._forget, connection))
                task.cancel()
        if not task.done():
            raise TimeoutError
        task.result()

    def _forget(self, connection: AsyncConnection[Any] | None, task: "asyncio.Task[None]") -> None:
        self._given_up.discard(task)
        if not task.cancelled():
            task.exception()
        if connection is not None:
            connection.pgconn.finish()

    async def go_round(self) -> None:
        """Beat once, and look once whether a lease is free; `run` does this again and again."""
        if self._connection is None:
            await self._connect()
        await self._round()

    async def _connect(self) -> None:
        connection = await self._new_connection(name="dusal locks")
        try:
            _refuse_old_server(connection.info.server_version)
            # However the line is cut, after a lease without a word from us the server lets go.
            await connection.execute(
                "SELECT set_config('idle_session_timeout', %s, false)", [f"{self._lease_seconds * 1000:.0f}"]
            )
            # Held by all who run, so that nobody changes the tables under them (see storage.schema).
            await connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", (OURS, RUNNING))
            _refuse_other_tables(await _one(connection, "SELECT version_num FROM alembic_version", ()))
        except BaseException:
            await connection.close()
            raise
        self._connection, self._backend, self._present = connection, connection.info.backend_pid, False

    async def _round(self) -> None:
        if not self._present:
            # While the server has not noticed the end of our last connection, that one holds it.
            self._present = await self._try_lock(HANDLERS, self.handler)
        begun = self._seconds()
        await self._lock_again()
        leading = [lease for lease in self.leases.values() if lease.leads and lease.locked]
        backend, beaten = await self._ask(
            _BEAT, {"names": [lease.name for lease in leading], "holder": self.name}
        )
        if backend != self._backend:
            raise PoolerError
        for lease in leading:
            if lease.name in beaten:
                lease.trusted_until = begun + TRUSTED_PART * self._lease_seconds
            else:
                lease.end(why="another process leads")
        for lease in self.leases.values():
            if lease.wanted and not lease.leads:
                await self._try(lease)

    async def _lock_again(self) -> None:
        """After a new connection: a beat without the lock could speak for somebody else's term."""
        for lease in self.leases.values():
            if lease.leads and not lease.locked:
                lease.locked = await self._try_lock(OURS, LEASES[lease.name])

    async def _try(self, lease: Lease) -> None:
        if not lease.locked:
            lease.locked = await self._try_lock(OURS, LEASES[lease.name])
        # Read after the lock was tried: with the lock ours, nobody can beat after what we read.
        row = await self._ask(_LOOK, {"name": lease.name})
        now = self._seconds()
        holder, beat, released, seconds = row or ("", 0, True, 0.0)
        if lease.seen is None or (lease.seen.holder, lease.seen.beat) != (holder, beat):
            lease.seen = _Seen(holder=holder, beat=beat, at=now)
        if not lease.locked:
            return
        over = released or holder == self.name or is_gone(holder)
        if not over and now < lease.seen.at + max(self._lease_seconds, seconds):
            return
        begun = self._seconds()
        taken = await self._ask(
            _TAKE,
            {
                "name": lease.name,
                "holder": self.name,
                "seconds": self._lease_seconds,
                "seen_holder": holder,
                "seen_beat": beat,
            },
        )
        if taken is not None:
            lease.trusted_until = begun + TRUSTED_PART * self._lease_seconds
            lease.begin()

    def end_what_is_over(self) -> None:
        """Stop leading what can no longer be believed to be ours."""
        for lease in self.leases.values():
            if lease.leads and not lease.is_trusted:
                lease.end(why="no sign of the lock for too long")

    async def _try_lock(self, space: int, key: int) -> bool:
        (got,) = await self._ask("SELECT pg_try_advisory_lock(%s, %s)", (space, key))
        return bool(got)

    async def _ask(self, statement: str, given: Any) -> Any:  # one row of any shape
        assert self._connection is not None
        # Statements of ours, never of a person.
        cursor = await self._connection.execute(statement, given)  # type: ignore[arg-type,unused-ignore]
        return await cursor.fetchone() if cursor.description else None

    async def drop(self) -> None:
        """Close the connection; the next round makes a new one."""
        connection, self._connection = self._connection, None
        for lease in self.leases.values():
            lease.locked = False
        if connection is not None:
            with suppress(psycopg.Error, OSError):
                await connection.close()

    async def _new_connection(self, *, name: str) -> AsyncConnection[Any]:
        return await new_connection(self._url, name=name)

    async def _refuse_pooler(self) -> None:
        """Raise PoolerError when a connection of ours is not one session of the server."""
        holding = await self._new_connection(name="dusal probe")
        async with holding, await self._new_connection(name="dusal probe") as other:
            key = (OURS, randrange(2**16, 2**31))  # noqa: S311 - as above
            before = await _one(holding, "SELECT pg_backend_pid(), pg_try_advisory_lock(%s, %s)", key)
            # An open transaction keeps the session it got: after it, another one is given to the first.
            async with other.transaction():
                meanwhile = await _one(other, "SELECT pg_backend_pid(), pg_try_advisory_lock(%s, %s)", key)
                after = await _one(holding, "SELECT pg_backend_pid(), pg_advisory_unlock(%s, %s)", key)
        if meanwhile[1] or before != after or before[0] == meanwhile[0]:
            raise PoolerError


def _refuse_old_server(number: int) -> None:
    if number < _OLDEST_SERVER:
        raise WrongDatabaseError("a service needs PostgreSQL 14 or newer")


def _refuse_other_tables(found: tuple[str] | None) -> None:
    if found is None or found[0] != schema.KNOWN_VERSION:
        raise SchemaIsNewerError(found=str(found and found[0]), known=schema.KNOWN_VERSION)


async def new_connection(url: URL, *, name: str) -> AsyncConnection[Any]:
    """Return a connection outside the pool, each statement for itself; `name` is what the server shows."""
    _, options = url.get_dialect()().create_connect_args(url)
    return await AsyncConnection.connect(
        **{**LINE, **options, "application_name": name}, autocommit=True, prepare_threshold=None
    )


async def _one(connection: AsyncConnection[Any], statement: str, given: Any) -> Any:  # one row
    cursor = await connection.execute(statement, given)  # type: ignore[arg-type,unused-ignore]  # ours
    return await cursor.fetchone()
