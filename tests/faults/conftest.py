"""What arrived is recorded in the test's own process: a killed child takes nothing with it."""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("child.py")
ROOT = Path(__file__).parents[2]


class Recorder:
    """Hands out updates and remembers every message that was accepted."""

    def __init__(self, updates: int) -> None:
        self.updates = list(range(1, updates + 1))
        self.arrived: Counter[str] = Counter()
        self.port = 0
        self.latency_seconds = 0.003

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            question = json.loads(await reader.readline() or b"{}")
            if "say" in question:
                # Accepted before the answer: a child killed now does not know that it arrived.
                self.arrived[question["say"]] += 1
                await asyncio.sleep(self.latency_seconds)
                told: object = {"message_id": self.arrived.total()}
            else:
                first = question.get("updates_from", 0)
                told = {"updates": [number for number in self.updates if number >= first][:10]}
            writer.write(json.dumps(told).encode() + b"\n")
            await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def run_child(self, url: str, *, crash_at: str | None = None) -> asyncio.subprocess.Process:
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        environ.pop("DUSAL_CRASH_AT", None)
        if crash_at is not None:
            environ["DUSAL_CRASH_AT"] = crash_at
        return await asyncio.create_subprocess_exec(
            sys.executable, str(CHILD), url, str(self.port), env=environ, stdout=asyncio.subprocess.DEVNULL
        )


@pytest.fixture
async def recorder() -> AsyncIterator[Recorder]:
    made = Recorder(updates=14)
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()
