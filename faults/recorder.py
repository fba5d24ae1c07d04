"""The other end of a loopback socket: what arrived is known here, whoever is killed over there.

One JSON line asks, one JSON line answers, on a connection for each. What has come in is accepted even
when its asker is gone by then, as Telegram does (guarantees, fact 2): a killed child may have sent it.
"""

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One message that was accepted or refused."""

    to: int
    say: str
    life: int
    """Which child sent it, counted from 1."""
    at: float
    """Monotonic seconds at which it was accepted."""


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Takes messages, and hands out whatever a run puts into `hand_out`."""

    random: Random
    latency_seconds: float = 0.003
    """Mean of the time until a message is accepted, and again until that is answered."""
    arrived: list[Arrival] = field(default_factory=list)
    refused: list[Arrival] = field(default_factory=list)
    judge: Callable[[Arrival], float | None] = lambda _: None
    """Returns the `retry_after` of a 429, or None to accept."""
    on_arrival: Callable[[], None] = lambda: None
    hand_out: Callable[[dict[str, Any]], object] = lambda _: {}
    """Answers everything that is not a message."""
    port: int = 0
    _in_hand: set[asyncio.Task[None]] = field(default_factory=set)
    _message_id: int = 0

    def copies(self) -> Counter[tuple[int, str]]:
        """Return how often each message arrived."""
        return Counter((arrival.to, arrival.say) for arrival in self.arrived)

    async def settle(self) -> None:
        """Return once everything that came in is accepted or refused."""
        while self._in_hand:
            await asyncio.wait(self._in_hand)

    async def until(self, arrivals: int) -> None:
        """Return once so many have arrived in all."""
        while len(self.arrived) < arrivals:  # noqa: ASYNC110 - many wait for many numbers
            await asyncio.sleep(0.002)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._answer(reader, writer))
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            try:
                line = await reader.readline()
                if not line.endswith(b"\n"):
                    return
                if line.startswith(b"POST"):
                    writer.write(await _answered_http(reader))
                else:
                    asked = json.loads(line)
                    answer = await self._taken(asked) if "say" in asked else self.hand_out(asked)
                    writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
            finally:
                writer.close()

    async def _taken(self, asked: dict[str, Any]) -> dict[str, object]:
        await self._pass()
        arrival = Arrival(to=asked["to"], say=asked["say"], life=asked["life"], at=time.monotonic())
        retry_after = self.judge(arrival)
        if retry_after is not None:
            self.refused.append(arrival)
            return {"retry_after": retry_after}
        self.arrived.append(arrival)
        self._message_id += 1
        told: dict[str, object] = {"message_id": self._message_id}
        # Accepted before the answer: a child killed now does not know that it arrived.
        self.on_arrival()
        await self._pass()
        return told

    async def _pass(self) -> None:
        if self.latency_seconds:
            await asyncio.sleep(self.random.expovariate(1 / self.latency_seconds))


async def _answered_http(reader: asyncio.StreamReader) -> bytes:
    """Answer an HTTP request of the Bot API with "done": presses are answered this way."""
    length = 0
    while (header := await reader.readline()) not in {b"\r\n", b""}:
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    await reader.readexactly(length)
    body = b'{"ok": true, "result": true}'
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body


@asynccontextmanager
async def recording(*, random: Random, latency_seconds: float = 0.003) -> AsyncIterator[Recorder]:
    """Listen on 127.0.0.1 while the block lasts."""
    recorder = Recorder(random=random, latency_seconds=latency_seconds)
    server = await asyncio.start_server(recorder.take, "127.0.0.1", 0)
    recorder.port = server.sockets[0].getsockname()[1]
    try:
        yield recorder
    finally:
        server.close()
        await server.wait_closed()
        await recorder.settle()
