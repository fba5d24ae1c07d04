"""A lesson with an open question and every kind of survey, and a group that learns it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from academy import delivering, open_answers
from academy.outgoing import Screen
from academy.places import Pressed
from learners.groups import Group
from learners.people import Person
from lessons.model import Course, Lesson
from lessons.steps import Open, Poll, Rate, Reflect, RubricLevel, Say
from storage import enrollments, groups, records
from storage import open_answers as kept
from storage.open_answers import OpenAnswer, Voice
from tests.academy.cohort import facilitator
from tests.academy.school import ACADEMY, MONDAY, Learner, join, screen

NOW = MONDAY + timedelta(minutes=1)
PLACE = Open(
    id="q-place",
    prompt="Where is heat lost?",
    points=2,
    tries=1,
    model_answer="The back door.",
    rubric=(RubricLevel(points=1, text="names a place"), RubricLevel(points=2, text="and says **why**")),
)
TOPIC = Poll(id="s-topic", prompt="Which topic next?", options=("Solar", "Bills"))
SURE = Rate(id="s-sure", prompt="How sure are you?", low=-1, high=2, low_text="not sure")
CHECK = Reflect(id="s-check", prompt="What will you check?")
STEPS = (Say(id="card", text="Look around."), PLACE, TOPIC, SURE, CHECK)
HEAT = Course(
    id="heat",
    title="Heat",
    language="en",
    version="1.0.0",
    lessons=(Lesson(id="doors", title="Doors", steps=STEPS),),
)
NOTE = Voice(file_id="AwAC", kind="voice", seconds=12)


def at(
    tx: Connection, step: int, *, address: int = 7, course: Course = HEAT, group: str = "Autumn"
) -> Learner:
    """Return a learner at a step of the lesson."""
    learner = join(tx, address=address, course=course, group=group)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    records.advance(tx, learner.open, to_step=step)
    return learner


def only(step: Open) -> Course:
    """Return the course with nothing behind this open question."""
    return replace(HEAT, lessons=(replace(HEAT.lessons[0], steps=(STEPS[0], step)),))


def group_of(tx: Connection, learner: Learner) -> Group:
    return groups.group(tx, enrollments.get(tx, learner.enrollment_id).group_id)


def helper(tx: Connection, learner: Learner, *, address: int = 50) -> Person:
    return facilitator(tx, group_of(tx, learner), address=address)


def send(learner: Learner, text: str = "The roof.", *, message_id: int = 900, now: datetime = NOW) -> bool:
    return open_answers.typed(
        learner.tx,
        person_id=learner.person_id,
        text=text,
        message_id=message_id,
        now=now,
        academy=ACADEMY,
    )


def answer_of(learner: Learner) -> OpenAnswer:
    found = kept.to_question(learner.tx, assignment_id=learner.given[0].id, question_id="q-place")
    assert found is not None
    return found


def on(learner: Learner, *, by: Learner | None = None, message_id: int = 100) -> Pressed:
    """Return a press on the step the learner is at."""
    given = learner.given[0]
    return Pressed(
        person_id=(by or learner).person_id,
        assignment_id=given.id,
        step=given.step,
        screen=screen(message_id),
    )


def on_message(message_id: int) -> Screen:
    return Screen(message_id=message_id, has_media=False)
