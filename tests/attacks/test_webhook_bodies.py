"""Posts over a real line to the door of the webhook: endless, slow, wrong, or while nothing can be kept."""

import asyncio
import contextlib
import json
import socket
import time
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import OperationalError

from app.log_setup import set_up
from app.serving import http_server
from app.web import application
from bot.receiving import Webhook
from storage.inbox import Received

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECRET = "correct-horse-battery-staple"
UPDATE = json.dumps({"update_id": 7, "message": {"from": {"id": 42}, "text": "hi"}}).encode()
BODY_SECONDS = 0.5


@pytest.fixture(autouse=True)
def quiet_log() -> None:
    set_up(level="CRITICAL")


class Kept:
    """Keeps updates, or is away like a database."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.away: Exception | None = None

    async def __call__(self, updates: Sequence[Received]) -> None:
        if self.away is not None:
            raise self.away
        self.numbers += [update.update_id for update in updates]


async def health() -> dict[str, object]:
    return {"healthy": True}


@asynccontextmanager
async def door(kept: Kept) -> AsyncIterator[int]:
    """Serve the webhook as the service does; yields the port."""
    webhook = Webhook(secret=SECRET, keep=kept, clock=lambda: NOW, body_seconds=BODY_SECONDS)
    web = application(health=health, webhook=webhook, webhook_url="https://bot.example.org/hook")
    server = http_server(web)
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        opened.listen()
        serving = asyncio.create_task(server.serve(sockets=[opened]))
        try:
            yield opened.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


async def post(port: int, *pieces: bytes, head: str = "", pause: float = 0.0) -> tuple[int, dict[str, str]]:
    """Post pieces as they are, and return status and headers of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    framing = head or f"Content-Length: {sum(map(len, pieces))}\r\n"
    known = f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"
    writer.write(f"POST /hook HTTP/1.1\r\nHost: x\r\n{known}{framing}\r\n".encode())

    async def send() -> None:
        # Who refuses a body may close the line before it is sent.
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)

    sending = asyncio.create_task(send())
    try:
        answer = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        writer.close()
    headers = dict(line.lower().split(": ", 1) for line in answer[1:] if ": " in line)
    return int(answer[0].split()[1]), headers


async def test_a_hundred_megabytes_are_refused_and_fill_no_memory() -> None:
    kept, piece = Kept(), b"x" * 100_000
    async with door(kept) as port:
        tracemalloc.start()
        try:
            status, _ = await post(port, *[piece] * 1_000)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        after, _ = await post(port, UPDATE)

    assert (status, after, kept.numbers) == (413, 200, [7])
    assert most < 8 * 1024 * 1024


async def test_a_body_that_never_ends_is_given_up() -> None:
    kept = Kept()
    async with door(kept) as port:
        begun = time.monotonic()
        status, _ = await post(port, *[b"{"] * 100, head="Content-Length: 1000\r\n", pause=0.1)
        took = time.monotonic() - begun
        after, _ = await post(port, UPDATE)

    assert (status, after, kept.numbers) == (408, 200, [7])
    assert BODY_SECONDS <= took < 10


async def test_a_head_that_never_ends_is_given_up() -> None:
    kept, piece = Kept(), b"a" * 16_384
    async with door(kept) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /hook HTTP/1.1\r\nHost: x\r\nX-Long: ")
        answer = b""
        # Hanging up on what is still coming may cost the answer; a door that waited for more would time out.
        async with asyncio.timeout(10):
            with contextlib.suppress(ConnectionError):
                for _ in range(64):
                    writer.write(piece)
                    await writer.drain()
                answer = await reader.read()
        writer.close()
        after, _ = await post(port, UPDATE)

    assert answer[:13] in {b"HTTP/1.1 400 ", b""}
    assert (after, kept.numbers) == (200, [7])


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (b"[" * 900_000, ""),
        (b'{"update_id": 7', ""),
        (b"", ""),
        (UPDATE[:-1] + b"\xff}", ""),
        (b"update_id=7", "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n"),
        (b"--x\r\n\r\n7\r\n--x--", "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 15\r\n"),
        (b'{"update_id": "7"}', ""),
        (b'{"update_id": true}', ""),
        (b'{"update_id": 1e400}', ""),
    ],
    ids=["deep", "half", "empty", "no text", "form", "parts", "words", "truth", "infinite"],
)
async def test_what_is_no_update_is_refused_and_leaves_nothing(body: bytes, head: str) -> None:
    kept = Kept()
    async with door(kept) as port:
        status, _ = await post(port, body, head=head)

    assert (status, kept.numbers) == (400, [])


async def test_while_nothing_can_be_kept_telegram_is_asked_to_come_again() -> None:
    kept = Kept()
    async with door(kept) as port:
        kept.away = OperationalError("INSERT", {}, Exception("the server is away"))
        refused = await post(port, UPDATE)
        kept.away = None
        taken, _ = await post(port, UPDATE)

    assert (refused[0], refused[1]["retry-after"]) == (503, "5")
    assert (taken, kept.numbers) == (200, [7])
