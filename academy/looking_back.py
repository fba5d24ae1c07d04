"""Reading finished lessons again: nothing is asked, nothing is counted."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from academy import agreeing_times
from academy.facts import AcademyFacts
from academy.messages.learning import CardShown, LessonList, NothingNow, QuestionRead
from academy.messages.surveying import KeptRead
from academy.outgoing import Screen
from academy.places import Learner, Place, Pressed, PressOutcome, learning, place_of
from academy.presenting import card, numbered, picture_of
from academy.reading_kept import kept_read
from academy.saying import remove_buttons, say
from academy.standing import right_answer
from academy.wording import rich
from lessons.steps import Audio, File, Image, Link, More, Open, Poll, Rate, Reflect, Say, Video
from storage import courses, records


def list_lessons(tx: Connection, *, person_id: int, now: datetime, academy: AcademyFacts) -> None:
    """/lessons: the finished lessons of every course of this person, newest course first."""
    courses = learning(tx, person_id)
    if not courses and not agreeing_times.lead_on(tx, person_id=person_id, now=now, academy=academy):
        say(tx, person_id=person_id, message=NothingNow(reason="not_joined"), now=now)
    for learner in courses:
        say(tx, person_id=person_id, message=_listed(tx, learner, page=0), now=now)


def turn_page(
    tx: Connection, *, person_id: int, enrollment_id: int, page: int, screen: Screen | None, now: datetime
) -> PressOutcome:
    """Another page of the list, in place of the one that was pressed; a new list without one."""
    learner = next((one for one in learning(tx, person_id) if one.enrollment.id == enrollment_id), None)
    if learner is None:
        return "unknown"
    say(tx, person_id=person_id, message=_listed(tx, learner, page=page), now=now, edits=screen)
    return "done"


def list_anew(tx: Connection, *, person_id: int, enrollment_id: int, now: datetime) -> PressOutcome:
    """[Lessons to read again]: the list as a new message, below what stays readable."""
    return turn_page(tx, person_id=person_id, enrollment_id=enrollment_id, page=0, screen=None, now=now)


def read_again(tx: Connection, pressed: Pressed, *, now: datetime) -> PressOutcome:
    """Show a step of a finished lesson as a new message; the button that led here is used up.

    From the list (step 0) the buttons stay: another lesson may be read next.
    """
    step, screen = pressed.step, pressed.screen
    place = place_of(tx, person_id=pressed.person_id, assignment_id=pressed.assignment_id)
    if place is None or place.assignment.finished_at is None:
        return "unknown"
    place = as_it_reads_now(tx, place)
    if not 0 <= step < len(place.lesson.steps):
        return "unknown"
    key = None
    if step > 0 and screen is not None:
        remove_buttons(tx, person_id=pressed.person_id, screen=screen, now=now)
        key = f"read:{pressed.assignment_id}:{step}:{screen.message_id}"
    say(tx, person_id=pressed.person_id, message=step_read(tx, place, step=step), now=now, key=key)
    return "done"


def as_it_reads_now(tx: Connection, place: Place) -> Place:
    """Return the place in the version that the group learns now, where that still has the lesson.

    Nothing is asked and nothing counted here, so whoever looks something up finds it corrected. A
    test is read as it was taken: its questions were drawn from the version that was given.
    """
    version = place.learner.group.course_version_id
    if version == place.assignment.course_version_id or place.lesson.test is not None:
        return place
    course = courses.course_in(tx, version, place.learner.person.language)
    if all(lesson.id != place.lesson.id for lesson in course.lessons):
        return place
    return replace(place, learner=replace(place.learner, course=course))


def step_read(tx: Connection, place: Place, *, step: int) -> CardShown | QuestionRead | KeptRead:
    """Return a step as it is read, not asked: a question with its right answer, or with one's own."""
    match place.lesson.steps[step]:
        case Say() | Image() | Audio() | Video() | File() | More() | Link():
            return card(tx, place, step=step, again=True)
        case Open() | Poll() | Rate() | Reflect() as asked:
            return kept_read(tx, place, asked, step=step)
        case asked:
            number, questions = numbered(place, asked)
            return QuestionRead(
                assignment_id=place.assignment.id,
                step=step,
                question=number,
                questions=questions,
                prompt=rich(asked.prompt, place),
                answer=right_answer(place, asked),
                explain=rich(asked.explain, place),
                picture=picture_of(tx, place, path=asked.image, alt=asked.alt) if asked.image else None,
                text_only=place.learner.person.text_only,
                last=step == len(place.lesson.steps) - 1,
            )


def _listed(tx: Connection, learner: Learner, *, page: int) -> LessonList:
    given = {
        one.lesson_id: one.id
        for one in records.assignments_of(tx, learner.enrollment.id)
        if one.finished_at is not None
    }
    return LessonList(
        course=learner.course.title,
        finished=tuple(
            (given[lesson.id], number, lesson.title)
            for number, lesson in enumerate(learner.course.lessons, start=1)
            if lesson.id in given
        ),
        lessons=len(learner.course.lessons),
        page=page,
        enrollment_id=learner.enrollment.id,
    )
