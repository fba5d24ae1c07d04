"""One running service: what starts when, what stops when, and what is done again and again.

Starting: the lock, the tables, the bot's name, what a crash left in hand, the sender's epoch, then
listening. Stopping is the other way round, and nothing that was taken in is dropped. A part that
ends by itself ends the service: a bot that is up but deaf helps nobody (guarantees P14).
"""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from academy import announcing, delivering, drafting, privacy
from academy.facts import AcademyFacts
from app.settings import Settings
from app.wiring import Parts
from bot.commands import Staff
from scheduler.ticker import Job, Ticker
from storage import announcements, bots, due, inbox, outbox, roles

log = structlog.get_logger(__name__)

STOP_SECONDS = 10.0
AWAY = timedelta(seconds=150)
"""Telegram keeps presses of buttons about this long while nobody takes them (telegram.md, 2)."""
_BATCH = 100


class Service:
    """The parts of one academy, running."""

    def __init__(self, parts: Parts, *, settings: Settings) -> None:
        self.parts = parts
        self._settings = settings
        self._ticker = Ticker(self._jobs(), report=self._job_failed, clock=parts.clock)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Take over sending, and begin to listen, to handle and to tick."""
        parts = self.parts
        await parts.router.recover()
        await parts.sender.take_over()
        parts.database.on_wake(self._woken)
        self._tasks = [
            asyncio.create_task(parts.router.run(), name="handling"),
            asyncio.create_task(parts.sender.run(), name="sending"),
        ]
        if parts.listener is not None:
            parts.listener.hand_to(parts.router.keep)
            self._tasks.append(parts.listener.task)
        await self._look_back()
        self._ticker.start()

    async def failed(self) -> None:
        """Return never; raise what a part raised that ended by itself."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
            raise RuntimeError(f"{task.get_name()} ended by itself")

    async def stop(self) -> None:
        """Stop listening, finish what is in hand, send what is under way, and record it."""
        parts = self.parts
        await self._ticker.stop()
        for task in self._tasks:
            if task.get_name() != "sending":
                task.cancel()
        await parts.router.finish(within_seconds=STOP_SECONDS)
        parts.sender.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(Exception):
            await parts.database.run(self._note_alive)

    async def tick(self) -> None:
        """Do at once what is due at the clock's present moment."""
        await self._ticker.tick_once()
        self.parts.sender.wake()

    async def next_due_at(self) -> datetime | None:
        """Return the next moment at which something is due or may be sent; None for never."""
        now = self.parts.clock()
        moments = await self.parts.database.read(
            lambda tx: (
                due.next_due_at(tx),
                outbox.next_at(tx, now=now),
                inbox.next_retry_at(tx),
                announcements.next_planned_at(tx, now=now),
            )
        )
        return min((moment for moment in moments if moment is not None), default=None)

    async def next_lesson_at(self) -> datetime | None:
        """Return when the next learner is due; None when nobody is."""
        return await self.parts.database.read(due.next_due_at)

    async def drained(self) -> None:
        """Return once nothing waits that can be handled or said at the clock's present moment."""
        while True:
            await self.parts.router.idle()
            now = self.parts.clock()
            open_updates, unsaid = await self.parts.database.read(partial(_open, now=now))
            if not unsaid and not open_updates:
                return
            if open_updates:
                self.parts.router.look()
            self.parts.sender.wake()
            await asyncio.sleep(0.01)

    async def health(self) -> Mapping[str, object]:
        """Return what /health says: for each loop when it last went round."""
        parts = self.parts
        receiver = parts.listener.poller if parts.listener is not None else parts.webhook
        ticks = {name: moment.isoformat() for name, moment in self._ticker.last_ticks.items()}
        running = {task.get_name(): not task.done() for task in self._tasks}
        now = parts.clock()
        waiting = await parts.database.read(
            lambda tx: {"updates": inbox.open_count(tx), "messages": outbox.due_count(tx, now=now)}
        )
        return {
            "healthy": all(running.values()),
            "running": running,
            "heard_from_telegram_at": receiver.heard_at.isoformat()
            if receiver and receiver.heard_at
            else None,
            "handling_looked_at": parts.router.looked_at.isoformat() if parts.router.looked_at else None,
            "ticks": ticks,
            "waiting": waiting,
        }

    def _jobs(self) -> tuple[Job, ...]:
        return (
            Job("deliver", 1.0, self._deliver),
            Job("announce", 2.0, self._announce),
            Job("forget", 20.0, self._forget),
            Job("alive", 30.0, self._alive),
            Job("menus", 60.0, self._tell_menus),
            Job("prune", 3600.0, self._prune),
        )

    async def _deliver(self) -> None:
        parts = self.parts
        while True:
            done = await parts.database.run(
                partial(delivering.tick, now=parts.clock(), academy=parts.academy(), limit=_BATCH)
            )
            if done:
                parts.sender.wake()
            if done < _BATCH:
                return

    async def _announce(self) -> None:
        parts = self.parts
        now, academy = parts.clock(), parts.academy()
        if await parts.database.run(lambda tx: _announced(tx, now=now, academy=academy)):
            parts.sender.wake()

    async def _forget(self) -> None:
        now, keep_months = self.parts.clock(), self.parts.academy().keep_months
        if await self.parts.database.run(lambda tx: privacy.sweep(tx, now=now, keep_months=keep_months)):
            # What was erased stands in the log until that is emptied.
            await self.parts.database.checkpoint()

    async def _alive(self) -> None:
        await self.parts.database.run(self._note_alive)

    def _note_alive(self, tx: Connection) -> None:
        bots.note_alive(tx, bot_id=self.parts.me.bot_id, now=self.parts.clock())

    async def _prune(self) -> None:
        now = self.parts.clock()
        await self.parts.database.run(lambda tx: inbox.prune(tx, now=now))
        await self.parts.database.checkpoint()

    async def _tell_menus(self) -> None:
        granted = await self.parts.database.read(roles.staff)
        # Somebody who has a role but never wrote has no chat with the bot yet, and so no menu.
        staff = tuple(Staff(person=person, roles=names) for person, names in granted if person.name)
        await self.parts.menus.register(self.parts.academy(), staff)

    async def _look_back(self) -> None:
        """After a longer absence, show the open steps again: their presses may have been lost."""
        parts = self.parts
        now, academy = parts.clock(), parts.academy()
        last = await parts.database.read(bots.alive_at)
        if last is None or now - last <= AWAY:
            return
        shown = await parts.database.run(
            lambda tx: delivering.show_open_again(tx, since=last, now=now, academy=academy)
        )
        log.info("open steps shown again", learners=shown, away_seconds=int((now - last).total_seconds()))
        parts.sender.wake()

    def _woken(self) -> None:
        self.parts.sender.wake()

    @staticmethod
    def _job_failed(name: str, error: Exception) -> None:
        log.error("job_failed", job=name, exc_info=error)


def _open(tx: Connection, *, now: datetime) -> tuple[int, int]:
    """Return how many updates could be handled and how many messages could be sent now."""
    return inbox.due_count(tx, now=now), outbox.due_count(tx, now=now)


def _announced(tx: Connection, *, now: datetime, academy: AcademyFacts) -> int:
    """Return how many announcements of courses were offered, and how many reports changed."""
    offered = drafting.tick(tx, now=now, academy=academy)
    return offered + announcing.tick(tx, now=now, academy=academy)
