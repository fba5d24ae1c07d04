"""Who gets an announcement, and from which moment on.

Quiet hours are those of the learner's own clock, so one announcement goes out at several
moments when a group lives in several zones.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.facts import AcademyFacts
from learners.groups import Group
from learners.people import Person
from scheduler.local_time import next_waking
from storage import report_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearer:
    """Somebody who will be told."""

    person: Person
    at: datetime
    """Not before this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Everybody in a group who has not left, sorted by what an announcement means to them."""

    starts_at: datetime
    """When the first copies go."""
    hearers: tuple[Hearer, ...]
    """In the order they joined the group."""
    paused: tuple[Person, ...]
    """Asked for silence; they are left out."""
    unreachable: tuple[Person, ...]
    """Blocked the bot; they are left out."""

    @property
    def people(self) -> int:
        """How many there are in all."""
        return len(self.hearers) + len(self.paused) + len(self.unreachable)

    @property
    def later(self) -> tuple[Hearer, ...]:
        """Those who wait for the end of their quiet hours."""
        return tuple(hearer for hearer in self.hearers if hearer.at > self.starts_at)


def audience(
    tx: Connection, *, group: Group, send_at: datetime | None, now: datetime, academy: AcademyFacts
) -> Audience:
    """Return who would be told if the announcement were confirmed now.

    Nothing goes before the undo window is over. Somebody who is still joining has agreed to
    nothing yet and is not counted.
    """
    starts_at = now + academy.undo
    if send_at is not None:
        starts_at = max(starts_at, send_at)
    hearers: list[Hearer] = []
    paused: list[Person] = []
    unreachable: list[Person] = []
    for person, state in report_facts.people_in(tx, group.id):
        if state in {"joining", "withdrawn"}:
            continue
        if person.unreachable_since is not None:
            unreachable.append(person)
        elif state == "paused":
            paused.append(person)
        else:
            zone = ZoneInfo(person.zone or group.zone)
            hearers.append(Hearer(person=person, at=next_waking(starts_at, zone=zone, quiet=academy.quiet)))
    return Audience(
        starts_at=starts_at,
        hearers=tuple(hearers),
        paused=tuple(paused),
        unreachable=tuple(unreachable),
    )
