"""A service from nothing to running: the lock, the tables, the bot's name, and it listens.

Everything else is imported while it listens, in a thread: so this module imports nothing of the
academy, and `app.service` only when it is needed.
"""

import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.clock_guard import check as check_clock
from app.clock_guard import heard_on
from app.listening import Listener, connected, introduced
from app.loading import loaded
from app.service_parts import ALL_PARTS, Part
from app.settings import Settings
from app.zone_rules import check as check_zones
from bot.receiving import set_webhook
from scheduler.clock import Clock
from storage import bots
from storage.database import Database
from storage.errors import WrongDatabaseError
from storage.lease_names import LEASES, LeaseName

if TYPE_CHECKING:
    from app.leading import Leased
    from app.service import Service


@contextlib.asynccontextmanager
async def running(
    settings: Settings,
    *,
    url: str,
    clock: Clock,
    data: Path | None = None,
    chosen: frozenset[Part] = ALL_PARTS,
) -> "AsyncIterator[Service]":
    """Run a service while the `async with` block lasts; only the parts `chosen` on PostgreSQL.

    Raises StorageError when the database cannot be used (AlreadyRunningError among them), and
    ReceivingStoppedError when Telegram does not know the token. Raises ClockWrongError when the
    computer's clock cannot be right.
    """
    check_clock(None)
    check_zones()
    async with AsyncExitStack() as stack:
        database = Database.open(url)
        leading = await _taken(database, settings, stack=stack, now=clock(), chosen=chosen)
        await database.start()
        stack.push_async_callback(database.stop)
        lines = await stack.enter_async_context(connected(settings))
        me = await introduced(lines)
        check_clock(heard_on(lines)())
        now, environment = clock(), settings.academy.environment
        await database.run(lambda tx: bots.bind(tx, bot=me, environment=environment, now=now))
        listener = None
        if settings.telegram.mode == "polling" and "receive" in chosen:
            listener = Listener(lines, clock=clock)
            if leading is None:
                # Nobody else can be there, so the first request leaves before the rest is loaded.
                listener.begin()
            stack.push_async_callback(listener.stop)
        # In a thread, so that the first request leaves meanwhile.
        await loaded("app.service")
        from app.service import Service
        from app.wiring import join
        from storage import send_attempts

        # On PostgreSQL whoever begins to send is silent for a second: it goes by no other machine's clock.
        last_claimed_at = None if leading else await database.read(send_attempts.last_claimed_at)
        parts = join(
            settings,
            connected=lines,
            listener=listener,
            me=me,
            database=database,
            clock=clock,
            last_claimed_at=last_claimed_at,
            data=data,
            chosen=chosen,
            leading=leading,
        )
        service = Service(parts, settings=settings)
        await service.start()
        stack.push_async_callback(service.stop)
        if service.parts.webhook is not None:
            webhook = settings.telegram.webhook
            await set_webhook(lines.bot, url=webhook.url, secret=webhook.secret.get_secret_value())
            await service.other_receiver.over()
        yield service


async def _taken(
    database: Database,
    settings: Settings,
    *,
    stack: AsyncExitStack,
    now: datetime,
    chosen: frozenset[Part],
) -> "Leased | None":
    """Take the database: on SQLite for ourselves, on PostgreSQL as one of many (then return as which)."""
    if database.server is None:
        if chosen != ALL_PARTS:
            raise WrongDatabaseError(
                "--only needs PostgreSQL: a SQLite database belongs to one process, which does everything"
            )
        assert database.file is not None
        _make_folder(database.file.parent)
        stack.enter_context(database.hold(now=now))
        database.prepare_held()
        return None
    database.prepare(now=now)
    # The driver is loaded where there is a server only.
    from app.leading import Leased
    from storage.lock_session import LockSession

    names: set[LeaseName] = {name for name in LEASES if name in chosen}
    if settings.telegram.mode == "webhook":
        # Telegram comes by itself, and any number of us may take what it brings.
        names.discard("receive")
    session = LockSession(database.server, lease_seconds=settings.database.lease_seconds, names=names)
    await session.open()
    leased = Leased(session)
    stack.push_async_callback(leased.close)
    return leased


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongDatabaseError(f"the folder {folder} cannot be used ({error.strerror})") from error
