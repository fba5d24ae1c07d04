"""A running server with a set clock, and somebody to talk to it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from preview.limits import NO_RATE_LIMITS
from preview.movable_clock import MovableClock
from preview.server import PreviewServer
from tests.loopback import NO_TLS
from tests.preview.wire import OLENA, PETRO, Wire


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))


@pytest.fixture
async def wire(clock: MovableClock) -> AsyncIterator[Wire]:
    server = PreviewServer(
        clock=clock, people=(OLENA, PETRO), rate_limits=NO_RATE_LIMITS, webhook_pause_seconds=0.01
    )
    async with server, httpx.AsyncClient(base_url=server.url, timeout=10, verify=NO_TLS) as http:
        yield Wire(server, clock, http)


@pytest.fixture
async def met(wire: Wire) -> Wire:
    """Olena has pressed START, and the bot knows."""
    await wire.act("text", text="/start")
    updates = await wire.updates()
    await wire.updates(offset=updates[-1]["update_id"] + 1)
    return wire
