"""F15: one month of one academy, played on SQLite and on PostgreSQL, and every row compared.

The whole service runs under a clock that stands still between steps, and learners tap what they see,
as a seed says. What must be the same is every table, row by row, and every phone. Numbers that a database
gives out are compared by their order: PostgreSQL leaves gaps where something was not kept after all.
"""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, Integer, Table, select

from app.settings import Settings
from app.trial import trial
from faults.figures import Found, Size
from faults.postgresql_server import serving
from lessons.reader import read
from preview.limits import NO_RATE_LIMITS
from preview.movable_clock import MovableClock
from preview.phone_client import Phone, Phones
from storage import courses, groups
from storage.database import Database
from storage.tables import metadata

GOAL = "every table and every phone the same"
START = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
"""Monday 08:30 in Ulaanbaatar."""
_TOKEN = "0" * 22
_SETTINGS = Settings.model_validate(
    {"academy": {"name": "Darkhan", "languages": ("en", "mn"), "zone": "Asia/Ulaanbaatar", "country": "MN"}}
)
_OWN_TO_A_RUN = frozenset(
    {
        # Numbers of messages are given out by the messenger, in the order of arrival at one moment.
        "message_id", "surplus_message_id", "screen_message_id", "reply_to", "file_id",
        # Counted for each start, and two for one on PostgreSQL (app.sender.take_over).
        "epoch", "handler", "trace_id",
        # Up to which number sent.log is known to be complete: a file beside a SQLite database only.
        "sent_tally",
    }
)  # fmt: skip
"""Columns that differ between two runs on the same engine, or belong to one of them."""
_OF_ONE_ENGINE = frozenset({"leases"})
"""Who leads is written down on PostgreSQL, where there can be several; beside SQLite lies a lock."""
_NUMBERS = re.compile(r'("(?:[a-z_]*_)?id"|"edits"|"reply_to"|"at_id"): ?\d+')


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is played."""

    learners: int
    days: int
    lessons: int


SCALES = {"small": Scale(learners=2, days=3, lessons=3), "full": Scale(learners=12, days=31, lessons=20)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What is there at the end."""

    tables: Mapping[str, Sequence[str]]
    phones: Sequence[Sequence[str]]

    def count(self) -> int:
        """Return how many rows there are."""
        return sum(len(rows) for rows in self.tables.values())


async def play(url: str, scale: Scale, seed: int, folder: Path) -> Played:
    """Play the month on one engine."""
    await asyncio.to_thread(_teach, url, scale, folder)
    random = Random(seed)
    async with (
        trial(
            _SETTINGS,
            database_url=url,
            start=START,
            clock=MovableClock(START),
            rate_limits=NO_RATE_LIMITS,
        ) as stage,
        Phones(stage.server.url) as phones,
    ):
        learners = []
        for number in range(scale.learners):
            phone = await phones.add(f"Learner {number}", number=1_001 + number)
            learners.append(phone)
            await phone.write(f"/start {_TOKEN}")
            await stage.mover.settled()
            for _ in range(4):
                await phone.press_at((await phone.last()).id, row=0, column=0)
                await stage.mover.settled()
        for _ in range(scale.days):
            for phone in learners:
                for _ in range(random.randint(0, 6)):
                    await _do_something(phone, random)
                    await stage.mover.settled()
            await phones.move_clock(seconds=random.randint(20, 28) * 3600)
            await stage.mover.settled()
        shown = [[message.text for message in await phone.messages()] for phone in learners]
    return Played(tables=await asyncio.to_thread(_tables, url), phones=shown)


async def _do_something(phone: Phone, random: Random) -> None:
    last = await phone.last()
    buttons = [(row, column) for row, labels in enumerate(last.labels) for column in range(len(labels))]
    if not buttons or random.random() < 0.1:
        await phone.write(random.choice(("/help", "/progress", "What is this?", "/settings")))
        return
    row, column = random.choice(buttons)
    if last.id not in {message.id for message in await phone.messages()}:
        return
    await phone.press_at(last.id, row=row, column=column)


def _teach(url: str, scale: Scale, folder: Path) -> None:
    lessons = [
        {
            "id": f"lesson-{number}",
            "title": f"Lesson {number}",
            "steps": [
                {"say": f"Card {number}."},
                {"true_false": f"Is {number} even?", "id": f"q-{number}", "answer": number % 2 == 0},
            ],
        }
        for number in range(scale.lessons)
    ]
    course = {
        "format": 1, "id": "numbers", "title": "Numbers", "language": "en", "version": "1.0.0",
        "lessons": lessons,
    }  # fmt: skip
    path = folder / "numbers.yaml"
    path.write_text(json.dumps(course, indent=1), encoding="utf-8")
    reading = read(path).course
    assert reading is not None, read(path).problems

    def fill(tx: Connection) -> None:
        published = courses.publish(tx, course=reading, media={}, now=START)
        assert isinstance(published, courses.Published)
        groups.add(
            tx, name="Month", course_version_id=published.version_id, zone="Asia/Ulaanbaatar",
            weekdays=frozenset(range(7)), at=time(9), expected=None, link_token=_TOKEN, code="MNTH2345",
            capacity=100, closes_at=None, now=START - timedelta(days=1),
        )  # fmt: skip

    database = Database.open(url)
    database.prepare(now=START)
    database.run_here(fill)
    database.close()


def _tables(url: str) -> dict[str, list[str]]:
    database = Database.open(url)
    try:
        return database.read_here(_all_rows)
    finally:
        database.close()


def _all_rows(tx: Connection) -> dict[str, list[str]]:
    found = {
        table.name: [dict(row) for row in tx.execute(select(table)).mappings()]
        for table in metadata.sorted_tables
    }
    order = {
        table.name: {
            number: rank for rank, number in enumerate(sorted(row["id"] for row in found[table.name]))
        }
        for table in metadata.sorted_tables
        if "id" in table.c and isinstance(table.c.id.type, Integer)
    }
    return {
        table.name: sorted(_written(table, row, order=order) for row in found[table.name])
        for table in metadata.sorted_tables
        if table.name not in _OF_ONE_ENGINE
    }


def _written(table: Table, row: Mapping[str, Any], *, order: Mapping[str, Mapping[int, int]]) -> str:
    """Return a row as text, with numbers that a database gave out by their order."""
    told = {}
    for column in table.columns:
        value = row[column.name]
        if column.name in _OWN_TO_A_RUN:
            continue
        points_at = next(
            (key.column.table.name for key in column.foreign_keys if key.column.name == "id"), None
        )
        ranks = order.get(table.name if column.name == "id" else points_at or "")
        if ranks is not None and isinstance(value, int):
            value = ranks.get(value, value)
        elif isinstance(value, str):
            value = _NUMBERS.sub(r"\1: 0", value)
        told[column.name] = value
    return json.dumps(told, default=str, sort_keys=True)


def compared(first: Played, second: Played) -> list[str]:
    """Return what differs, one line each."""
    differences = []
    for name, rows in first.tables.items():
        here, there = set(rows) - set(second.tables[name]), set(second.tables[name]) - set(rows)
        if here or there or len(rows) != len(second.tables[name]):
            differences.append(f"{name}: {sorted(here)[:1]} against {sorted(there)[:1]}")
    differences += [
        f"phone {number}: {next(((a, b) for a, b in zip(one, other, strict=False) if a != b), 'length')}"
        for number, (one, other) in enumerate(zip(first.phones, second.phones, strict=True))
        if one != other
    ]
    return differences


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    scale = SCALES[size]
    on_file = await play(f"sqlite:///{folder / 'dusal.db'}", scale, seed, folder)
    with serving() as server:
        on_server = await play(server.url, scale, seed, folder)
    differences = compared(on_file, on_server)
    messages = sum(len(phone) for phone in on_file.phones)
    return [
        Found(
            figure="F15",
            what=f"{scale.days} days of an academy with {scale.learners} learners on SQLite and PostgreSQL: "
            f"{on_file.count():,} rows of {len(on_file.tables)} tables, {messages:,} messages",
            goal=GOAL,
            result="; ".join(differences[:3]) or "the same",
            holds=not differences and on_file.count() > 100,
            seed=seed,
        )
    ]
