"""SIGKILL in the middle of a publish over a live course: all of it, or nothing (guarantees C12)."""

import asyncio
import signal
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from academy.publishing import publish_over
from academy.republishing import Plan
from faults.nursery import Nursery
from faults.schooling import MENDED, taught
from faults.writing_child import ACADEMY
from lessons.model import Course
from lessons.reader import read
from storage.courses import Published
from storage.database import Database
from storage.tables import assignments, course_versions, enrollments, groups, outbox, rescored, responses

pytestmark = pytest.mark.fault

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
LEARNERS = 12
TABLES = (assignments, course_versions, enrollments, groups, outbox, rescored, responses)


@pytest.fixture
def school(database_url: str, tmp_path: Path) -> str:
    """The address of a database in which twelve people are inside the first lesson."""
    made = Database.open(database_url)
    made.prepare(now=NOW)
    made.close()
    taught(database_url, tmp_path, learners=LEARNERS, now=NOW, academy=ACADEMY, begun=True, at=time(9))
    return database_url


@pytest.fixture
def mended(tmp_path: Path) -> Path:
    """The same course with another version and another key."""
    path = tmp_path / "mended.yaml"
    path.write_text(MENDED, encoding="utf-8")
    return path


def kept(tx: Connection) -> dict[str, list[tuple[object, ...]]]:
    return {table.name: [tuple(row) for row in tx.execute(select(table))] for table in TABLES}


async def test_a_kill_in_the_middle_of_a_publish_leaves_nothing_and_the_next_does_all(
    school: str, mended: Path, nursery: Nursery
) -> None:
    database = Database.open(school)
    before = database.read_here(kept)
    asked: dict[str, Any] = {"url": school, "what": "publish", "path": str(mended), "now": NOW.isoformat()}

    killed = await nursery.run("writer", crash_at="inside_publish", **asked)
    after_kill = database.read_here(kept)
    done = await nursery.run("writer", **asked)

    assert (killed, done) == (-signal.SIGKILL, 0)
    assert after_kill == before
    pinned = database.read_here(
        lambda tx: tx.execute(
            select(course_versions.c.version, func.count())
            .join(enrollments, enrollments.c.course_version_id == course_versions.c.id)
            .group_by(course_versions.c.version)
        ).all()
    )
    assert [tuple(row) for row in pinned] == [("1.1.0", LEARNERS)]
    database.close()


async def test_two_publishes_at_once_move_people_once(school: str, mended: Path) -> None:
    database = Database.open(school)
    second = read(mended).course
    assert isinstance(second, Course)

    def one() -> int:
        opened = Database.open(school)
        done = opened.run_here(
            lambda tx: publish_over(tx, course=second, media={}, plan=Plan(), now=NOW, academy=ACADEMY)
        )
        opened.close()
        assert isinstance(done.outcome, Published)
        return done.moves.moved if done.outcome.created else 0

    moved = await asyncio.gather(*(asyncio.to_thread(one) for _ in range(3)))

    assert sorted(moved) == [0, 0, LEARNERS]
    assert database.read_here(lambda tx: tx.scalar(select(func.count()).select_from(course_versions))) == 2
    database.close()
