"""A dropped course, walked through in the chat before anybody learns from it: nothing is kept.

The admin sees each step as a learner does, in their own language, and after each question what is
right. The place is in the button, so there is no enrollment that a report could count.
"""

from datetime import datetime, time

from sqlalchemy import Connection

from academy.looking_back import step_read
from academy.messages.authoring import TrialStep
from academy.messages.learning import QuestionShown
from academy.outgoing import Screen
from academy.places import Learner, Place
from academy.saying import remove_buttons, say
from academy.standing import where_they_stand
from learners.groups import Enrollment, Group
from learners.people import Person
from learners.records import Assignment
from lessons.model import Course
from lessons.translations import apply
from storage import course_drafts


def show(
    tx: Connection,
    *,
    person: Person,
    draft_id: int,
    lesson: int,
    step: int,
    answer: bool,
    screen: Screen | None,
    now: datetime,
) -> bool:
    """Show a step (both 0-based) of a course that this person dropped; False when there is none such.

    With `answer` it is what is right at this question. The message that was pressed keeps its words
    and, unless it is the offer, loses its buttons.
    """
    course = course_drafts.content(tx, draft_id, person_id=person.id)
    if course is None or not 0 <= lesson < len(course.lessons):
        return False
    if person.language in course.languages and person.language != course.language:
        course = apply(course, person.language)
    if not 0 <= step < len(course.lessons[lesson].steps):
        return False
    place = _place(person, course, lesson=lesson, step=step, now=now)
    asked = where_they_stand(tx, place)
    if screen is not None and (answer or (lesson, step) != (0, 0)):
        remove_buttons(tx, person_id=person.id, screen=screen, now=now)
    message = TrialStep(
        draft_id=draft_id,
        shown=step_read(tx, place, step=step) if answer else asked,
        lesson=lesson,
        step=step,
        title=course.lessons[lesson].title,
        has_answer=isinstance(asked, QuestionShown) and not answer,
        last_step=step == len(course.lessons[lesson].steps) - 1,
        last_lesson=lesson == len(course.lessons) - 1,
    )
    pressed = "gone" if screen is None else str(screen.message_id)
    key = f"trial:{draft_id}:{lesson}:{step}:{int(answer)}:{pressed}"
    say(tx, person_id=person.id, message=message, now=now, key=key)
    return True


def _place(person: Person, course: Course, *, lesson: int, step: int, now: datetime) -> Place:
    """Return a place in no group, that exists nowhere but here."""
    days = frozenset(range(5))
    group = Group(
        id=0,
        name=course.title,
        course_version_id=0,
        zone="UTC",
        weekdays=days,
        at=time(9),
        expected=None,
        link_token="",
        code="",
        capacity=0,
        closes_at=None,
        created_at=now,
    )
    enrollment = Enrollment(
        id=0,
        person_id=person.id,
        group_id=0,
        course_version_id=0,
        weekdays=days,
        at=time(9),
        state="active",
        joined_at=now,
    )
    taught = course.lessons[lesson]
    assignment = Assignment(
        id=0,
        enrollment_id=0,
        lesson_id=taught.id,
        course_version_id=0,
        assigned_at=now,
        assigned_on=now.date(),
        started_at=now,
        step=step,
        # The whole pool of a test: an author wants to see every question.
        drawn=() if taught.test is None else tuple(question.id for question in taught.questions),
    )
    learner = Learner(person=person, enrollment=enrollment, group=group, course=course)
    return Place(learner=learner, assignment=assignment)
