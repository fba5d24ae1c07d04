"""Moving the clock of a trial: nothing that falls due on the way is jumped over.

The clock stops at every due moment, what is due is done, everything is said and heard, and only then
it goes on. Nothing sleeps.
"""

import contextlib
from datetime import datetime

from app.service import Service
from preview.movable_clock import MovableClock
from preview.server import PreviewServer

_SECONDS_TO_FETCH = 30.0
"""The bot polls all the time; an update that waits longer than this is never going to be fetched."""
_MOST_STOPS = 100_000
"""More stops than any trial has: an agenda that never moves on is a fault, not a reason to hang."""


class ServiceMover:
    """Moves the clock of one service (preview.movable_clock.Mover)."""

    def __init__(self, service: Service, *, server: PreviewServer, clock: MovableClock) -> None:
        self._service = service
        self._server = server
        self._clock = clock

    async def advance(self, *, to: datetime) -> None:
        """Move to `to`, stopping at each due moment until its work is done."""
        await self.settled()
        for _ in range(_MOST_STOPS):
            due_at = await self._service.next_due_at()
            if due_at is None or due_at > to:
                break
            self._move(due_at)
            await self._service.tick()
            await self.settled()
        else:
            raise RuntimeError("something is due again and again at the same moment")
        self._move(to)
        await self._service.tick()
        await self.settled()

    async def next_lesson_at(self) -> datetime | None:
        """Return when the next learner is due."""
        return await self._service.next_lesson_at()

    async def settled(self) -> None:
        """Return once every update is fetched, handled and answered, and everything is said."""
        queue = self._server.world.queue
        while True:
            await queue.changes.until(lambda: not queue.waiting(), seconds=_SECONDS_TO_FETCH)
            await self._service.drained()
            if not queue.waiting():
                return

    def _move(self, to: datetime) -> None:
        # A clock that also runs by itself may have passed the moment meanwhile.
        with contextlib.suppress(ValueError):
            self._clock.set(to)
