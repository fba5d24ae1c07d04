"""The course of a preview is read again whenever one of its files was saved."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from app.commands.course_watch import Snapshot, snapshot
from lessons.reader import Reading

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.25
"""Between two looks; a course is read once two of them in a row find the same."""


class Reloading:
    """Watches the files of a course and hands on what they say."""

    def __init__(
        self,
        path: Path,
        *,
        read: Callable[[Path], Awaitable[Reading]],
        take: Callable[[Reading], Awaitable[None]],
        known: Snapshot,
        look: Callable[[Path], Snapshot] = snapshot,
    ) -> None:
        """Watch from `known` on: what the files looked like before they were read for the first time."""
        self._path = path
        self._read = read
        self._take = take
        self._look = look
        self._known = known
        self._seen = known

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> bool:
        """Return whether the course was read again: it changed, and is no longer being written."""
        found = await asyncio.to_thread(self._look, self._path)
        steady, self._seen = found == self._seen, found
        # An editor may empty a file before it fills it: half of a course is not what was meant.
        if not steady or found == self._known:
            return False
        self._known = found
        try:
            await self._take(await self._read(self._path))
        except Exception:
            # An edge: one bad reading must not end the preview.
            log.exception("course_not_taken")
        return True
