"""The whole service against a Telegram of our own: what the preview, the demo and the journeys run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from app.moving import ServiceMover
from app.running import running
from app.service import Service
from app.settings import Settings
from preview.limits import NO_RATE_LIMITS, STRICT_RATE_LIMITS, RateLimits
from preview.movable_clock import MovableClock, ticking_clock
from preview.server import PreviewServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A running service and the phones' side of it."""

    server: PreviewServer
    service: Service
    mover: ServiceMover
    clock: MovableClock
    settings: Settings


@asynccontextmanager
async def trial(
    settings: Settings,
    *,
    database_url: str,
    start: datetime,
    port: int = 0,
    clock: MovableClock | None = None,
    rate_limits: RateLimits = STRICT_RATE_LIMITS,
) -> AsyncIterator[Trial]:
    """Run a trial that begins at `start`; the settings' token and address are replaced by the trial's.

    People in a story tap faster than people do, so with `NO_RATE_LIMITS` the service does not pace
    itself either.

    Without `clock` the time also runs by itself, a second each second.
    """
    clock = clock or ticking_clock(start)
    zone = ZoneInfo(settings.academy.zone)
    async with PreviewServer(clock=clock, port=port, zone=zone, rate_limits=rate_limits) as server:
        pointed = pointed_at(settings, server, paced=rate_limits is not NO_RATE_LIMITS)
        async with running(pointed, url=database_url, clock=clock) as service:
            mover = ServiceMover(service, server=server, clock=clock)
            server.mover = mover
            yield Trial(server=server, service=service, mover=mover, clock=clock, settings=pointed)


def pointed_at(settings: Settings, server: PreviewServer, *, paced: bool) -> Settings:
    """Return the settings for a bot of this server; without `paced` the service does not hold itself back."""
    telegram = settings.telegram.model_copy(
        update={"token": SecretStr(server.token), "api_url": server.url, "mode": "polling"}
    )
    limits = settings.limits
    if not paced:
        limits = limits.model_copy(
            update={"messages_per_second": 1000, "seconds_per_chat": 0.0, "updates_per_minute": 600}
        )
    return settings.model_copy(update={"telegram": telegram, "limits": limits})
