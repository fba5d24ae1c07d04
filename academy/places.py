"""Where a learner stands: the person, their group and course, and the lesson a button points at.

A button is only a pointer, so whatever it names is looked up together with its owner: an
assignment of somebody else is as unknown here as one that never was (guarantees A01, A02).
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.facts import AcademyFacts
from academy.outgoing import Screen
from learners.groups import Enrollment, Group
from learners.people import Person
from learners.records import Assignment
from lessons.drawing import drawn_lesson
from lessons.model import Course, Lesson
from lessons.steps import Step
from scheduler.local_time import QuietHours
from scheduler.pacing import Rhythm
from storage import courses, enrollments, groups, people, records, roles, whereabouts

PressOutcome: TypeAlias = Literal["done", "unknown", "passed", "finished", "counted"]
"""What a press led to.

- `done`: it had its effect, now or when it came for the first time.
- `unknown`: it is nobody's button, another person's, or was never drawn.
- `passed`: it belongs to a step that lies behind the learner in a lesson still under way.
- `finished`: its lesson is finished; the learner was told, and shown where to go on.
- `counted`: another answer to the same try came first, and that one counts.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Who pressed a button of which lesson, on which message."""

    person_id: int
    assignment_id: int
    step: int = 0
    """Where the button names one; the other buttons are about the lesson as a whole."""
    screen: Screen | None
    """None when the messenger no longer shows us the message: what is said comes as a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """One person in one course, in the language they read."""

    person: Person
    enrollment: Enrollment
    group: Group
    course: Course
    facilitator: str = ""
    """Name of whoever helps the group; empty while nobody has one."""

    @property
    def zone(self) -> str:
        """The zone the person confirmed, else the group's."""
        return self.person.zone or self.group.zone

    def number_of(self, lesson_id: str) -> int:
        """Return the 1-based number of a lesson; StopIteration when the course has none such."""
        return next(n for n, lesson in enumerate(self.course.lessons, start=1) if lesson.id == lesson_id)

    def rhythm(self, academy: AcademyFacts) -> Rhythm:
        """Return the learner's days, hour and quiet hours where they live."""
        return Rhythm(
            weekdays=self.enrollment.weekdays,
            at=self.enrollment.at,
            zone=ZoneInfo(self.zone),
            quiet=QuietHours(start=academy.quiet.start, end=academy.quiet.end),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A learner in a lesson that was given to them."""

    learner: Learner
    assignment: Assignment

    @property
    def lesson(self) -> Lesson:
        """The lesson in the version that was given, in the learner's language.

        Of a test that was begun: with the questions this learner got in this attempt.
        """
        return drawn_lesson(self.learner.course.lesson(self.assignment.lesson_id), self.assignment.drawn)

    @property
    def step(self) -> Step:
        """The step the learner is at; IndexError once the lesson is finished."""
        return self.lesson.steps[self.assignment.step]

    @property
    def is_last_step(self) -> bool:
        """Whether nothing follows the current step."""
        return self.assignment.step == len(self.lesson.steps) - 1


def learner_of(tx: Connection, enrollment: Enrollment, *, course_version_id: int | None = None) -> Learner:
    """Return the learner behind an enrollment, with the pinned version of the course or the one given."""
    person = people.get(tx, enrollment.person_id)
    version = enrollment.course_version_id if course_version_id is None else course_version_id
    return Learner(
        person=person,
        enrollment=enrollment,
        group=groups.group(tx, enrollment.group_id),
        course=courses.course_in(tx, version, person.language),
        facilitator=roles.facilitator_name(tx, enrollment.group_id),
    )


def place_at(tx: Connection, assignment: Assignment) -> Place:
    """Return the place an assignment stands for, in the version that was given."""
    enrollment = enrollments.get(tx, assignment.enrollment_id)
    learner = learner_of(tx, enrollment, course_version_id=assignment.course_version_id)
    return Place(learner=learner, assignment=assignment)


def fresh(tx: Connection, place: Place) -> Place:
    """Return the place as the assignment stands now; whose it is and in which course never changes."""
    assignment = records.assignment(tx, place.assignment.id)
    assert assignment is not None
    return replace(place, assignment=assignment)


def place_of(tx: Connection, *, person_id: int, assignment_id: int) -> Place | None:
    """Return the place, or None unless this very person owns it and is still enrolled."""
    found = whereabouts.of_assignment(tx, assignment_id)
    if found is None or found.person.id != person_id or found.enrollment.state in {"joining", "withdrawn"}:
        return None
    learner = Learner(
        person=found.person,
        enrollment=found.enrollment,
        group=found.group,
        course=found.course,
        facilitator=found.facilitator,
    )
    return Place(learner=learner, assignment=found.assignment)


def learning(tx: Connection, person_id: int) -> tuple[Learner, ...]:
    """Return the courses this person is in, newest first; left ones and unfinished joining are not."""
    return tuple(
        learner_of(tx, enrollment)
        for enrollment in enrollments.of_person(tx, person_id)
        if enrollment.state in {"active", "paused", "finished"}
    )
