"""A group with a join link and a code, and people who come to it."""

from dataclasses import dataclass, replace
from datetime import datetime, time

from sqlalchemy import Connection, select

from academy import agreeing_times, joining
from academy.agreeing_times import Chosen
from academy.facts import AcademyFacts
from academy.messages import Message
from academy.outgoing import OUTGOING, Outgoing, Screen, Show
from learners.groups import Group
from learners.people import Person
from lessons.model import Translation
from storage import courses, enrollments, groups, people, roles
from storage.tables import outbox
from tests.academy.school import ACADEMY, ENERGY, MONDAY, ULAANBAATAR

TOKEN = "Zx8K-q0_vLw3RtY7uPn2Ba"
CODE = "K7Q4MXPR"
SCREEN = Screen(message_id=100, has_media=False)
COURSE = replace(ENERGY, translations=(Translation(language="uk"),))
BILINGUAL = replace(ACADEMY, languages=("en", "mn"), country="MN", contact="energy@city.example")


def open_group(
    tx: Connection,
    *,
    name: str = "Autumn",
    token: str = TOKEN,
    code: str = CODE,
    capacity: int = 500,
    closes_at: datetime | None = None,
    weekdays: frozenset[int] = frozenset(range(5)),
    at: time = time(9),
) -> Group:
    """A group that learns the course, with a facilitator called Iryna Koval."""
    made = courses.publish(tx, course=COURSE, media={}, now=MONDAY)
    assert isinstance(made, courses.Published)
    group = groups.add(
        tx,
        name=name,
        course_version_id=made.version_id,
        zone=ULAANBAATAR,
        weekdays=weekdays,
        at=at,
        expected=None,
        link_token=token,
        code=code,
        capacity=capacity,
        closes_at=closes_at,
        now=MONDAY,
    )
    iryna = people.add(tx, address=1, name="Iryna Koval", language="en", now=MONDAY)
    roles.grant(tx, person_id=iryna.id, name="facilitator", group_id=group.id, now=MONDAY)
    return group


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody at the door, and what was said to them."""

    tx: Connection
    person_id: int
    claimed: str = "en"

    @property
    def person(self) -> Person:
        return people.get(self.tx, self.person_id)

    def start(self, payload: str = "", *, now: datetime = MONDAY, academy: AcademyFacts = BILINGUAL) -> None:
        joining.start(
            self.tx, person=self.person, payload=payload, claimed=self.claimed, now=now, academy=academy
        )

    def types(self, text: str, *, now: datetime = MONDAY) -> bool:
        return joining.enter(self.tx, person=self.person, text=text, now=now, academy=BILINGUAL)

    def invited(self, token: str = TOKEN) -> joining.Invited:
        return joining.Invited(person=self.person, invitation=token, screen=SCREEN)

    def agree(self, token: str = TOKEN, *, now: datetime = MONDAY) -> bool:
        return joining.agree(self.tx, self.invited(token), now=now, academy=BILINGUAL)

    def chosen(self, enrollment_id: int | None = None) -> Chosen:
        """A press on a screen of the newest enrollment, or of the one given."""
        return Chosen(person=self.person, enrollment_id=enrollment_id or self.enrollment_id, screen=SCREEN)

    @property
    def enrollment_id(self) -> int:
        return enrollments.of_person(self.tx, self.person_id)[0].id

    def rows(self) -> list[Outgoing]:
        """Everything for this person, oldest first."""
        found = self.tx.execute(
            select(outbox.c.content).where(outbox.c.person_id == self.person_id).order_by(outbox.c.id)
        )
        return [OUTGOING.validate_json(content) for content in found.scalars()]

    def heard(self) -> list[Message]:
        """Every message for this person, oldest first."""
        return [one.message for one in self.rows() if isinstance(one, Show)]


def guest(tx: Connection, *, address: int = 7, name: str = "Olena", claimed: str = "en") -> Guest:
    """Somebody who has just written for the first time."""
    person = joining.visitor(tx, address=address, name=name, language=claimed, now=MONDAY, academy=BILINGUAL)
    return Guest(tx, person.id, claimed)


def joined(tx: Connection, *, address: int = 7, name: str = "Olena", token: str = TOKEN) -> Guest:
    """Somebody who went all the way to the first card."""
    olena = guest(tx, address=address, name=name)
    olena.start(token)
    assert olena.agree(token)
    weekdays = frozenset(range(5))
    assert agreeing_times.choose_slot(
        tx, olena.chosen(), weekdays=weekdays, at=time(9), now=MONDAY, academy=BILINGUAL
    )
    if olena.person.zone is None:
        assert agreeing_times.choose_zone(tx, olena.chosen(), zone=None, now=MONDAY, academy=BILINGUAL)
    return olena
