"""The service as an operator sees it: started, killed at any await, stopped in order, started again.

It is put together as `app.running` does, from the real parts, on the loop's database and Telegram. A
kill leaves what is committed, the few bytes of presses in hand, and what Telegram has; nothing else.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Final

import telegram
from sqlalchemy.exc import OperationalError

from app.listening import Lines, Listener, introduced
from app.service import Service
from app.settings import Settings
from app.wiring import Machine, join
from bot.receiving import ReceivingStoppedError, Webhook
from faults.simulation.database import Disk, LoopDatabase, LoopFile, Luck
from faults.simulation.journal import Journal
from faults.simulation.loop import VirtualLoop
from faults.simulation.telegram import SimulatedTelegram, Wire
from scheduler.ticker import Job, Ticker
from storage import bots, send_attempts
from storage.in_hand import in_hand_file

_SLOWER: Final = 8
"""The jobs are called more seldom than they ask for: most of them find nothing, and that takes time."""
API: Final = "http://telegram.invalid"


class LoopTicker(Ticker):
    """Calls the jobs at their distances on the loop's time; APScheduler reads the computer's clock."""

    _task: "asyncio.Task[None] | None" = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._go(), name="ticking")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._running:
            await asyncio.wait(self._running, timeout=5)

    async def _go(self) -> None:
        loop = asyncio.get_running_loop()
        # Menus are eight requests in each life, and nothing of what is looked at here hangs on them.
        next_at = {job.name: loop.time() + 600 * (job.name == "menus") for job in self._jobs}
        under_way: dict[str, asyncio.Task[None]] = {}
        while True:
            for job in self._jobs:
                if next_at[job.name] > loop.time():
                    continue
                next_at[job.name] = loop.time() + job.seconds * (1 if job.name == "night" else _SLOWER)
                if job.name not in under_way or under_way[job.name].done():
                    under_way[job.name] = self._begin(job)
            await asyncio.sleep(max(0.01, min(next_at.values()) - loop.time()))

    def _begin(self, job: Job) -> "asyncio.Task[None]":
        return asyncio.create_task(self._run(job), name=f"job {job.name}")


class Process:
    """One computer on which the service runs, or does not."""

    def __init__(
        self,
        settings: Settings,
        *,
        loop: VirtualLoop,
        disk: Disk,
        telegram: SimulatedTelegram,
        folder: Path,
        luck: Luck,
        random: Random,
        journal: Journal,
        clock: Callable[[], datetime],
        committed: Callable[[], None],
    ) -> None:
        self.life = 0
        """Number of the life that runs; they begin with 1."""
        self.service: Service | None = None
        """None until it has started, and while it is down."""
        self._settings = settings
        self._loop = loop
        self._disk = disk
        self._telegram = telegram
        self._beside = folder / "simulated.db"
        self._luck = luck
        self._random = random
        self._journal = journal
        self._clock = clock
        self._committed = committed
        self._main: asyncio.Task[None] | None = None
        self._breaks: list[Callable[[], None]] = []
        for left in folder.glob(f"{self._beside.name}*"):
            left.unlink()

    @property
    def runs(self) -> bool:
        return self._main is not None and not self._main.done()

    @property
    def webhook(self) -> Webhook | None:
        return None if self.service is None else self.service.parts.webhook

    def start(self) -> None:
        """Begin a life; it may take a while until the service runs."""
        self.life += 1
        self._journal.note("start", self.life)
        self._main = self._loop.create_task(self._live(), context=self._loop.context(self.life), name="serve")

    def kill(self) -> None:
        """End it here and now, as SIGKILL does; only from the world."""
        if not self.runs:
            return
        self._journal.note("kill", self.life)
        noted = in_hand_file(self._beside)
        left = noted.read_bytes() if noted.exists() else b""
        self._loop.end(self.life)
        # Whatever the dead wrote in `finally` while they were put away, they did not write.
        if noted.exists():
            noted.write_bytes(left)
        self._gone()

    def kill_soon(self) -> None:
        """The same from inside: the caller must not go on."""
        life = self.life

        def kill() -> None:
            if self.life == life:
                self.kill()

        self._loop.call_soon(kill, context=self._loop.context(0))

    async def stop(self) -> None:
        """End it in order, as SIGTERM does."""
        if not self.runs or self.service is None or self._main is None:
            self.kill()
            return
        self._journal.note("stop", self.life)
        main, life = self._main, self.life
        main.cancel()
        await asyncio.wait([main], timeout=60)
        self._journal.note("stopped", self.life)
        if self.life == life:
            self._loop.end(life)
            self._gone()

    def reap(self) -> None:
        """Put away what has ended by itself."""
        if self._main is None:
            return
        error = None if self._main.cancelled() else self._main.exception()
        if isinstance(error, OperationalError):
            self._journal.note("ends", "the database is away")
        elif error is not None:
            self._journal.breaks("raised", f"the service ended: {error!r}")
        self._loop.end(self.life)
        self._gone()

    def on_break(self, broken: Callable[[], None]) -> None:
        """Call `broken` when the present life ends: connections to it are cut."""
        self._breaks.append(broken)

    def _gone(self) -> None:
        if self.service is not None and self.service.parts.in_hand is not None:
            self.service.parts.in_hand.close()
        self.service, self._main = None, None
        breaks, self._breaks = self._breaks, []
        for broken in breaks:
            broken()

    async def _live(self) -> None:
        database = LoopDatabase(
            LoopFile(self._disk, beside=self._beside, luck=self._luck, committed=self._committed)
        )
        settings, clock = self._settings, self._clock
        speaking, listening = Wire(self._telegram), Wire(self._telegram)
        bot = telegram.Bot(
            settings.telegram.token.get_secret_value(),
            base_url=f"{API}/bot",
            base_file_url=f"{API}/file/bot",
            request=speaking,
            get_updates_request=listening,
        )
        lines = Lines(bot=bot, speaking=speaking, listening=listening)
        me = await introduced(lines)
        now = clock()
        await database.run(lambda tx: bots.bind(tx, bot=me, now=now))
        polls = settings.telegram.mode == "polling"
        listener = Listener(lines, clock=clock, random=self._random) if polls else None
        last_claimed_at = await database.read(send_attempts.last_claimed_at)
        parts = join(
            settings,
            connected=lines,
            listener=listener,
            me=me,
            database=database,
            clock=clock,
            last_claimed_at=last_claimed_at,
            machine=Machine(monotonic=self._loop.time, random=self._random, draw=_no_picture),
        )
        service = Service(parts, settings=settings, ticker=LoopTicker)
        try:
            await service.start()
            self.service = service
            try:
                await service.failed()
            except ReceivingStoppedError as stopped:
                self._journal.note("ends", type(stopped).__name__)
            finally:
                await service.stop()
        finally:
            if listener is not None:
                await listener.stop()


async def _no_picture(svg: str) -> bytes | None:
    """The words go alone: drawing takes a process of its own."""
    return None
