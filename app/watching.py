"""What looks after the service while it runs: its clock, the rules of time zones, alarms to admins.

Nothing here is done for learners. Each of it is a job of the ticker, so that a job that fails is
called again, and `/health` says when it last went well.
"""

import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Connection

from academy import alarming, announcing, lost_messages
from academy.alarming import Seen
from academy.messages.facilitating import OperatorAlarm
from academy.replanning import replan_announcements, replan_some
from app.clock_guard import ClockGuard, heard_on
from app.sending_gate import LEASE
from app.wiring import Parts
from app.zone_rules import rules_version
from scheduler.clock import elapsed_seconds
from scheduler.clock_watch import ClockWatch
from scheduler.ticker import Job
from storage import bots, runs, wrong_clock

log = structlog.get_logger(__name__)

ALARM_SECONDS: Final = 60.0
_SINCE: Final = timedelta(hours=1)
_FREE_PERCENT: Final = 5
_FREE_BYTES: Final = 2 * 1024**3
"""Five percent of a large disk last for years: nearly full is little in both ways."""


class Watch:
    """Looks after one running service."""

    def __init__(self, parts: Parts, *, clock_watch: ClockWatch | None = None) -> None:
        self._parts = parts
        self._run: int | None = None
        self._begun = elapsed_seconds()
        self._paused_since: float | None = None
        self._jumps = 0
        self._zones_looked_at = False
        self.guard = ClockGuard(
            clock_watch or ClockWatch(),
            gate=parts.gate,
            heard=heard_on(parts.lines),
            ask=parts.lines.bot.get_me,
            set_right=self._set_right,
        )
        parts.gate.look_first(self.guard.look)

    async def begin(self) -> None:
        """Note the start, and what admins should know of the time before it.

        Before anything is sent: an announcement whose time is over must not go out first.
        """
        parts = self._parts
        now, academy = parts.clock(), parts.academy()

        def note(tx: Connection) -> tuple[int, tuple[OperatorAlarm, ...]]:
            alive_at = bots.alive_at(tx)
            run = runs.begin(tx, now=now)
            crashes = runs.crashes(tx, since=now - _SINCE, before_run=run)
            alarms = alarming.at_start(away=None if alive_at is None else now - alive_at, crashes=crashes)
            alarming.tell(tx, alarms=alarms, now=now, academy=academy)
            if alive_at is not None:
                lost_messages.tell(tx, since=alive_at, now=now, academy=academy)
            announcing.tick(tx, now=now, academy=academy)
            return run, alarms

        self._run, alarms = await parts.database.run(note)
        for alarm in alarms:
            log.error("alarm", what=alarm.what, count=alarm.count, hours=alarm.hours)

    async def end(self) -> None:
        """Note that the service was stopped in order."""
        await self.guard.stop()
        if (run := self._run) is not None:
            now = self._parts.clock()
            await self._parts.database.run(lambda tx: runs.end(tx, run=run, now=now))

    def own_jobs(self) -> tuple[Job, ...]:
        """Return what is to be called again and again in each process: clocks are its machine's."""
        return (Job("clock", 1.0, self.guard.tick),)

    def jobs(self) -> tuple[Job, ...]:
        """Return what is to be called again and again in one process."""
        return (
            Job("zones", 3600.0, self._look_at_zones),
            Job("alarms", ALARM_SECONDS, self._alarm),
        )

    def by_right_clock(self, task: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """Return `task` for the ticker, which does nothing while the clock is in doubt.

        A clock that is ten years ahead would erase everybody and plan lessons for nobody.
        """

        async def when_believed() -> None:
            if self.guard.believed:
                await task()

        return when_believed

    async def _set_right(self, wrong_by: timedelta) -> None:
        """Put right what was written by a wrong clock, and plan anew."""
        parts = self._parts
        mended = await parts.database.run(lambda tx: wrong_clock.put_right(tx, now=parts.clock()))
        moved, most = await self._replan()
        log.info(
            "planned_anew",
            why="clock",
            wrong_by_seconds=round(wrong_by.total_seconds()),
            waiting_put_right=mended,
            learners_moved=moved,
            most_seconds=round(most.total_seconds()),
        )
        # What was held back meanwhile may be past its time.
        await parts.database.run(lambda tx: announcing.tick(tx, now=parts.clock(), academy=parts.academy()))

    async def _look_at_zones(self) -> None:
        """Plan anew when the rules of time zones are others than those it was planned by."""
        if self._zones_looked_at:
            # A process keeps the rules it has read: other ones come with the next start.
            return
        database = self._parts.database
        version = rules_version()
        before = await database.read(bots.zone_rules)
        if before != version:
            if before:
                moved, most = await self._replan()
                now, academy = self._parts.clock(), self._parts.academy()
                announced = await database.run(partial(replan_announcements, now=now, academy=academy))
                log.info(
                    "planned_anew",
                    why="zones",
                    before=before,
                    rules=version,
                    announcements_moved=announced,
                    learners_moved=moved,
                    most_seconds=round(most.total_seconds()),
                )
            await database.run(lambda tx: bots.note_zone_rules(tx, version=version))
        self._zones_looked_at = True

    async def _replan(self) -> tuple[int, timedelta]:
        """Return how many learners are due at another moment now, and by how much at most."""
        parts = self._parts
        after: int | None = 0
        moved, most = 0, timedelta(0)
        while after is not None:
            batch = await parts.database.run(
                partial(replan_some, after=after, now=parts.clock(), academy=parts.academy())
            )
            moved, most, after = moved + batch.moved, max(most, batch.most), batch.last
        return moved, most

    async def _alarm(self) -> None:
        parts = self._parts
        now, academy = parts.clock(), parts.academy()
        seen = self._seen()
        alarms = await parts.database.read(lambda tx: alarming.look(tx, seen=seen, now=now, academy=academy))
        if not alarms:
            return
        said = await parts.database.run(lambda tx: alarming.tell(tx, alarms=alarms, now=now, academy=academy))
        if said:
            for alarm in alarms:
                log.error("alarm", what=alarm.what, count=alarm.count, hours=alarm.hours)
            parts.sender.wake()

    def _seen(self) -> Seen:
        parts = self._parts
        # That another process sends is no reason for an alarm.
        reasons = {name: says for name, says in parts.gate.reasons.items() if name != LEASE}
        if not reasons:
            self._paused_since = None
        elif self._paused_since is None:
            self._paused_since = elapsed_seconds()
        jumped = self.guard.last_jump if self.guard.jumps > self._jumps else None
        self._jumps = self.guard.jumps
        return Seen(
            up_for=timedelta(seconds=elapsed_seconds() - self._begun),
            paused_for=None
            if self._paused_since is None
            else timedelta(seconds=elapsed_seconds() - self._paused_since),
            paused_because=min(reasons, default=""),
            jumped_by=jumped,
            disk_free_percent=None
            if parts.database.file is None
            else nearly_full(parts.database.file.parent),
            last_sent_at=parts.sender.tally.last_sent_at,
        )


def nearly_full(folder: Path) -> int | None:
    """Return how many percent are left of the disk that holds `folder`; None while that is enough."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    percent = usage.free * 100 // usage.total if usage.total else 0
    return percent if percent < _FREE_PERCENT and usage.free < _FREE_BYTES else None
