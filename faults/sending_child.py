"""A child that sends what is in the outbox, and starts what is due: the real sender, the real job."""

import asyncio
import signal
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select

from academy import delivering
from academy.facts import AcademyFacts
from app.sender import Sender
from faults.lines import Line
from scheduler.budget import Budget
from scheduler.clock import Clock, system_clock
from storage import bots
from storage.bots import Bot
from storage.database import Database
from storage.outbox import is_open
from storage.tables import outbox as table

BOT = Bot(bot_id=4242, username="dusal_bot", name="Dusal")
ACADEMY = AcademyFacts(name="City")
_LOOK_SECONDS = 0.05


async def live(
    *,
    url: str,
    port: int,
    life: int,
    rate: int,
    quarantine_seconds: float,
    chat_seconds: float = 0.0,
    ahead_seconds: float = 0.0,
    ticks: bool = False,
    until_said: bool = True,
) -> int:
    """Send until nothing is left to say, or until SIGTERM.

    `ahead_seconds` is how far this child's clock is ahead of the system's; with `ticks` it starts
    lessons as `dusal serve` does; `until_said=False` waits for what may yet become due.
    """

    def clock() -> datetime:
        return system_clock() + timedelta(seconds=ahead_seconds)

    database = Database.open(url)
    with database.hold(now=clock()):
        database.prepare_held()
        await database.start()
        await database.run(lambda tx: bots.bind(tx, bot=BOT, now=clock()))
        sender = Sender(
            database,
            Line(port=port, life=life),
            bot_id=BOT.bot_id,
            clock=clock,
            budget=Budget(rate_per_second=rate, chat_seconds=chat_seconds),
            quarantine=timedelta(seconds=quarantine_seconds),
        )
        await sender.take_over()
        stopping = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
        sending = asyncio.create_task(sender.run())
        while not stopping.is_set() and not sending.done():
            if ticks:
                await _tick(database, sender, clock)
            if until_said and not await database.read(_is_something_left):
                break
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await stopping.wait()
            except TimeoutError:
                continue
        sender.stop()
        await sending
        await database.stop()
    return 0


async def _tick(database: Database, sender: Sender, clock: Clock) -> None:
    if await database.run(partial(delivering.tick, now=clock(), academy=ACADEMY, limit=10)):
        sender.wake()


def _is_something_left(tx: Connection) -> bool:
    return tx.execute(select(table.c.id).where(is_open()).limit(1)).one_or_none() is not None
