"""While another program receives this bot's updates, no process of ours sends (guarantees P04).

The process that polls finds out and ends; those that send are elsewhere, and read it in the database. It
stands there until one of ours has received again. On SQLite there is nobody else to be told.
"""

import asyncio
from datetime import datetime
from typing import Final

import structlog

from app.wiring import Parts
from scheduler.ticker import Job
from storage import bots
from storage.outage import AWAY

log = structlog.get_logger(__name__)

OTHER_RECEIVER: Final = "receiver"
"""Name of the reason why nothing is sent."""
_LOOK_SECONDS: Final = 1.0
_NOTE_SECONDS: Final = 5.0
"""A process that ends waits no longer for a database that is away."""


class OtherReceiver:
    """Whether another program has this bot's token and receives with it, told among our processes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stands = False
        self._heard_before: datetime | None = None

    async def found(self) -> None:
        """Tell every sender, before this process ends."""
        if self._parts.database.server is None:
            return
        now = self._parts.clock()
        try:
            async with asyncio.timeout(_NOTE_SECONDS):
                await self._parts.database.run(lambda tx: bots.note_other_receiver(tx, since=now))
        except (TimeoutError, *AWAY) as error:
            log.warning("other_receiver_not_told", error=type(error).__name__)

    async def over(self) -> None:
        """Let all send again: one of ours has received."""
        if self._parts.database.server is None:
            return
        await self._parts.database.run(lambda tx: bots.note_other_receiver(tx, since=None))
        self._open()

    async def look(self) -> None:
        """Shut the gate or open it, by what the database says; and say there when ours receive again."""
        if self._parts.database.server is None:
            return
        since = await self._parts.database.read(bots.other_receiver_at)
        if since is None:
            self._open()
            return
        heard_at = self._heard_at()
        if not self._stands:
            # What was received before says nothing: clocks of machines differ, so only a change counts.
            self._stands, self._heard_before = True, heard_at
            self._parts.gate.shut(OTHER_RECEIVER, says="another program receives this bot's updates")
        elif heard_at != self._heard_before:
            await self.over()

    def jobs(self) -> tuple[Job, ...]:
        """Return what each process does again and again."""
        if self._parts.database.server is None:
            return ()
        return (Job("other receiver", _LOOK_SECONDS, self.look),)

    def _open(self) -> None:
        self._stands = False
        self._parts.gate.open_again(OTHER_RECEIVER)

    def _heard_at(self) -> datetime | None:
        listener, webhook = self._parts.listener, self._parts.webhook
        if listener is not None:
            return listener.poller.heard_at
        return None if webhook is None else webhook.heard_at
