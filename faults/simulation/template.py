"""An academy to begin with: real tables, a course of every kind of question, a group, its people."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import Connection

from academy import granting, grouping, publishing
from academy.grouping import GroupCreated
from academy.republishing import Plan
from app.settings import Settings, facts
from lessons.model import Course
from lessons.reader import read
from storage.courses import Published
from storage.database import Database

START: Final = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
"""Monday 08:30 in Ulaanbaatar."""
TOKEN: Final = "1000000001:a-planted-token-that-nobody-may-ever-see"
SECRET: Final = "a-planted-webhook-secret"
FACILITATOR: Final = 7_000_001
ADMIN: Final = 7_000_002
FIRST_LEARNER: Final = 5_000_001
ZONE: Final = "Asia/Ulaanbaatar"

COURSE: Final = """\
format: 1
id: tea
title: Tea
language: en
version: {version}
pace: {{days: daily, at: 09:00}}
lessons:
  - id: water
    title: Water
    minutes: 2
    steps:
      - say: Boil the water{more}.
      - choose: What goes first?
        id: q-first
        options:
          - right: Water
          - wrong: Milk
          - wrong: Salt
        hint: It is clear.
        explain: Water it is.
      - true_false: Tea needs hot water.
        id: q-hot
        answer: true
        explain: It does.
  - id: leaves
    title: Leaves
    minutes: 2
    steps:
      - choose_all: What makes tea stronger?
        id: q-stronger
        options:
          - right: More leaves
          - right: More time
          - wrong: A larger cup
      - number: How many grams for a litre?
        id: q-grams
        answer: 10
        tolerance: 1
        explain: Ten.
  - id: cup
    title: Cup
    minutes: 2
    steps:
      - open: How do you drink it?
        id: q-open
        points: 2
      - true_false: Was it tea?
        id: q-tea
        answer: {answer}
        explain: It was.
  - id: milk
    title: Milk
    minutes: 1
    steps:
      - say: Milk comes last.
announcements:
  - id: cups
    when: {{before_lesson: cup, days: 1}}
    say: Dear {{name}}, bring your cup.
    auto: yes
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A database to begin with."""

    content: bytes
    token: str
    """Of the group's link."""
    versions: tuple[Course, ...]
    """The course as published, and what may be published later."""


@cache
def settings(*, polling: bool) -> Settings:
    """Return the settings of the simulated academy."""
    return Settings.model_validate(
        {
            "academy": {"name": "City", "languages": ("en", "mn"), "zone": ZONE, "country": "MN"},
            "telegram": {
                "token": TOKEN,
                "mode": "polling" if polling else "webhook",
                "webhook": {"url": "https://bot.invalid/hook", "secret": SECRET},
            },
        }
    )


@cache
def template(folder: Path) -> Template:
    """Return the academy, made once in this process with the product's own functions."""
    versions = tuple(
        _course(folder, version=f"1.{number}.0", more=more, answer=answer)
        for number, (more, answer) in enumerate((("", "true"), (" well", "true"), (" twice", "false")))
    )
    file = folder / "template.db"
    database = Database.open(f"sqlite:///{file}")
    database.prepare(now=START)
    token = database.run_here(lambda tx: _furnish(tx, versions[0]))
    database.close()
    raw = sqlite3.connect(file)
    raw.execute("PRAGMA journal_mode=DELETE")
    content = raw.serialize()
    raw.close()
    return Template(content=content, token=token, versions=versions)


def _furnish(tx: Connection, course: Course) -> str:
    academy = facts(settings(polling=True))
    published = publishing.publish(tx, course=course, media={}, now=START)
    assert isinstance(published, Published)
    made = grouping.create_group(
        tx, name="Autumn", course_id=course.id, zone=None, weekdays=None, at=None, expected=None,
        capacity=100, auto_announcements=True, random=Random(1), now=START, academy=academy,
    )  # fmt: skip
    assert isinstance(made, GroupCreated)
    granting.grant(tx, address=FACILITATOR, role="facilitator", group_name="Autumn", now=START)
    granting.grant(tx, address=ADMIN, role="admin", group_name=None, now=START)
    return made.group.link_token


def _course(folder: Path, *, version: str, more: str, answer: str) -> Course:
    path = folder / f"tea-{version}.yaml"
    path.write_text(COURSE.format(version=version, more=more, answer=answer), encoding="utf-8")
    reading = read(path)
    assert reading.course is not None, reading.problems
    return reading.course


def plan(*, corrected: bool) -> Plan:
    """Return what a later version means to those who learn the one before."""
    return Plan(corrected_key=corrected)
