"""F10: the service is away for three days, and learners in many zones wait for it.

Everybody has finished the first lesson when it goes, and is due a day later. When it is back, every
tick is made by the real `academy.delivering` on a real SQLite file, with a clock that is set and goes
from one due moment to the next. Half of the learners finish a lesson soon after
it came. What is looked at is the outbox: which lesson came to whom, and when, by the learner's clock.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from academy import delivering
from academy.facts import AcademyFacts, QuietHours
from faults.figures import Found, Size
from faults.fresh import fresh
from lessons.model import Course, Lesson
from lessons.steps import Say
from storage import counters, courses, due, enrollments, groups, people, records
from storage.database import Database
from storage.tables import assignments, outbox
from storage.tables import people as people_table

LEARNERS: Final = {"small": 200, "full": 10_000}
OUTAGE: Final = timedelta(hours=72)
AFTER: Final = {"small": timedelta(hours=30), "full": timedelta(days=3)}
"""How long is looked on after the return."""
STEP: Final = {"small": timedelta(minutes=20), "full": timedelta(minutes=15)}
"""Between two ticks, at least."""
ACADEMY: Final = AcademyFacts(name="Outage", quiet=QuietHours(start=time(19), end=time(8)))
BEGUN_AT: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""A Sunday; the outage begins when everybody has finished the first lesson."""
GONE_AT: Final = BEGUN_AT + timedelta(minutes=1)
BACK_AT: Final = GONE_AT + OUTAGE
ZONES: Final = (
    "America/Los_Angeles",
    "America/Nuuk",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Asia/Ulaanbaatar",
    "Europe/Skopje",
    "Pacific/Apia",
    "Pacific/Kiritimati",
)
_BATCH: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """One lesson that came to one learner."""

    person_id: int
    at: datetime
    zone: str


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    """Be away for three days, come back, and count."""
    random = Random(seed)
    database = Database.open(fresh(folder / "outage.db"))
    total = LEARNERS[size]
    try:
        group_id = database.run_here(_make_group)
        for first in range(0, total, _BATCH):
            numbers = range(first, min(first + _BATCH, total))
            database.run_here(partial(_enroll, group_id=group_id, numbers=numbers, random=random))
        _look_on(database, until=BACK_AT + AFTER[size], step=STEP[size], random=random)
        came = database.read_here(_lessons)
        missed = database.read_here(lambda tx: counters.value(tx, "missed_catch_up"))
    finally:
        database.close()
    return (_verdict(came, missed=missed, total=total, seed=seed),)


def _verdict(came: Sequence[Came], *, missed: int, total: int, seed: int) -> Found:
    late = [one for one in came if one.at >= BACK_AT]
    quiet = sum(_is_night(one) for one in late)
    a_day = Counter((one.person_id, one.at.astimezone(ZoneInfo(one.zone)).date()) for one in late)
    reached = len({one.person_id for one in late})
    most = max(a_day.values(), default=0)
    return Found(
        figure="F10",
        what=f"72 hours away, {total:,} learners in {len(ZONES)} zones; {len(late):,} lessons after it",
        goal="at most 1 late lesson per learner and day, 0 in quiet hours; nobody forgotten",
        result=(
            f"at most {most} a day, {quiet} in quiet hours, {reached:,} of {total:,} reached,"
            f" {missed:,} hours counted as missed"
        ),
        holds=most == 1 and quiet == 0 and reached == total and missed > 0,
        seed=seed,
    )


def _is_night(one: Came) -> bool:
    # Written out, so that it is not the code under test that judges.
    hour = one.at.astimezone(ZoneInfo(one.zone)).hour
    return hour >= 19 or hour < 8


def _make_group(tx: Connection) -> int:
    lessons = tuple(
        Lesson(id=f"day-{day}", title=f"Day {day}", minutes=3, steps=(Say(id=f"say-{day}", text="Read."),))
        for day in range(1, 11)
    )
    course = Course(id="outage", title="Outage", language="en", version="1.0.0", lessons=lessons)
    made = courses.publish(tx, course=course, media={}, now=BEGUN_AT)
    assert isinstance(made, courses.Published)
    return groups.add(
        tx,
        name="Everywhere",
        course_version_id=made.version_id,
        zone="UTC",
        weekdays=frozenset(range(7)),
        at=time(9),
        expected=None,
        link_token="outage",
        code="OUTAGE00",
        capacity=100_000,
        closes_at=None,
        now=BEGUN_AT,
    ).id


def _enroll(tx: Connection, *, group_id: int, numbers: range, random: Random) -> None:
    """Let learners begin, and finish the first lesson at once."""
    group = groups.group(tx, group_id)
    for number in numbers:
        person = people.add(tx, address=1000 + number, name=f"Learner {number}", language="en", now=BEGUN_AT)
        people.set_zone(tx, person.id, random.choice(ZONES))
        enrollment = enrollments.enroll(tx, person_id=person.id, group=group, now=BEGUN_AT)
        hour = time(random.randrange(24), random.choice((0, 30)))
        enrollments.set_slot(tx, enrollment.id, weekdays=frozenset(range(7)), at=hour)
        delivering.begin(tx, enrollment_id=enrollment.id, now=BEGUN_AT, academy=ACADEMY)
        _finish(tx, enrollment.id, now=GONE_AT)


def _look_on(database: Database, *, until: datetime, step: timedelta, random: Random) -> None:
    now, since = BACK_AT, 0
    while now < until:
        tick = partial(delivering.tick, now=now, academy=ACADEMY, limit=_BATCH)
        while database.run_here(tick) == _BATCH:
            pass
        since = database.run_here(partial(_some_finish, since=since, now=now, random=random))
        due_at = database.read_here(due.next_due_at)
        now = max(now + step, min(due_at or until, now + timedelta(hours=1)))


def _some_finish(tx: Connection, *, since: int, now: datetime, random: Random) -> int:
    """Finish half of the lessons that came since the last look; return up to where was looked."""
    new = tx.execute(
        select(assignments.c.id, assignments.c.enrollment_id)
        .where(assignments.c.id > since, assignments.c.finished_at.is_(None))
        .order_by(assignments.c.id)
    ).all()
    for row in new:
        if random.random() < 0.5:
            _finish(tx, row.enrollment_id, now=now)
    return max((row.id for row in new), default=since)


def _finish(tx: Connection, enrollment_id: int, *, now: datetime) -> None:
    waiting = records.open_assignment(tx, enrollment_id)
    assert waiting is not None
    records.change(tx, waiting, replace(waiting, started_at=waiting.started_at or now, finished_at=now))
    delivering.replan(tx, enrollment_id=enrollment_id, now=now, academy=ACADEMY)


def _lessons(tx: Connection) -> tuple[Came, ...]:
    rows = tx.execute(
        select(outbox.c.person_id, outbox.c.not_before, people_table.c.zone)
        .join(people_table, people_table.c.id == outbox.c.person_id)
        .where(outbox.c.kind == "lesson")
    )
    return tuple(Came(person_id=row.person_id, at=row.not_before, zone=row.zone) for row in rows)
