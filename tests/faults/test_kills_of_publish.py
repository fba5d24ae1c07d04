"""SIGKILL in the middle of a publish over a live course: all of it, or nothing (guarantees C12)."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from academy import delivering, publishing
from academy.publishing import publish_over
from academy.republishing import Plan
from lessons.model import Course
from lessons.reader import read
from storage.courses import Published
from storage.database import Database
from storage.tables import assignments, course_versions, enrollments, groups, outbox, rescored, responses
from tests.academy.school import ACADEMY, join

pytestmark = pytest.mark.fault

CHILD = Path(__file__).with_name("publishing_child.py")
ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TALE = """\
format: 1
id: tale
title: A tale
language: en
version: 1.0.0
lessons:
  - id: water
    title: Water first
    steps:
      - say: Boil the water.
      - true_false: Tea needs hot water.
        id: q-hot
        answer: false
        explain: Of course.
"""
MENDED = TALE.replace("1.0.0", "1.1.0").replace("answer: false", "answer: true")
TABLES = (assignments, course_versions, enrollments, groups, outbox, rescored, responses)


def course(folder: Path, text: str) -> tuple[Path, Course]:
    path = folder / "tale.yaml"
    path.write_text(text, encoding="utf-8")
    found = read(path).course
    assert found is not None
    return path, found


def taught(url: str, first: Course, *, learners: int = 12) -> Database:
    """Return a database in which so many people are inside the first lesson."""
    database = Database.open(url)
    database.prepare(now=NOW)

    def joining(tx: Connection) -> None:
        publishing.publish(tx, course=first, media={}, now=NOW)
        for address in range(1, learners + 1):
            learner = join(tx, address=address, course=first, group="Tale", now=NOW)
            delivering.begin(tx, enrollment_id=learner.enrollment_id, now=NOW, academy=ACADEMY)

    database.run_here(joining)
    return database


def kept(tx: Connection) -> dict[str, list[tuple[object, ...]]]:
    return {table.name: [tuple(row) for row in tx.execute(select(table))] for table in TABLES}


async def publish(url: str, path: Path, *, crash: bool) -> int | None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    environ.pop("DUSAL_CRASH_AT", None)
    if crash:
        environ["DUSAL_CRASH_AT"] = "inside_publish"
    child = await asyncio.create_subprocess_exec(sys.executable, str(CHILD), url, str(path), env=environ)
    return await child.wait()


async def test_a_kill_in_the_middle_of_a_publish_leaves_nothing_and_the_next_does_all(
    database_url: str, tmp_path: Path
) -> None:
    _, first = course(tmp_path, TALE)
    database = taught(database_url, first)
    before = database.read_here(kept)
    path, _ = course(tmp_path, MENDED)

    killed = await publish(database_url, path, crash=True)
    after_kill = database.read_here(kept)
    done = await publish(database_url, path, crash=False)

    assert (killed, done) == (-signal.SIGKILL, 0)
    assert after_kill == before
    pinned = database.read_here(
        lambda tx: tx.execute(
            select(course_versions.c.version, func.count())
            .join(enrollments, enrollments.c.course_version_id == course_versions.c.id)
            .group_by(course_versions.c.version)
        ).all()
    )
    assert [tuple(row) for row in pinned] == [("1.1.0", 12)]
    database.close()


async def test_two_publishes_at_once_move_people_once(database_url: str, tmp_path: Path) -> None:
    _, first = course(tmp_path, TALE)
    database = taught(database_url, first)
    _, second = course(tmp_path, MENDED)

    def one() -> int:
        opened = Database.open(database_url)
        done = opened.run_here(
            lambda tx: publish_over(tx, course=second, media={}, plan=Plan(), now=NOW, academy=ACADEMY)
        )
        opened.close()
        assert isinstance(done.outcome, Published)
        return done.moves.moved if done.outcome.created else 0

    moved = await asyncio.gather(*(asyncio.to_thread(one) for _ in range(3)))

    assert sorted(moved) == [0, 0, 12]
    assert database.read_here(lambda tx: tx.scalar(select(func.count()).select_from(course_versions))) == 2
    database.close()
