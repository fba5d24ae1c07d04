"""The service as it looks after itself: a clock that jumps, rules that change, a second receiver."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, select

from academy.messages.facilitating import OperatorAlarm
from academy.outgoing import OUTGOING, Show
from app.health import Health
from app.pulse import Pulse
from app.service import Service
from app.watching import nearly_full
from app.web import application
from bot.receiving import OtherReceiverError
from preview.faults import TwoPollers
from scheduler.clock import elapsed_seconds, system_clock
from scheduler.clock_watch import Reading
from storage import bots, due, enrollments, runs
from storage import outbox as rows
from storage.tables import enrollments as enrollments_table
from storage.tables import outbox, people
from tests.journeys.stage import START, Stage, opened
from tests.journeys.teas import TEA
from tests.loopback import NO_TLS

DAY = timedelta(days=1)
GIGABYTE = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the system tells about a disk."""

    free: int
    total: int


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with opened(tmp_path) as made:
        yield made


class Computer:
    """The clocks of this computer, of which one can be set."""

    def __init__(self) -> None:
        self.wrong_by = timedelta(0)

    def __call__(self) -> Reading:
        return Reading(wall=system_clock() + self.wrong_by, elapsed=elapsed_seconds())

    def watched_by(self, service: Service) -> "Computer":
        service._watch.guard._watch._read = self
        return self


async def alarms(stage: Stage) -> list[OperatorAlarm]:
    def said(tx: Connection) -> list[OperatorAlarm]:
        shown = [OUTGOING.validate_json(row.content) for row in tx.execute(select(outbox.c.content))]
        return [
            one.message for one in shown if isinstance(one, Show) and isinstance(one.message, OperatorAlarm)
        ]

    return await stage.trial.service.parts.database.read(said)


def finish_newest(tx: Connection) -> None:
    newest = max(one.id for one in tx.execute(select(enrollments_table.c.id)))
    enrollments.set_state(tx, newest, "finished", finished_at=START)
    due.set_due(tx, newest, None)


def planned_and_known(tx: Connection) -> tuple[int, list[str]]:
    """Return how many lessons and reminders were decided, and who is known."""
    decided = select(outbox.c.id).where(outbox.c.kind.in_(("lesson", "reminder")))
    return len(tx.execute(decided).all()), sorted(row.name for row in tx.execute(select(people.c.name)))


async def until_open(service: Service) -> None:
    async with asyncio.timeout(10):
        while not service.parts.gate.is_open:
            await service.tick()
            await asyncio.sleep(0.01)


async def test_a_clock_that_jumps_sends_nothing_erases_nobody_and_goes_on_when_it_is_right(
    stage: Stage,
) -> None:
    token = await stage.teach(TEA)
    await stage.admin()
    bold = await stage.join("Bold", token)
    await stage.join("Hulan", token)
    service, before = stage.trial.service, len(await bold.messages())
    database = service.parts.database
    # Hulan has finished: a year later she is to be forgotten.
    await database.run(finish_newest)
    planned = await database.read(planned_and_known)
    computer = Computer().watched_by(service)

    computer.wrong_by = 3652 * DAY
    stage.trial.clock.set(START + 3652 * DAY)
    for _ in range(3):
        await service.tick()
        await asyncio.sleep(0.05)
    while_wrong = len(await bold.messages())
    planned_while_wrong = await database.read(planned_and_known)
    paused = dict(service.parts.gate.reasons)

    computer.wrong_by = timedelta(0)
    # Back: what no clock of a preview does, and a computer's does when it is set right.
    stage.trial.clock._at = START + timedelta(hours=5)
    await until_open(service)
    await service.tick()
    await stage.settled()

    assert set(paused) == {"clock"}
    assert while_wrong == before
    assert planned_while_wrong == planned
    # The first card waits unfinished: its one reminder came when the clock was right again.
    assert (await bold.last()).text == "Your place is kept. Lesson 1 is open: Water first"
    assert OperatorAlarm(what="clock_jump", hours=3652 * 24) in await alarms(stage)


async def test_other_rules_of_time_zones_are_noticed_at_the_start(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        bold = await stage.join("Bold", await stage.teach(TEA))
        del bold
        database = stage.trial.service.parts.database
        planned = await database.read(due.next_due_at)
        assert planned is not None

        def as_an_older_edition_had_it(tx: Connection) -> None:
            (enrollment_id,) = due.claim(tx, now=planned, limit=2)
            due.set_due(tx, enrollment_id, planned + timedelta(hours=1))
            bots.note_zone_rules(tx, version="system 2014a")

        await database.run(as_an_older_edition_had_it)
        watch = stage.trial.service._watch
        watch._zones_looked_at = False
        await watch._look_at_zones()

        assert await database.read(due.next_due_at) == planned
        assert await database.read(bots.zone_rules) not in {"", "system 2014a"}


async def test_a_second_receiver_stops_sending_too(stage: Stage) -> None:
    service = stage.trial.service
    stage.trial.server.faults.always("getUpdates", TwoPollers())
    stage.trial.server.world.queue.release()

    with pytest.raises(OtherReceiverError, match="look for a server or laptop with the same token"):
        async with asyncio.timeout(20):
            await service.failed()

    assert not service.parts.gate.is_open
    assert set(service.parts.gate.reasons) == {"receiving"}
    stage.trial.server.faults.clear()


async def test_a_part_that_dies_ends_the_service(stage: Stage) -> None:
    service = stage.trial.service
    sending = next(task for task in service._tasks if task.get_name() == "sending")

    service.parts.sender.stop()
    await asyncio.wait({sending})

    assert service.running["sending"] is False
    with pytest.raises(RuntimeError, match="sending ended by itself"):
        await service.failed()


async def test_starts_that_do_not_last_are_told_to_admins_once(stage: Stage) -> None:
    await stage.teach(TEA)
    await stage.admin()
    service, now = stage.trial.service, stage.trial.clock()
    for minute in range(5):
        began_at = now - timedelta(minutes=minute)
        await service.parts.database.run(partial(runs.begin, now=began_at))

    await service._watch.begin()
    await service._watch.begin()

    assert [alarm.what for alarm in await alarms(stage)] == ["restarts"]


async def test_ready_health_and_metrics_of_a_running_service(stage: Stage) -> None:
    await stage.join("Bold", await stage.teach(TEA))
    health = Health(stage.trial.service, pulse=Pulse(), rate_per_second=30)
    door = application(health=health.health, ready=health.ready, metrics=health.metrics)
    transport = httpx.ASGITransport(app=door)

    async with httpx.AsyncClient(
        transport=transport, base_url="http://dusal.example", verify=NO_TLS
    ) as watcher:
        well, ready, metrics = [await watcher.get(f"/{page}") for page in ("health", "ready", "metrics")]
        stage.trial.service.parts.gate.shut("clock", says="it jumped")
        paused = await watcher.get("/metrics")

    assert (well.status_code, ready.status_code, metrics.status_code) == (200, 200, 200)
    assert well.json()["sending_paused"] == {}
    told: Mapping[str, object] = ready.json()
    assert told == {
        "ready": True,
        "database": True,
        "schema": "0001",
        "schema_known": "0001",
        "role": "leading",
    }
    counted = await stage.trial.service.parts.database.read(rows.counts)
    assert f'dusal_deliveries{{state="sent"}} {counted["sent"]}.0' in metrics.text
    assert "dusal_sending_paused 0.0" in metrics.text
    assert "Bold" not in metrics.text
    assert 'dusal_sending_paused_reason{reason="clock"} 1.0' in paused.text


async def test_without_a_database_nobody_is_ready() -> None:
    async def away() -> Mapping[str, object]:
        raise TimeoutError

    async def no_figures() -> tuple[bytes, str]:
        raise TimeoutError

    transport = httpx.ASGITransport(app=application(health=away, ready=away, metrics=no_figures))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://dusal.example", verify=NO_TLS
    ) as watcher:
        ready, metrics = await watcher.get("/ready"), await watcher.get("/metrics")

    assert (ready.status_code, ready.json()) == (503, {"ready": False})
    assert metrics.status_code == 503


@pytest.mark.parametrize(
    ("free", "total", "percent"),
    [
        pytest.param(1 * GIGABYTE, 100 * GIGABYTE, 1, id="one percent, one gigabyte"),
        pytest.param(1 * GIGABYTE, 10 * GIGABYTE, None, id="a small disk with ten percent"),
        pytest.param(30 * GIGABYTE, 1000 * GIGABYTE, None, id="a large disk with thirty gigabytes"),
    ],
)
def test_a_disk_is_nearly_full_when_little_is_left_in_both_ways(
    monkeypatch: pytest.MonkeyPatch, free: int, total: int, percent: int | None
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(free=free, total=total))

    assert nearly_full(Path("/srv")) == percent


def test_a_folder_that_is_away_is_no_alarm() -> None:
    assert nearly_full(Path("/nowhere/at/all")) is None
