"""What tests of the command line share: a course, a learner, and reading what was printed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import Result
from sqlalchemy import Connection

from academy.publishing import publish
from app.place import Place
from bot.limits import TELEGRAM
from lessons.reader import read
from storage import enrollments, groups, people
from storage.courses import Published

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)  # Monday 10:00 in Ulaanbaatar
COURSE = """\
format: 1
id: tea
title: Tea
language: en
version: 1.0.0
lessons:
  - id: water
    title: Water first
    steps:
      - say: Boil the water.
      - true_false: Tea needs hot water.
        id: q-hot
        answer: true
        explain: Cold water takes hours.
"""

Run = Callable[..., Result]
"""Runs `dusal …` in a folder of its own."""


def listed(result: Result) -> list[dict[str, Any]]:  # any JSON value
    assert result.exit_code == 0, result.output
    read: list[dict[str, Any]] = json.loads(result.stdout)
    return read


def published(place: Place, path: Path) -> str:
    """Publish a course as the command does, but read it here; return its id.

    The command reads it in a process of its own, which takes half a second (test_commands_for_groups).
    """
    reading = read(path, limits=TELEGRAM)
    course = reading.course
    assert course is not None, reading.problems
    made = place.run(lambda tx: publish(tx, course=course, media=reading.media, now=place.now()))
    assert isinstance(made, Published)
    return course.id


def joined(place: Place, address: int, *, name: str = "Olena") -> None:
    def joining(tx: Connection) -> None:
        group = groups.by_name(tx, "Autumn")
        assert group is not None
        person = people.add(tx, address=address, name=name, language="en", now=NOW)
        enrollment = enrollments.enroll(tx, person_id=person.id, group=group, now=NOW)
        enrollments.set_state(tx, enrollment.id, "active")

    place.run(joining)
