"""What tests of the command line share: a course, a learner, and reading what was printed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from click.testing import Result
from sqlalchemy import Connection

from app.place import Place
from storage import enrollments, groups, people

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


def joined(place: Place, address: int, *, name: str = "Olena") -> None:
    def joining(tx: Connection) -> None:
        group = groups.by_name(tx, "Autumn")
        assert group is not None
        person = people.add(tx, address=address, name=name, language="en", now=NOW)
        enrollment = enrollments.enroll(tx, person_id=person.id, group=group, now=NOW)
        enrollments.set_state(tx, enrollment.id, "active")

    place.run(joining)
