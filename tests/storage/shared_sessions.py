"""A pooler in transaction mode, as small as it can be: clients share two sessions of the server.

A session is a client's from the first word of a transaction to its end; then anybody's. The last one
given back is the first one given out, as PgBouncer does it.
"""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

_PROTOCOL_3 = 196608
_READY, _FAILED = b"Z", b"E"


@dataclass(frozen=True, slots=True)
class _Session:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    greeting: bytes


class _Pooler:
    def __init__(self, server: URL) -> None:
        host = server.query["host"]
        self._socket = Path(str(host)) / f".s.PGSQL.{server.port or 5432}"
        self._user, self._database = server.username or "postgres", server.database or "postgres"
        self._idle: list[_Session] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session: _Session | None = None
        try:
            while (await _startup(reader))[0] != _PROTOCOL_3:
                writer.write(b"N")
            session = await self._take()
            writer.write(session.greeting)
            self._idle.append(session)
            session = None
            while (asked := await _group(reader)) is not None:
                session = session or await self._take()
                session.writer.write(asked)
                answered, in_transaction = await _until_ready(session.reader)
                if not in_transaction:
                    self._idle.append(session)
                    session = None
                writer.write(answered)
        except asyncio.IncompleteReadError:
            pass
        finally:
            if session is not None:
                session.writer.close()
            writer.close()

    async def _take(self) -> _Session:
        if self._idle:
            return self._idle.pop()
        reader, writer = await asyncio.open_unix_connection(str(self._socket))
        words = b"".join(
            part.encode() + b"\0" for part in ("user", self._user, "database", self._database, "")
        )
        writer.write(struct.pack("!ii", len(words) + 8, _PROTOCOL_3) + words)
        greeting, _ = await _until_ready(reader)
        return _Session(reader, writer, greeting)

    def close(self) -> None:
        for session in self._idle:
            session.writer.close()


@contextlib.asynccontextmanager
async def shared_sessions(server: URL) -> AsyncIterator[URL]:
    """Run the pooler; yield the address under which a service would find it."""
    pooler = _Pooler(server)
    door = await asyncio.start_server(pooler.serve, "127.0.0.1", 0)
    async with door:
        port = door.sockets[0].getsockname()[1]
        yield server.set(host="127.0.0.1", port=port, query={"sslmode": "disable", "gssencmode": "disable"})
        pooler.close()


async def _startup(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    length, code = struct.unpack("!ii", await reader.readexactly(8))
    return code, await reader.readexactly(length - 8)


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(struct.unpack("!i", head[1:])[0] - 4)


async def _group(reader: asyncio.StreamReader) -> bytes | None:
    """Return what a client asks before it waits for an answer; None when it takes its leave."""
    asked = b""
    while True:
        kind, message = await _message(reader)
        if kind == b"X":
            return None
        asked += message
        if kind in {b"S", b"Q"}:
            return asked


async def _until_ready(reader: asyncio.StreamReader) -> tuple[bytes, bool]:
    answered = b""
    while True:
        kind, message = await _message(reader)
        answered += message
        if kind == _READY:
            return answered, message[5:] != b"I"
