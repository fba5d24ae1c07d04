"""SIGKILL of a real child process: nothing lost, at most two copies, every double marked."""

import asyncio
import signal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, get_args

import pytest
from sqlalchemy import Connection, select

from academy.messages.joining import TypeCode
from academy.outgoing import OUTGOING, Show
from scheduler.clock import system_clock
from storage import inbox, outbox
from storage.crash_points import CrashPoint
from storage.database import Database
from storage.errors import AlreadyRunningError
from storage.tables import inbox as inbox_table
from storage.tables import outbox as table

if TYPE_CHECKING:
    from tests.faults.conftest import Recorder

pytestmark = pytest.mark.fault

KILLED = -signal.SIGKILL
CREDITS = 4


def dead_updates(tx: Connection) -> set[int]:
    return set(tx.execute(select(inbox_table.c.update_id).where(inbox_table.c.state == "dead")).scalars())


def assert_kept(url: str, recorder: "Recorder", *, kills: int, set_aside: int = 0) -> None:
    """Every update was answered once, every answer arrived or is listed, every double is marked."""
    database = Database.open(url)
    rows = {row.delivery: row for row in database.read_here(outbox.listing)}
    contents = database.read_here(lambda tx: tx.execute(table.select()).all())
    said = {}
    for content in contents:
        outgoing = OUTGOING.validate_json(content.content)
        assert isinstance(outgoing, Show)
        assert isinstance(outgoing.message, TypeCode)
        said[content.id] = outgoing.message.academy
    answered = sorted(int(text.removeprefix("update ")) for text in said.values())
    assert answered == sorted(set(recorder.updates) - database.read_here(dead_updates))
    assert len(answered) == len(recorder.updates) - set_aside
    assert database.read_here(inbox.open_count) == 0
    states = {row.state for row in rows.values()}
    assert states <= {"sent", "held"}
    doubled = 0
    for delivery, text in said.items():
        copies, row = recorder.arrived[text], rows[delivery]
        assert copies <= 2
        # Lost would be: settled as sent, and nobody got it.
        assert copies >= 1 or row.state == "held"
        assert copies < 2 or row.maybe_doubled
        doubled += copies == 2
    assert doubled <= CREDITS * kills
    database.close()


@pytest.mark.parametrize("point", get_args(CrashPoint))
async def test_a_kill_at_each_named_point(point: CrashPoint, recorder: "Recorder", tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dusal.db'}"
    for hit in (1, 2):
        child = await recorder.run_child(url, crash_at=f"{point}:{hit}")
        assert await child.wait() == KILLED

    child = await recorder.run_child(url)

    assert await child.wait() == 0
    # The second kill falls into the second try of one update: nobody can tell that from an update
    # that kills, so exactly that one is set aside for a person.
    assert_kept(url, recorder, kills=2, set_aside=1 if point == "before_handler_commit" else 0)


async def test_kills_at_random_moments(recorder: "Recorder", tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dusal.db'}"
    recorder.updates = list(range(1, 101))
    random = Random(20261123)
    kills = 0
    for _ in range(3):
        child = await recorder.run_child(url)
        enough = recorder.arrived.total() + random.randint(10, 25)
        while recorder.arrived.total() < enough and child.returncode is None:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        await asyncio.sleep(random.uniform(0, 0.01))
        if child.returncode is None:
            child.kill()
            kills += 1
        await child.wait()

    last = await recorder.run_child(url)

    assert await last.wait() == 0
    assert kills == 3
    assert_kept(url, recorder, kills=3)


async def test_a_second_service_on_the_same_file_is_refused(recorder: "Recorder", tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dusal.db'}"
    recorder.latency_seconds = 60
    first = await recorder.run_child(url)
    while not recorder.arrived:  # noqa: ASYNC110 - the child does not tell
        await asyncio.sleep(0.01)

    database = Database.open(url)
    with pytest.raises(AlreadyRunningError) as refused:
        database.hold(now=system_clock()).__enter__()
    first.kill()
    await first.wait()

    assert refused.value.pid == first.pid
    # The kernel has given the lock back.
    with database.hold(now=system_clock()):
        pass
    database.close()
