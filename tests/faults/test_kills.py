"""SIGKILL of real child processes, the small size of the runs behind the figures F1, F2, F4 and T11."""

import asyncio
from pathlib import Path
from typing import get_args

import pytest

from faults import kills, kills_at_points, kills_of_updates, restart_storms
from faults.kills import announced
from faults.nursery import Nursery
from faults.recorder import Recorder
from scheduler.clock import system_clock
from storage.crash_points import CrashPoint, WriterPoint
from storage.database import Database
from storage.errors import AlreadyRunningError

pytestmark = pytest.mark.fault

SEED = 20261123


async def test_kills_at_random_moments(tmp_path: Path) -> None:
    found = await kills.broadcast("small", SEED, tmp_path)

    assert found.holds, found


async def test_a_crash_loop_repeats_nothing_again_and_again(tmp_path: Path) -> None:
    found = await kills.crash_loop("small", SEED, tmp_path)

    assert found.holds, found


async def test_a_kill_at_each_named_point(tmp_path: Path) -> None:
    [found] = await kills_at_points.run("small", SEED, tmp_path)

    assert found.holds, found
    # A point that was added is killed at as well.
    assert f"{len(get_args(CrashPoint)) + len(get_args(WriterPoint))} named points" in found.what


async def test_repeated_and_shuffled_updates_count_once_through_kills(tmp_path: Path) -> None:
    [found] = await kills_of_updates.run("small", SEED, tmp_path)

    assert found.holds, found


async def test_starts_around_the_due_minute_give_each_lesson_once(tmp_path: Path) -> None:
    [found] = await restart_storms.run("small", SEED, tmp_path)

    assert found.holds, found


async def test_a_second_service_on_the_same_file_is_refused(
    nursery: Nursery, recorder: Recorder, tmp_path: Path
) -> None:
    url = announced(tmp_path / "dusal.db", people_count=1)
    recorder.latency_seconds = 0
    first = await nursery.child(
        "sender", url=url, port=recorder.port, life=1, rate=28, quarantine_seconds=60, until_said=False
    )
    await recorder.until(1)

    database = Database.open(url)
    with pytest.raises(AlreadyRunningError) as refused:
        database.hold(now=system_clock()).__enter__()
    first.kill()
    await first.wait()

    assert refused.value.pid == first.pid
    # The kernel has given the lock back.
    with database.hold(now=system_clock()):
        pass
    await asyncio.to_thread(database.close)
