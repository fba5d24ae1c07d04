"""Calls a handful of functions again and again; the only user of APScheduler.

A job here is "look what is due", never "send this to that person": what is due lives in the
database, so losing this clock loses nothing. There is one in-memory schedule per process.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from scheduler.clock import Clock, system_clock

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

Task: TypeAlias = Callable[[], Awaitable[object]]
STOP_SECONDS = 5.0
"""How long stopping waits for a call under way; after that it is cancelled where it awaits something."""

Report: TypeAlias = Callable[[str, Exception], None]
"""Told the name of the job and what it raised."""


@dataclass(frozen=True, slots=True)
class Job:
    """One function and how often it is called."""

    name: str
    """Unique in its ticker; shown by the health page."""
    seconds: float
    """From one call to the next. A call that takes longer makes the next one wait its turn."""
    task: Task


class Ticker:
    """Runs jobs at their distances until it is stopped; a job that fails is called again."""

    def __init__(self, jobs: Sequence[Job], *, report: Report, clock: Clock = system_clock) -> None:
        """Take jobs with unique names, and whom to tell when one raises."""
        if len({job.name for job in jobs}) != len(jobs):
            raise ValueError("two jobs share a name")
        self._jobs = tuple(jobs)
        self._report = report
        self._clock = clock
        self._last: dict[str, datetime] = {}
        self._scheduler: AsyncIOScheduler | None = None
        self._running: set[asyncio.Task[object]] = set()

    @property
    def last_ticks(self) -> Mapping[str, datetime]:
        """When each job last ended without raising; a job that never has is missing."""
        return dict(self._last)

    def start(self) -> None:
        """Begin ticking on the running loop; each job is called at once, then at its distance."""
        # Heavy, and not wanted by commands that only borrow `Job`.
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        if self._scheduler is not None:
            raise RuntimeError("the ticker runs already")
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for job in self._jobs:
            self._scheduler.add_job(
                self._run,
                "interval",
                args=(job,),
                seconds=job.seconds,
                id=job.name,
                # One call makes up for any number that were missed, however late it is.
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=self._now_for_scheduler(),
            )
        self._scheduler.start()

    async def stop(self) -> None:
        """Call nothing any more, and wait for the calls under way; not for ever."""
        if self._scheduler is None:
            return
        self._scheduler.pause()
        # What was handed over a moment ago begins now, and is waited for like the rest: cancelled
        # before it began, it would be logged as a fault.
        await asyncio.sleep(0)
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_SECONDS)
        self._scheduler.shutdown(wait=False)
        self._scheduler = None

    async def tick_once(self) -> None:
        """Call each job once, in order, without a schedule: for the demo's clock and for tests."""
        for job in self._jobs:
            await self._run(job)

    async def _run(self, job: Job) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            await job.task()
        except asyncio.CancelledError:
            # Stopping, not failing: whoever runs the schedule would log it as a fault.
            return
        except Exception as error:  # noqa: BLE001 - the edge: one failing job must not end the others
            self._report(job.name, error)
        else:
            self._last[job.name] = self._clock()
        finally:
            # And not when the task ends: whoever ticks by hand may be the one who stops us.
            self._running.discard(task)

    @staticmethod
    def _now_for_scheduler() -> datetime:
        # The schedule runs on the system's clock, also where the academy's clock is moved by hand.
        return system_clock()
