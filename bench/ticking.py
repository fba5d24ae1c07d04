"""What it costs to find who is due and to plan them anew, however many learners there are."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from apscheduler.executors.base import BaseExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Connection, select

from bench.children import Children
from bench.figures import Figure, Measured, Pair
from storage import due
from storage.database import Database
from storage.sqlite_connections import writing_engine
from storage.tables import due as due_table

FEW, MANY = 1_000, 1_000_000
DUE = 100
TICKS = 15
ROUNDS = 3
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HUNDREDTH = select(due_table.c.due_at).order_by(due_table.c.due_at).limit(1).offset(DUE - 1)
"""When so many are due."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def measure(children: Children, scratch: Path) -> Measured:
    return await asyncio.to_thread(_measure, scratch)


def _measure(scratch: Path) -> Measured:
    few, many = _filled(scratch / "few.db", FEW), _filled(scratch / "many.db", MANY)
    together = [
        Pair(here=_tick(many, later=_together), anchor=_tick(few, later=_together)) for _ in range(ROUNDS)
    ]
    random = Random(20261123)
    apart = [
        Pair(here=_tick(many, later=_apart(random)), anchor=_tick(few, later=_apart(random)))
        for _ in range(ROUNDS)
    ]
    jobs = _job_store(scratch / "jobs.db")
    against = [Pair(here=_tick(few, later=_together), anchor=_job_tick(jobs)) for _ in range(ROUNDS)]
    empty = [Pair(here=_empty_poll(many), anchor=1.0) for _ in range(ROUNDS)]
    few.close()
    many.close()
    jobs.shutdown()
    return Measured(
        command="tick",
        figures=(
            _figure(f"{DUE} due of {MANY:,}, next times together", f"of {FEW:,}", together, at_most=1.3),
            _figure(f"{DUE} due of {MANY:,}, next times at random", f"of {FEW:,}", apart, at_most=3),
            _figure(f"{DUE} due of {FEW:,}", "APScheduler's job store", against, at_most=0.05),
            _figure(f"a look when nobody of {MANY:,} is due, each second", "one core", empty, at_most=0.0005),
        ),
        notes=(
            f"tick: claim {DUE} learners who are due and plan each anew, in one transaction on SQLite "
            "(synchronous=FULL), through storage.due as the service does; medians of "
            f"{TICKS} ticks. The anchor of the third line is APScheduler with one job for each learner in "
            "its SQLAlchemyJobStore on SQLite, executing nothing: what a tick takes to find the same "
            "number of due jobs and to write their next times.",
        ),
    )


def _figure(title: str, anchor: str, pairs: list[Pair], *, at_most: float) -> Figure:
    milliseconds = tuple(Pair(here=1000 * pair.here, anchor=1000 * pair.anchor) for pair in pairs)
    return Figure(title=title, anchor=anchor, unit="ms", pairs=milliseconds, at_most=at_most)


def _filled(path: Path, learners: int) -> Connection:
    """Return a connection to a database in which everybody is due, one hundred in each minute."""
    made = Database.open(f"sqlite:///{path}")
    made.prepare(now=NOW)
    made.close()
    connection = writing_engine(path, patience_seconds=5, polite=False).connect()
    raw = connection.connection.driver_connection
    assert raw is not None
    first = int((NOW - _EPOCH).total_seconds()) * 1_000_000
    rows = ((first + number // DUE * 60_000_000, number + 1) for number in range(learners))
    raw.execute("BEGIN IMMEDIATE")
    raw.executemany("INSERT INTO due (due_at, enrollment_id) VALUES (?, ?)", rows)
    raw.execute("COMMIT")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return connection


def _together(at: datetime, number: int) -> datetime:
    """Return the next time of somebody whose group learns at one hour: all of a tick stay together."""
    return at + DAY * 30


def _apart(random: Random) -> Callable[[datetime, int], datetime]:
    """Return next times spread over a month: each is written to another place of the table."""
    return lambda at, _: at + DAY + timedelta(seconds=random.randrange(30 * 86_400))


def _tick(connection: Connection, *, later: Callable[[datetime, int], datetime]) -> float:
    """Return the median seconds of claiming and planning what is due next."""
    took: list[float] = []
    for _ in range(TICKS):
        with connection.begin():
            now = connection.execute(HUNDREDTH).scalar_one()
        begun = time.perf_counter()
        with connection.begin():
            claimed = due.claim(connection, now=now, limit=DUE)
            for number in claimed:
                due.set_due(connection, number, later(now, number))
        took.append(time.perf_counter() - begun)
    return sorted(took)[TICKS // 2]


def _empty_poll(connection: Connection) -> float:
    """Return the seconds of CPU of one look, which happens once a second."""
    before = NOW - DAY
    begun = time.process_time()
    for _ in range(200):
        with connection.begin():
            assert due.claim(connection, now=before, limit=DUE) == ()
    return (time.process_time() - begun) / 200


class _Nothing(BaseExecutor):  # type: ignore[misc]  # the library has no types
    """Runs no job: only the schedule is measured."""

    def _do_submit_job(self, job: object, run_times: object) -> None:
        self._run_job_success(job.id, [])  # type: ignore[attr-defined]  # as above


def _nothing() -> None:
    """The job of each learner."""


def _job_store(path: Path) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{path}")},
        executors={"default": _Nothing()},
        timezone="UTC",
    )
    scheduler.start(paused=True)
    for number in range(FEW):
        scheduler.add_job(
            _nothing,
            "interval",
            days=1,
            id=str(number),
            next_run_time=datetime.now(UTC) + timedelta(days=1 + number // DUE),
            misfire_grace_time=None,
        )
    return scheduler


def _job_tick(scheduler: BackgroundScheduler) -> float:
    """Return the seconds of one round of the scheduler with as many jobs due."""
    store = scheduler._lookup_jobstore("default")  # noqa: SLF001 - to make jobs due without waiting a day
    for job in store.get_all_jobs()[:DUE]:
        job._modify(next_run_time=datetime.now(UTC))  # noqa: SLF001 - as above
        store.update_job(job)
    scheduler.state = 1
    begun = time.perf_counter()
    scheduler._process_jobs()  # noqa: SLF001 - one round, timed
    took = time.perf_counter() - begun
    scheduler.state = 2
    return took
