"""A small school to be broken: one course, one group, and people in it at a moment of our choice."""

from datetime import datetime, time
from pathlib import Path

from sqlalchemy import Connection

from academy import delivering
from academy.facts import AcademyFacts
from lessons.reader import read
from storage import courses, enrollments, groups, people
from storage.database import Database

GROUP = "Tale"
FIRST = 1_001
"""Address of the first learner; the others follow."""
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


def taught(
    url: str, folder: Path, *, learners: int, now: datetime, academy: AcademyFacts, begun: bool, at: time
) -> None:
    """Enroll so many people; `begun` gives each the first card, else it comes at `at` of the day (UTC)."""
    path = folder / "tale.yaml"
    path.write_text(TALE, encoding="utf-8")
    course = read(path).course
    assert course is not None

    def fill(tx: Connection) -> None:
        published = courses.publish(tx, course=course, media={}, now=now)
        assert isinstance(published, courses.Published)
        group = groups.add(
            tx, name=GROUP, course_version_id=published.version_id, zone="UTC", weekdays=frozenset(range(7)),
            at=at, expected=None, link_token="0" * 22, code="TALE2345", capacity=learners, closes_at=None,
            now=now,
        )  # fmt: skip
        for address in range(FIRST, FIRST + learners):
            person = people.add(tx, address=address, name=f"Person {address}", language="en", now=now)
            people.accept_notice(tx, person.id, version="1", now=now)
            enrollment = enrollments.enroll(tx, person_id=person.id, group=group, now=now)
            enrollments.set_slot(tx, enrollment.id, weekdays=group.weekdays, at=group.at)
            if begun:
                delivering.begin(tx, enrollment_id=enrollment.id, now=now, academy=academy)
            else:
                enrollments.set_state(tx, enrollment.id, "active", started_at=now)
                delivering.replan(tx, enrollment_id=enrollment.id, now=now, academy=academy)

    database = Database.open(url)
    database.run_here(fill)
    database.close()
