"""What the small academy of the fuzzer has: a course with every kind of step, and people in all roles."""

from datetime import datetime
from random import Random
from typing import Final

from sqlalchemy import Connection

from academy import delivering, granting, grouping, publishing
from academy.facts import AcademyFacts
from academy.grouping import GroupCreated
from bot.limits import TELEGRAM
from learners.groups import Group
from lessons.reader import read_bytes
from storage import enrollments, people
from storage.courses import Published

LEARNER: Final = 8_000_001
SECOND_LEARNER: Final = 8_000_002
STRANGER: Final = 8_000_003
FACILITATOR: Final = 7_000_001
ADMIN: Final = 7_000_002
WITNESS: Final = 6_000_001
"""Does what ordinary people do; no input is theirs."""
EVERYBODY: Final = (LEARNER, SECOND_LEARNER, STRANGER, FACILITATOR, ADMIN)

FACTS: Final = AcademyFacts(
    name="Darkhan-Uul e-Academy",
    languages=("en", "mn"),
    zone="Asia/Ulaanbaatar",
    country="MN",
    bot_username="dusal_bot",
)
COURSE: Final = b"""\
format: 1
id: heat
title: Heat
language: en
version: 1.0.0
lessons:
  - id: first
    title: First
    steps:
      - say: Heat **rises**.
      - choose: Where does heat go?
        id: q-where
        hint: Look up.
        options:
          - right: upwards
          - wrong: downwards
            why: Warm air is lighter.
          - wrong: sideways
            why: Warm air is lighter.
      - choose_all: What loses heat?
        id: q-loses
        options: [{right: windows}, {right: walls}, {wrong: carpets}]
      - order: What comes first?
        id: q-first
        items: [look, measure, close, tell]
      - match: Which room needs which temperature?
        id: q-rooms
        pairs: {office: 20, hall: 15, stairs: 12}
      - number: How many degrees?
        id: q-degrees
        answer: 20
        unit: "\xc2\xb0C"
      - text: What keeps the heat in?
        id: q-keeps
        accept: [door, wall]
      - open: Describe one place where heat is lost.
        id: q-place
        points: 2
        rubric: {1: names it, 2: and says why}
      - poll: Which topic next?
        id: s-topic
        options: [Solar, Bills]
      - rate: How sure are you?
        id: s-sure
        from: 1 (not sure)
        to: 5 (sure)
      - reflect: What will you look at?
        id: s-look
  - id: exam
    title: The test
    needs: first
    test: {draw: 1, tries: 3}
    steps:
      - true_false: Doors keep heat in.
        id: q-doors
        answer: true
      - true_false: Heat falls.
        id: q-falls
        answer: false
"""


def furnish(tx: Connection, *, now: datetime) -> Group:
    """Publish the course, make its group, and let three people learn in it."""
    reading = read_bytes("heat.yaml", COURSE, limits=TELEGRAM)
    assert reading.course is not None, reading.problems
    assert isinstance(publishing.publish(tx, course=reading.course, media=reading.media, now=now), Published)
    created = grouping.create_group(
        tx, name="Autumn", course_id="heat", zone=None, weekdays=None, at=None, expected=None,
        capacity=40, random=Random(7), now=now, academy=FACTS,
    )  # fmt: skip
    assert isinstance(created, GroupCreated)
    granting.grant(tx, address=FACILITATOR, role="facilitator", group_name="Autumn", now=now)
    granting.grant(tx, address=ADMIN, role="admin", group_name=None, now=now)
    for address, name in ((FACILITATOR, "Saraa"), (ADMIN, "Delger")):
        people.add(tx, address=address, name=name, language="en", now=now)
    for address, language in ((LEARNER, "en"), (SECOND_LEARNER, "mn"), (WITNESS, "en")):
        person = people.add(tx, address=address, name=f"Learner {address}", language=language, now=now)
        people.accept_notice(tx, person.id, version="fuzz", now=now)
        enrollment = enrollments.enroll(tx, person_id=person.id, group=created.group, now=now)
        delivering.begin(tx, enrollment_id=enrollment.id, now=now, academy=FACTS)
    return created.group
