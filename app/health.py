"""How the service does, for whoever watches it: the loops, what waits, and what stands in the way.

Nothing here says a name or what somebody wrote: these pages are read by machines and kept by them.
"""

import asyncio
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

from app.pulse import Pulse
from app.service import Service
from storage import health_facts, schema
from storage.health_facts import Standing, Totals

READY_SECONDS: Final = 2.0
"""A database that takes longer to answer is not ready for traffic."""

_RECOUNT_SECONDS: Final = 15.0
_RECOUNT_PART: Final = 50
"""Counting everything again takes at most a fiftieth of the time, however much there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything /metrics tells, at one moment."""

    now: datetime
    standing: Standing
    totals: Totals
    database_bytes: int
    lag_p50_seconds: float
    lag_p99_seconds: float
    paused: Mapping[str, str]
    """Why nothing may be sent: name and sentence; empty while it may."""
    budget_used: float
    """Part of the messages per second that were sent in the last minute, 0..1."""
    last_ticks: Mapping[str, datetime]
    """For each loop when it last went round; a loop that never has is missing."""
    running: Mapping[str, bool]
    leading: bool


class Health:
    """Answers what is asked about one running service."""

    def __init__(self, service: Service, *, pulse: Pulse, rate_per_second: int) -> None:
        self._service = service
        self._pulse = pulse
        self._rate_per_second = rate_per_second
        self._totals: Totals | None = None
        self._recount_at = 0.0

    async def health(self) -> Mapping[str, object]:
        """Return what /health says: is every loop going round?"""
        told = dict(await self._service.health())
        told["sending_paused"] = dict(self._service.parts.gate.reasons)
        told["loop_lag_p99_seconds"] = round(self._pulse.lag_seconds(0.99), 4)
        return told

    async def ready(self) -> Mapping[str, object]:
        """Return what /ready says: may traffic come here? Reads the database, in two seconds at most."""
        database = self._service.parts.database
        async with asyncio.timeout(READY_SECONDS):
            found = await database.read(schema.version)
        running = self._service.running
        return {
            "ready": found == schema.KNOWN_VERSION and all(running.values()),
            "database": True,
            "schema": found,
            "schema_known": schema.KNOWN_VERSION,
            "role": self._service.role,
        }

    async def snapshot(self) -> Snapshot:
        """Return everything that /metrics tells."""
        service = self._service
        parts = service.parts
        now = parts.clock()
        tally = parts.sender.tally
        return Snapshot(
            now=now,
            standing=await parts.database.read(lambda tx: health_facts.standing(tx, now=now)),
            totals=await self._counted(),
            database_bytes=await parts.database.read(health_facts.bytes_used),
            lag_p50_seconds=self._pulse.lag_seconds(0.5),
            lag_p99_seconds=self._pulse.lag_seconds(0.99),
            paused=parts.gate.reasons,
            budget_used=min(1.0, tally.recent(now=now) / 60 / self._rate_per_second),
            last_ticks=service.last_ticks,
            running=service.running,
            leading=service.leading,
        )

    async def metrics(self) -> tuple[bytes, str]:
        """Return the page that Prometheus asks for, and its content type."""
        snapshot = await self.snapshot()
        # In a thread and at the first question: nobody may ask, and a start must not wait for it.
        metrics = await asyncio.to_thread(importlib.import_module, "app.metrics")
        return metrics.page(snapshot, tally=self._service.parts.sender.tally), metrics.CONTENT_TYPE

    async def _counted(self) -> Totals:
        """Return the counts of everything, a little old where counting takes long."""
        begun = monotonic()
        if self._totals is None or begun >= self._recount_at:
            self._totals = await self._service.parts.database.read(health_facts.totals)
            took = monotonic() - begun
            self._recount_at = begun + max(_RECOUNT_SECONDS, _RECOUNT_PART * took)
        return self._totals
