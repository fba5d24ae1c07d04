"""One running service: what starts when, what stops when, and what is done again and again.

Starting: the lock, the tables, the bot's name, the sender's epoch, what a crash left in hand, then
listening. Stopping is the other way round, and nothing that was taken in is dropped. A part that
ends by itself ends the service: a bot that is up but deaf helps nobody (guarantees P14). On many
machines each process runs some of the parts, and does what only one may do while it leads.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

import structlog
from sqlalchemy import Connection

from academy import announcing, delivering, drafting, held_deliveries, night_rest, privacy
from academy.facts import AcademyFacts
from app.other_receiver import OtherReceiver
from app.settings import Settings
from app.watching import Watch
from app.wiring import Parts
from bot.commands import Staff
from bot.receiving import OtherReceiverError, ReceivingStoppedError
from scheduler.ticker import Job, Ticker
from storage import announcements, bots, due, inbox, outbox, roles
from storage.notices import Channel
from storage.outage import AWAY as DATABASE_AWAY

log = structlog.get_logger(__name__)

STOP_SECONDS = 10.0
AWAY = timedelta(seconds=150)
"""Telegram keeps presses of buttons about this long while nobody takes them (telegram.md, 2)."""
_BATCH = 100


class Service:
    """The parts of one academy, running."""

    def __init__(self, parts: Parts, *, settings: Settings, ticker: type[Ticker] = Ticker) -> None:
        self.parts = parts
        self._settings = settings
        self._watch = Watch(parts)
        self.other_receiver = OtherReceiver(parts)
        self._ticker = ticker(self._jobs(), report=self._job_failed, clock=parts.clock)
        self._own_ticker = ticker(self._own_jobs(), report=self._job_failed, clock=parts.clock)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin the parts that were chosen: what a crash left in hand first, listening last.

        What only one process may do begins when it is ours: at once, or as a standby much later.
        """
        parts, chosen = self.parts, self.parts.chosen
        if "send" in chosen:
            await parts.leading.lead("send", self._sending)
        else:
            await parts.safekeeping.until_settled()
        if "handle" in chosen:
            await parts.router.recover()
        if "tick" in chosen:
            await parts.leading.lead("tick", self._ticking)
        told: dict[Channel, Callable[[], None]] = {"outbox": parts.sender.wake, "inbox": parts.router.look}
        parts.database.on_wake(self._woken, told=told)
        if "handle" in chosen:
            self._tasks.append(asyncio.create_task(parts.router.run(), name="handling"))
        if "send" in chosen:
            self._tasks.append(asyncio.create_task(parts.sender.run(), name="sending"))
        if parts.listener is not None:
            await parts.leading.lead("receive", self._receiving)
        self._own_ticker.start()

    @contextlib.asynccontextmanager
    async def _sending(self) -> AsyncIterator[None]:
        """Send for the academy; the loop itself runs all the time, and waits while this is not ours."""
        parts = self.parts
        await parts.safekeeping.begin(gate=parts.gate, now=parts.clock(), academy=parts.academy())
        await self.other_receiver.look()
        await parts.sender.take_over()
        if parts.leading.handler is not None:
            parts.sender.hush(seconds=1.0)
        try:
            yield
        finally:
            await parts.sender.stand_by()
            with contextlib.suppress(Exception):
                await parts.safekeeping.tally()
            parts.safekeeping.close()

    @contextlib.asynccontextmanager
    async def _ticking(self) -> AsyncIterator[None]:
        """Do for the academy what is done again and again."""
        await self._watch.begin()
        await self._look_back()
        # Before the sender begins: what could not leave in the evening must not leave now.
        await self._watch.by_right_clock(self._rest_at_night)()
        self._ticker.start()
        try:
            yield
        finally:
            await self._ticker.stop()
            with contextlib.suppress(Exception):
                await self.parts.database.run(self._note_alive)
                await self._watch.end()

    @contextlib.asynccontextmanager
    async def _receiving(self) -> AsyncIterator[asyncio.Task[None]]:
        """Ask Telegram for updates."""
        listener = self.parts.listener
        assert listener is not None, "updates come by webhook"
        listener.hand_to(self.parts.keep)
        try:
            yield listener.begin()
        finally:
            await listener.stop()

    async def begun_sending(self, *, within_seconds: float) -> None:
        """Return once what waited at the start is on its way, or after so long."""
        if "send" not in self.parts.chosen:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_seconds):
                await self.parts.sender.paused.wait()

    async def failed(self) -> None:
        """Return never; raise what a part raised that ended by itself."""
        tasks = (*self._tasks, *self.parts.leading.tasks)
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if isinstance(task.exception(), ReceivingStoppedError):
                # Whoever receives in our place sends too: not one message more while we stop (P04).
                self.parts.gate.shut("receiving", says="updates can not be received any more")
            if isinstance(task.exception(), OtherReceiverError):
                await self.other_receiver.found()
            task.result()
            raise RuntimeError(f"{task.get_name()} ended by itself")

    async def stop(self) -> None:
        """Stop listening, finish what is in hand, send what is under way, and record it."""
        parts = self.parts
        await parts.leading.leave("tick")
        await self._own_ticker.stop()
        await parts.leading.leave("receive")
        for task in self._tasks:
            if task.get_name() != "sending":
                task.cancel()
        await parts.router.finish(within_seconds=STOP_SECONDS)
        parts.sender.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # Only now: whoever sends next must find every outcome recorded.
        await parts.leading.leave("send")

    async def tick(self) -> None:
        """Do at once what is due at the clock's present moment."""
        await self._own_ticker.tick_once()
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
        last_ticks = {**self._own_ticker.last_ticks, **self._ticker.last_ticks}
        ticks = {name: moment.isoformat() for name, moment in last_ticks.items()}
        running = self.running
        now = parts.clock()
        waiting = await parts.database.read(
            lambda tx: {"updates": inbox.open_count(tx), "messages": outbox.due_count(tx, now=now)}
        )
        return {
            "healthy": all(running.values()),
            "role": self.role,
            "leads": {name: role == "leading" for name, role in parts.leading.roles.items()},
            "running": running,
            "heard_from_telegram_at": receiver.heard_at.isoformat()
            if receiver and receiver.heard_at
            else None,
            "handling_looked_at": parts.router.looked_at.isoformat() if parts.router.looked_at else None,
            "ticks": ticks,
            "waiting": waiting,
        }

    @property
    def running(self) -> Mapping[str, bool]:
        """Whether each part still runs."""
        tasks = (*self._tasks, *self.parts.leading.tasks)
        return {task.get_name(): not task.done() for task in tasks}

    @property
    def last_ticks(self) -> Mapping[str, datetime]:
        """When each loop last went round."""
        looked_at = self.parts.router.looked_at
        ticks = {**self._own_ticker.last_ticks, **self._ticker.last_ticks}
        return {**ticks, **({"handling": looked_at} if looked_at else {})}

    @property
    def leading(self) -> bool:
        """Whether we do what only one process does; a standby waits for its turn with some of it."""
        return self.role == "leading"

    @property
    def role(self) -> Literal["leading", "standby", "working"]:
        """What we are; `working` where any number of processes may do what we do."""
        roles = self.parts.leading.roles.values()
        if not roles:
            return "working"
        return "leading" if all(role == "leading" for role in roles) else "standby"

    def _own_jobs(self) -> tuple[Job, ...]:
        """Return what every process does for itself."""
        jobs = (*self._watch.own_jobs(), *self.other_receiver.jobs())
        if "send" not in self.parts.chosen:
            return jobs
        return (*jobs, Job("tally", 30.0, self.parts.safekeeping.tally))

    def _jobs(self) -> tuple[Job, ...]:
        """Return what is done once for the academy, by the process that leads the ticking."""
        timely = self._watch.by_right_clock
        return (
            *self._watch.jobs(),
            Job("deliver", 1.0, timely(self._deliver)),
            Job("announce", 2.0, timely(self._announce)),
            Job("held", 20.0, self._tell_held),
            Job("night", 60.0, timely(self._rest_at_night)),
            Job("forget", 20.0, timely(self._forget)),
            Job("alive", 30.0, timely(self._alive)),
            Job("menus", 60.0, self._tell_menus),
            Job("prune", 3600.0, timely(self._prune)),
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

    async def _rest_at_night(self) -> None:
        now, academy = self.parts.clock(), self.parts.academy()
        await self.parts.database.run(lambda tx: night_rest.rest(tx, now=now, academy=academy))

    async def _announce(self) -> None:
        parts = self.parts
        now, academy = parts.clock(), parts.academy()
        if await parts.database.run(lambda tx: _announced(tx, now=now, academy=academy)):
            parts.sender.wake()

    async def _tell_held(self) -> None:
        now, academy = self.parts.clock(), self.parts.academy()
        if await self.parts.database.run(lambda tx: held_deliveries.tell(tx, now=now, academy=academy)):
            self.parts.sender.wake()

    async def _forget(self) -> None:
        now, keep_months = self.parts.clock(), self.parts.academy().keep_months
        await self.parts.safekeeping.note_erased()
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
        # A command may have given an update back that was set aside.
        self.parts.router.look()

    @staticmethod
    def _job_failed(name: str, error: Exception) -> None:
        if isinstance(error, DATABASE_AWAY):
            # The database has said so, once.
            log.debug("job_waits", job=name, error=type(error).__name__)
            return
        log.error("job_failed", job=name, exc_info=error)


def _open(tx: Connection, *, now: datetime) -> tuple[int, int]:
    """Return how many updates could be handled and how many messages could be sent now."""
    return inbox.due_count(tx, now=now), outbox.due_count(tx, now=now)


def _announced(tx: Connection, *, now: datetime, academy: AcademyFacts) -> int:
    """Return how many announcements of courses were offered, and how many reports changed."""
    offered = drafting.tick(tx, now=now, academy=academy)
    return offered + announcing.tick(tx, now=now, academy=academy)
