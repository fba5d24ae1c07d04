import asyncio
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from scheduler.ticker import Job, Ticker

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class BrokenError(Exception):
    pass


async def test_tick_once_calls_each_job_and_goes_on_after_a_failure() -> None:
    called: list[str] = []
    told: list[tuple[str, Exception]] = []
    failure = BrokenError()

    async def fails() -> None:
        called.append("fails")
        raise failure

    async def works() -> int:
        called.append("works")
        return 3

    ticker = Ticker(
        [Job("fails", 1, fails), Job("works", 1, works)],
        report=lambda name, error: told.append((name, error)),
        clock=lambda: NOON,
    )

    await ticker.tick_once()

    assert called == ["fails", "works"]
    assert told == [("fails", failure)]
    assert ticker.last_ticks == {"works": NOON}


async def test_a_started_ticker_calls_at_once_and_again_after_a_failure() -> None:
    called = 0
    twice = asyncio.Event()

    async def fails() -> None:
        nonlocal called
        called += 1
        if called == 2:
            twice.set()
        raise BrokenError

    told: list[str] = []
    ticker = Ticker([Job("fails", 0.01, fails)], report=lambda name, _: told.append(name))
    ticker.start()
    async with asyncio.timeout(10):
        await twice.wait()
    await ticker.stop()

    assert told[:1] == ["fails"]


async def test_a_stopped_ticker_can_be_stopped_again() -> None:
    ticker = Ticker([], report=lambda *_: None)
    ticker.start()

    await ticker.stop()
    await ticker.stop()


async def test_whoever_ticked_by_hand_may_stop_without_waiting_for_themselves() -> None:
    async def work() -> None: ...

    ticker = Ticker([Job("work", 3600, work)], report=lambda *_: None)
    ticker.start()
    await ticker.tick_once()

    async with asyncio.timeout(2):
        await ticker.stop()


def test_two_jobs_may_not_share_a_name() -> None:
    async def work() -> None: ...

    with pytest.raises(ValueError, match="share a name"):
        Ticker([Job("work", 1, work), Job("work", 2, work)], report=lambda *_: None)


def test_the_scheduler_is_not_loaded_before_the_ticker_starts() -> None:
    program = "import sys, scheduler.ticker; print('apscheduler' in sys.modules)"

    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert shown.stdout == "False\n"
