"""Hearing on PostgreSQL what other processes' commits tell: one connection that only listens.

A notice that is missed, because the line was down, is no loss: whoever is called looks at the table
anyway, and after each new connection everybody is called once. Tables are also looked at every
second without being told.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

import psycopg
import structlog
from sqlalchemy import URL

from storage.lock_session import new_connection
from storage.notices import CHANNELS, Channel

log = structlog.get_logger(__name__)

_AGAIN_SECONDS = 1.0


class Hearing:
    """Listens on the running loop until it is closed."""

    def __init__(self, url: URL, *, told: Mapping[Channel, Callable[[], None]]) -> None:
        """Take whom to call for which table."""
        self._url = url
        self._told = {CHANNELS[channel]: call for channel, call in told.items()}
        self._task = asyncio.create_task(self._listen(), name="hearing")

    async def close(self) -> None:
        """Listen no more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        away = False
        while True:
            try:
                await self._hear()
            except (psycopg.Error, OSError) as error:
                # Looking at the tables goes on meanwhile, so this is worth a line and no more.
                if not away:
                    log.warning("notices are not heard", error=type(error).__name__)
                away = True
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _hear(self) -> None:
        connection = await new_connection(self._url, name="dusal hearing")
        try:
            for channel in self._told:
                # A name of ours out of a closed set, never somebody's words.
                await connection.execute(f'LISTEN "{channel}"'.encode())
            for call in self._told.values():
                call()
            async for notice in connection.notifies():
                if (heard := self._told.get(notice.channel)) is not None:
                    heard()
        finally:
            with suppress(psycopg.Error, OSError):
                await connection.close()
