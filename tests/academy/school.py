"""A small academy for tests: one course of every kind of question, and learners in it."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import Connection, select

from academy.facts import AcademyFacts, QuietHours
from academy.messages import Message
from academy.outgoing import OUTGOING, Outgoing, Screen, Show
from learners.groups import Enrollment
from learners.people import Person
from learners.records import Assignment
from lessons.model import Course, Lesson
from lessons.steps import Choose, ChooseAll, Number, Option, Say, Text, TrueFalse
from storage import courses, enrollments, groups, people, records
from storage.tables import outbox

ULAANBAATAR = "Asia/Ulaanbaatar"  # UTC+8, no summer time
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 in Ulaanbaatar
ACADEMY = AcademyFacts(name="City", quiet=QuietHours(start=time(19), end=time(8)))
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

FANS = Choose(
    id="q-fans",
    prompt="What uses the most at night?",
    hints=("What can you hear at 20:00?",),
    explain="Look for what is big **and** runs all night.",
    options=(
        Option(text="Ventilation fans", right=True, why="Nobody has changed the timer."),
        Option(text="Sleeping computers", right=False, why="About 2 W each."),
        Option(text="Emergency lighting", right=False, why="About 3% of the load."),
    ),
)
TODAY = ChooseAll(
    id="q-today",
    prompt="What can you switch off today?",
    points=2,
    options=(
        Option(text="Hall lights", right=True),
        Option(text="Coffee machine", right=True),
        Option(text="Server cooling", right=False, why="Ask IT first."),
    ),
)
FLAT = TrueFalse(
    id="q-flat", prompt="A short wide opening saves heat.", answer=True, explain="Walls stay warm."
)
KWH = Number(
    id="q-kwh",
    prompt="How many kWh in 30 nights?",
    hints=("kW × hours × nights.",),
    answer=Decimal(150),
    tolerance=Decimal(3),
    unit="kWh",
)
VALVE = Text(id="q-valve", prompt="Which part keeps the temperature?", accept=("valve", "thermostat"))

LESSONS = (
    Lesson(
        id="night",
        title="What runs at night?",
        minutes=4,
        steps=(Say(id="night-1", text="**Nights count.**"), Say(id="night-2", text="Most runs idle."), FANS),
    ),
    Lesson(id="switch", title="Switch off", minutes=3, steps=(TODAY, FLAT)),
    Lesson(id="heat", title="One degree less", minutes=5, steps=(Say(id="heat-1", text="6%."), KWH, VALVE)),
)
ENERGY = Course(id="energy", title="Energy basics", language="en", version="1.0.0", lessons=LESSONS)


@dataclass(frozen=True, slots=True)
class Learner:
    """One enrolled person and what has been said to them."""

    tx: Connection
    enrollment_id: int
    person_id: int

    @property
    def person(self) -> Person:
        return people.get(self.tx, self.person_id)

    @property
    def enrollment(self) -> Enrollment:
        return enrollments.get(self.tx, self.enrollment_id)

    @property
    def given(self) -> tuple[Assignment, ...]:
        return records.assignments_of(self.tx, self.enrollment_id)

    @property
    def open(self) -> Assignment:
        waiting = records.open_assignment(self.tx, self.enrollment_id)
        assert waiting is not None
        return waiting

    @property
    def rows(self) -> list[tuple[int, str, datetime, Outgoing]]:
        """Id, kind, not before, what: everything in the outbox for this person, oldest first."""
        found = self.tx.execute(
            select(outbox.c.id, outbox.c.kind, outbox.c.not_before, outbox.c.content)
            .where(outbox.c.person_id == self.person_id)
            .order_by(outbox.c.id)
        )
        return [(row.id, row.kind, row.not_before, OUTGOING.validate_json(row.content)) for row in found]

    def heard(self) -> list[Outgoing]:
        """Everything said so far, in order."""
        return [outgoing for _, _, _, outgoing in self.rows]

    def last(self) -> Message:
        """The last thing shown."""
        shown = [outgoing for outgoing in self.heard() if isinstance(outgoing, Show)]
        return shown[-1].message


def join(
    tx: Connection,
    *,
    address: int = 7,
    course: Course = ENERGY,
    group: str = "Autumn",
    zone: str | None = None,
    weekdays: frozenset[int] = frozenset(range(5)),
    at: time = time(9),
    now: datetime = MONDAY,
    language: str = "en",
) -> Learner:
    """Enroll a person, up to the moment before `delivering.begin`."""
    made = courses.publish(tx, course=course, media={}, now=now)
    assert isinstance(made, courses.Published)
    into = groups.by_name(tx, group) or groups.add(
        tx,
        name=group,
        course_version_id=made.version_id,
        zone=ULAANBAATAR,
        weekdays=weekdays,
        at=at,
        expected=None,
        link_token=f"token-{group}",
        code=f"CODE{group}"[:16],
        capacity=500,
        closes_at=None,
        now=now,
    )
    person = people.add(tx, address=address, name=f"Learner {address}", language=language, now=now)
    if zone is not None:
        people.set_zone(tx, person.id, zone)
    enrollment = enrollments.enroll(tx, person_id=person.id, group=into, now=now)
    enrollments.set_slot(tx, enrollment.id, weekdays=weekdays, at=at)
    return Learner(tx, enrollment.id, person.id)


def screen(message_id: int = 100) -> Screen:
    """A text message with buttons, as a tap brings it."""
    return Screen(message_id=message_id, has_media=False)
