"""Several `dusal serve` on one PostgreSQL, and a line to it that can be cut."""

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Connection, create_engine, func, make_url, select

from academy.messages.joining import TypeCode
from academy.saying import say
from preview.phone_client import Phone
from scheduler.clock import system_clock
from storage import people
from storage.database import Database
from storage.tables import bots, inbox, outbox, send_attempts
from tests.app.serving_process import Serve, Town, free_port

LEASE_SECONDS = 3.0
"""Short, so that nobody waits; not so short that a busy machine is late with a sign of life."""
_PATIENCE_SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class Process:
    """One of them, and its health page."""

    serve: Serve
    health_port: int

    async def role(self) -> str:
        """Return what it says of itself; "" while it does not answer."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.health_port)
        except OSError:
            return ""
        writer.write(b"GET /health HTTP/1.0\r\n\r\n")
        told = (await reader.read()).partition(b"\r\n\r\n")[2]
        writer.close()
        return str(json.loads(told or b"{}").get("role", ""))

    async def becomes(self, role: str) -> float:
        """Return after how many seconds it says so."""
        begun = time.monotonic()
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while await self.role() != role:  # noqa: ASYNC110 - it is another process
                await asyncio.sleep(0.1)
        return time.monotonic() - begun


async def start(town: Town, *parts: str, database: str = "", crash_at: str = "") -> Process:
    """Start one more process with these parts (all of them without any)."""
    port = free_port()
    environ = {"DUSAL_WEB__ADDRESS": f"127.0.0.1:{port}"}
    if database:
        environ["DUSAL_DATABASE__URL"] = database
    options = ("--only", ",".join(parts)) if parts else ()
    return Process(serve=await town.serve(*options, crash_at=crash_at, environ=environ), health_port=port)


def say_to_all(town: Town, phones: Sequence[Phone], *, times: int) -> None:
    """Put messages into the outbox, as a handler does: each says which it is."""
    database = Database.open(town.database)

    def add(tx: Connection) -> None:
        now = system_clock()
        for phone in phones:
            known = people.by_address(tx, phone.id)
            person = known or people.add(tx, address=phone.id, name=phone.name, language="en", now=now)
            for number in range(times):
                say(tx, person_id=person.id, message=TypeCode(academy=f"{phone.name} {number}."), now=now)

    database.run_here(add)
    database.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of it all."""

    states: dict[str, int]
    doubled: int
    """Rows of which two copies may have arrived."""
    copies: dict[int, int]
    """How many messages were shown once, twice, …."""
    epochs: tuple[int, ...]
    """Which senders there were."""
    last_claim_before_first: bool
    """Whether each sender had made its last claim before the next one made its first."""


async def what_was_sent(town: Town, phones: Sequence[Phone]) -> Sent:
    """Return it once nothing is on its way."""
    database = Database.open(town.database)
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while database.read_here(_is_something_left):  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.2)
    states, doubled, terms = database.read_here(_kept)
    database.close()
    copies: Counter[int] = Counter()
    for phone in phones:
        texts = Counter(message.text for message in await phone.messages() if message.from_bot)
        copies.update(texts.values())
    return Sent(
        states=states,
        doubled=doubled,
        copies=dict(copies),
        epochs=tuple(epoch for epoch, _, _ in terms),
        last_claim_before_first=all(before[2] < after[1] for before, after in pairwise(terms)),
    )


def _is_something_left(tx: Connection) -> bool:
    unsaid = select(outbox.c.id).where(outbox.c.state.in_(("waiting", "sending", "uncertain"))).limit(1)
    return tx.execute(unsaid).one_or_none() is not None


def _kept(tx: Connection) -> tuple[dict[str, int], int, list[tuple[int, datetime, datetime]]]:
    """Return rows by state, how many are marked, and each sender's first and last claim."""
    states = tx.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state)).all()
    marked = select(func.count()).select_from(outbox).where(outbox.c.maybe_doubled)
    claimed_at = send_attempts.c.claimed_at
    terms = tx.execute(
        select(send_attempts.c.epoch, func.min(claimed_at), func.max(claimed_at))
        .group_by(send_attempts.c.epoch)
        .order_by(send_attempts.c.epoch)
    ).all()
    return (
        {row[0]: row[1] for row in states},
        tx.execute(marked).scalar_one(),
        [(epoch, first, last) for epoch, first, last in terms],
    )


async def sending_begins(town: Town) -> None:
    """Return once the present sender has claimed something."""
    database = Database.open(town.database)
    while not database.read_here(_is_claimed):  # noqa: ASYNC110 - it is another process
        await asyncio.sleep(0.05)
    database.close()


def _is_claimed(tx: Connection) -> bool:
    newest = select(send_attempts.c.epoch).where(
        send_attempts.c.epoch == select(bots.c.epoch).scalar_subquery()
    )
    return tx.execute(newest.limit(1)).first() is not None


def handled(town: Town) -> list[tuple[int, int, int, int, str]]:
    """Return sender, row, tries, handler and state of each update, in the order they were handled."""
    database = Database.open(town.database)
    rows = database.read_here(
        lambda tx: tx.execute(
            select(inbox.c.sender, inbox.c.id, inbox.c.tries, inbox.c.handler, inbox.c.state).order_by(
                inbox.c.handled_at, inbox.c.id
            )
        ).all()
    )
    database.close()
    return [tuple(row) for row in rows]


@dataclass(slots=True)
class Line:
    """A line to PostgreSQL; the connection that holds the locks can be cut without the holder's knowing."""

    address: str
    _locks: list[asyncio.StreamWriter] = field(default_factory=list)
    _carrying: set["asyncio.Task[object]"] = field(default_factory=set)
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _is_cut: bool = False

    def cut_locks(self) -> None:
        """End the server's side of it, keep the other side waiting, and let no new one through."""
        self._is_cut = True
        for server in self._locks:
            server.close()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, socket: str) -> None:
        """Carry one connection."""
        if (task := asyncio.current_task()) is not None:
            self._carrying.add(task)
        there, back = await asyncio.open_unix_connection(socket)
        self._writers += [writer, back]
        first = await reader.read(65536)
        is_lock = b"dusal locks" in first
        if is_lock and self._is_cut:
            await asyncio.Event().wait()
        if is_lock:
            self._locks.append(back)
        back.write(first)
        with contextlib.suppress(OSError):
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer, holds=is_lock))

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, holds: bool = False
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if holds and self._is_cut:
                    return
                writer.write(data)
                await writer.drain()
        if not (holds and self._is_cut):
            writer.close()

    async def end(self) -> None:
        """Carry nothing any more."""
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)
        for writer in self._writers:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@contextlib.asynccontextmanager
async def line(database: str) -> AsyncIterator[Line]:
    """Run such a line to `database`."""
    url = make_url(database)
    socket = str(Path(str(url.query["host"])) / f".s.PGSQL.{url.port or 5432}")
    made = Line("")
    door = await asyncio.start_server(partial(made.carry, socket=socket), "127.0.0.1", 0)
    port = door.sockets[0].getsockname()[1]
    plain = {"sslmode": "disable", "gssencmode": "disable"}
    address = url.set(drivername="postgresql", host="127.0.0.1", port=port, query=plain)
    made.address = address.render_as_string(hide_password=False)
    yield made
    door.close()
    await made.end()


def ready_database(postgresql_url: str, name: str, *, template: str) -> str:
    """Make a database with every table and return its address, as settings write it."""
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    engine.dispose()
    url = make_url(postgresql_url).set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)
