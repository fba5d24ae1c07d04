"""A group in two zones, for tests of what facilitators do: everybody an announcement can meet."""

from datetime import UTC, datetime

from sqlalchemy import Connection, update

from academy.outgoing import OUTGOING, Show
from learners.groups import EnrollmentState, Group
from learners.people import Person
from storage import enrollments, groups, people, roles
from storage.tables import outbox
from tests.academy.school import Learner, join

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
"""A Monday: 10:00 in Ulaanbaatar (UTC+8), 03:00 in Skopje (UTC+1)."""

SKOPJE = "Europe/Skopje"


def facilitator(tx: Connection, group: Group, *, address: int = 50) -> Person:
    person = people.add(tx, address=address, name="Iryna", language="en", now=NOW)
    roles.grant(tx, person_id=person.id, name="facilitator", group_id=group.id, now=NOW)
    return person


def member(
    tx: Connection, address: int, *, zone: str | None = None, state: EnrollmentState = "active"
) -> Learner:
    learner = join(tx, address=address, zone=zone, now=NOW)
    enrollments.set_state(tx, learner.enrollment_id, state)
    return learner


def cohort(tx: Connection) -> Group:
    """Three awake in Ulaanbaatar, one asleep in Skopje; one each paused, unreachable, left, joining."""
    member(tx, 1)
    member(tx, 2)
    member(tx, 3, state="finished")
    member(tx, 4, zone=SKOPJE)
    member(tx, 5, state="paused")
    gone = member(tx, 6)
    people.set_unreachable(tx, gone.person_id, since=NOW)
    member(tx, 7, state="withdrawn")
    member(tx, 8, state="joining")
    group = groups.by_name(tx, "Autumn")
    assert group is not None
    return group


def shown(tx: Connection, person: Person) -> list[Show]:
    """Everything shown to this person, oldest first."""
    rows = tx.execute(outbox.select().where(outbox.c.person_id == person.id).order_by(outbox.c.id))
    said = [OUTGOING.validate_json(row.content) for row in rows]
    return [outgoing for outgoing in said if isinstance(outgoing, Show)]


def settle(tx: Connection, key: str, state: str, *, reason: str | None = None) -> None:
    """Let a delivery end as the sender would."""
    tx.execute(update(outbox).where(outbox.c.key == key).values(state=state, reason=reason))
