"""F16: going back to a backup that was made in the middle of an announcement, with days lost since.

The whole service works on a SQLite file, with a clock that is moved, against the preview's Telegram. A
backup is made as an operator makes it, while messages leave. Two days later the service is stopped, the
backup is put back, and the service starts again. What the Telegram is handed after that was said before.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from datetime import time as wall_clock
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import Connection, func, select

from academy import delivering
from academy.messages.facilitating import Announcement
from academy.saying import say
from app.backup import back_up
from app.backup_restoring import restore
from app.log_setup import set_up
from app.moving import ServiceMover
from app.running import running
from app.service import Service
from app.settings import Settings, facts
from app.trial import pointed_at
from faults.figures import Found, Size
from faults.fresh import fresh
from lessons.markup import parse
from lessons.model import Course, Lesson
from lessons.steps import Say
from preview.limits import NO_RATE_LIMITS
from preview.movable_clock import MovableClock
from preview.people import Person
from preview.server import PreviewServer
from storage import courses, enrollments, groups, outbox, people, records
from storage.database import Database
from storage.tables import outbox as outbox_table
from storage.tables import people as people_table

LEARNERS: Final = {"small": 50, "full": 10_000}
GOAL_SECONDS: Final = 300.0
GOAL: Final = "in work again within 5 minutes; 0 old messages sent; what is new is sent"
BEGUN_AT: Final = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
"""A Monday; lessons come at nine."""
TUESDAY: Final = BEGUN_AT + timedelta(days=1, hours=1)
WEDNESDAY: Final = TUESDAY + timedelta(days=1)
SETTINGS: Final = Settings.model_validate(
    {
        "academy": {"name": "Drill", "zone": "UTC", "quiet_hours": "20:00-07:00"},
        "limits": {"sends_in_flight": 16},
    }
)
_FIRST: Final = 10_001
_BATCH: Final = 500
_NEWS: Final = 20
"""How many are told something new at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What was measured."""

    seconds: float
    """From the command to a service that has settled everything."""
    again: int
    """Messages that were handed to Telegram without anything new having been said."""
    news: int
    """New messages that arrived, of as many as were to be."""
    held: int
    lost: int
    """Messages that were sent after the backup was made."""


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    """Lose two days, go back, and count."""
    # The table is on standard output, and without this so is the service's log.
    set_up(level="ERROR")
    random = Random(seed)
    learners = LEARNERS[size]
    file = folder / "dusal.db"
    url = fresh(file)
    await asyncio.to_thread(_fill, url, learners)
    async with PreviewServer(clock=MovableClock(BEGUN_AT), rate_limits=NO_RATE_LIMITS) as server:
        for number in range(learners):
            server.world.add_person(Person(id=_FIRST + number, first_name="Learner"))
            server.world.chats[_FIRST + number].started = True
        drill = await _drill(server, url, folder, learners=learners, random=random)
    return (_verdict(drill, learners=learners, seed=seed),)


async def _drill(server: PreviewServer, url: str, folder: Path, *, learners: int, random: Random) -> Drill:
    copy = folder / "copy.db"
    async with _serving(server, url) as (service, mover):
        await mover.advance(to=TUESDAY)
        sent = _sent(server)
        await _announce(service, "Soup at noon.")
        in_the_middle = random.randrange(learners // 5, learners - learners // 5)
        while _sent(server) < sent + in_the_middle:  # noqa: ASYNC110 - Telegram tells nobody
            await asyncio.sleep(0.002)
        await asyncio.to_thread(_back_up, url, copy)
        lost_from = _sent(server)
        await mover.settled()
        await service.parts.database.run(partial(_some_finish, random=random, now=TUESDAY))
        await mover.advance(to=WEDNESDAY)
        await _announce(service, "Cake at three.")
        await mover.settled()
    lost = _sent(server) - lost_from
    begun = time.monotonic()
    await asyncio.to_thread(_restore, url, copy, folder)
    before = _sent(server)
    async with _serving(server, url) as (service, mover):
        await mover.settled()
        seconds = time.monotonic() - begun
        await mover.advance(to=WEDNESDAY + timedelta(minutes=30))
        again = _sent(server) - before
        await _announce(service, "We are back.", to=_NEWS)
        await mover.settled()
        news = _sent(server) - before - again
        held = (await service.parts.database.read(outbox.counts)).get("held", 0)
    return Drill(seconds=seconds, again=again, news=news, held=held, lost=lost)


def _verdict(drill: Drill, *, learners: int, seed: int) -> Found:
    return Found(
        figure="F16",
        what=f"backup made in an announcement to {learners:,}, {drill.lost:,} sent since; back to it",
        goal=GOAL,
        result=(
            f"{drill.seconds:.0f} s, {drill.again:,} old messages sent, {drill.held:,} held for a person,"
            f" {drill.news} of {_NEWS} new ones sent"
        ),
        holds=drill.seconds <= GOAL_SECONDS and drill.again == 0 and drill.news == _NEWS and drill.lost > 0,
        seed=seed,
    )


@asynccontextmanager
async def _serving(server: PreviewServer, url: str) -> AsyncIterator[tuple[Service, ServiceMover]]:
    clock = server.world.clock
    assert isinstance(clock, MovableClock)
    async with running(pointed_at(SETTINGS, server, paced=False), url=url, clock=clock) as service:
        mover = ServiceMover(service, server=server, clock=clock)
        server.mover = mover
        yield service, mover


def _sent(server: PreviewServer) -> int:
    """Return how many messages Telegram has been handed; edits make none."""
    return sum(one.method.startswith("send") for one in server.requests)


async def _announce(service: Service, words: str, *, to: int | None = None) -> None:
    now = service.parts.clock()

    def fill(tx: Connection) -> None:
        told = Announcement(text=parse(words))
        everybody = select(people_table.c.id).order_by(people_table.c.id).limit(to)
        for person_id in tx.execute(everybody).scalars().all():
            say(tx, person_id=person_id, message=told, now=now, kind="announcement", silent=False)

    await service.parts.database.run(fill)
    service.parts.sender.wake()


def _back_up(url: str, copy: Path) -> None:
    with closing(Database.open(url)) as database:
        back_up(database, file=copy, now=TUESDAY, progress=lambda *_: None)


def _restore(url: str, copy: Path, folder: Path) -> None:
    with closing(Database.open(url)) as database:
        restore(database, file=copy, data=folder, now=WEDNESDAY, progress=lambda *_: None)


def _fill(url: str, learners: int) -> None:
    with closing(Database.open(url)) as database:
        group_id = database.run_here(_make_group)
        for first in range(0, learners, _BATCH):
            numbers = range(first, min(first + _BATCH, learners))
            database.run_here(partial(_enroll, group_id=group_id, numbers=numbers))


def _make_group(tx: Connection) -> int:
    lessons = tuple(
        Lesson(id=f"day-{day}", title=f"Day {day}", minutes=3, steps=(Say(id=f"say-{day}", text="Read."),))
        for day in range(1, 6)
    )
    course = Course(id="drill", title="Drill", language="en", version="1.0.0", lessons=lessons)
    made = courses.publish(tx, course=course, media={}, now=BEGUN_AT)
    assert isinstance(made, courses.Published)
    return groups.add(
        tx,
        name="Everybody",
        course_version_id=made.version_id,
        zone="UTC",
        weekdays=frozenset(range(7)),
        at=wall_clock(9),
        expected=None,
        link_token="drill",
        code="DRILL000",
        capacity=100_000,
        closes_at=None,
        now=BEGUN_AT,
    ).id


def _enroll(tx: Connection, *, group_id: int, numbers: range) -> None:
    """Let learners begin, and finish the first lesson; what was said to them counts as sent."""
    group = groups.group(tx, group_id)
    for number in numbers:
        person = people.add(
            tx, address=_FIRST + number, name=f"Learner {number}", language="en", now=BEGUN_AT
        )
        people.accept_notice(tx, person.id, version="1", now=BEGUN_AT)
        enrollment = enrollments.enroll(tx, person_id=person.id, group=group, now=BEGUN_AT)
        enrollments.set_slot(tx, enrollment.id, weekdays=group.weekdays, at=group.at)
        delivering.begin(tx, enrollment_id=enrollment.id, now=BEGUN_AT, academy=facts(SETTINGS))
        _finish(tx, enrollment.id, now=BEGUN_AT)
    tx.execute(outbox_table.update().values(state="sent", settled_at=BEGUN_AT))


def _some_finish(tx: Connection, *, random: Random, now: datetime) -> None:
    """Let about half of the learners finish the lesson that they have."""
    most = tx.execute(select(func.max(people_table.c.id))).scalar_one()
    for enrollment_id in range(1, most + 1):
        if random.random() < 0.5:
            _finish(tx, enrollment_id, now=now)


def _finish(tx: Connection, enrollment_id: int, *, now: datetime) -> None:
    waiting = records.open_assignment(tx, enrollment_id)
    assert waiting is not None
    records.change(tx, waiting, replace(waiting, started_at=waiting.started_at or now, finished_at=now))
    delivering.replan(tx, enrollment_id=enrollment_id, now=now, academy=facts(SETTINGS))
