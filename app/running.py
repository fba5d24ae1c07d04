"""A service from nothing to running: the lock, the tables, the bot's name, and it listens.

Everything else is imported while it listens, in a thread: so this module imports nothing of the
academy, and `app.service` only when it is needed.
"""

import asyncio
import contextlib
import importlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.listening import Listener, connected, introduced
from app.settings import Settings
from bot.receiving import set_webhook
from scheduler.clock import Clock
from storage import bots
from storage.database import Database
from storage.errors import WrongDatabaseError

if TYPE_CHECKING:
    from app.service import Service

_LATELY = timedelta(minutes=1)
"""Longer than the distance between two notes that the service is alive."""


@contextlib.asynccontextmanager
async def running(settings: Settings, *, url: str, clock: Clock) -> "AsyncIterator[Service]":
    """Run a service while the `async with` block lasts.

    Raises StorageError when the database cannot be used (AlreadyRunningError among them), and
    ReceivingStoppedError when Telegram does not know the token.
    """
    async with AsyncExitStack() as stack:
        database = Database.open(url)
        if database.file is not None:
            _make_folder(database.file.parent)
        stack.enter_context(database.hold(now=clock()))
        database.prepare_held()
        await database.start()
        stack.push_async_callback(database.stop)
        lines = await stack.enter_async_context(connected(settings))
        me = await introduced(lines)
        now = clock()
        await database.run(lambda tx: bots.bind(tx, bot=me, now=now))
        listener = None
        if settings.telegram.mode == "polling":
            listener = Listener(lines, clock=clock)
            stack.push_async_callback(listener.stop)
        # In a thread, so that the first request leaves meanwhile.
        await asyncio.to_thread(importlib.import_module, "app.service")
        from app.service import Service
        from app.wiring import join

        alive_at = await database.read(bots.alive_at)
        parts = join(
            settings,
            connected=lines,
            listener=listener,
            me=me,
            database=database,
            clock=clock,
            restarted=alive_at is not None and now - alive_at < _LATELY,
        )
        service = Service(parts, settings=settings)
        await service.start()
        stack.push_async_callback(service.stop)
        if service.parts.webhook is not None:
            webhook = settings.telegram.webhook
            await set_webhook(lines.bot, url=webhook.url, secret=webhook.secret.get_secret_value())
        yield service


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongDatabaseError(f"the folder {folder} cannot be used ({error.strerror})") from error
