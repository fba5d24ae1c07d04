"""A learner of a course whose questions come again, and their presses."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from academy import delivering, helping, practice_rounds, practising, walking
from academy.answering import choose
from academy.messages import Message
from academy.messages.reviewing import ReviewFeedback, ReviewShown
from academy.outgoing import OUTGOING, Outgoing, Show
from academy.places import Pressed, PressOutcome
from academy.practising import Act
from lessons.model import Course
from storage import due, enrollments, records, reviews
from storage.tables import outbox
from tests.academy.school import (
    ACADEMY,
    ENERGY,
    FANS,
    FLAT,
    KWH,
    LESSONS,
    MONDAY,
    TODAY,
    VALVE,
    Learner,
    screen,
)
from tests.academy.school import join as enrolled

MINUTE = timedelta(minutes=1)
ORDER = (FANS, TODAY, FLAT, KWH, VALVE)


def asked_again(course: Course = ENERGY) -> Course:
    """The course with every question coming again."""
    lessons = tuple(
        replace(
            lesson,
            steps=tuple(
                replace(step, review=True) if step in lesson.questions else step for step in lesson.steps
            ),
        )
        for lesson in course.lessons
    )
    return replace(course, lessons=lessons)


AGAIN = asked_again()


def join(tx: Connection, *, course: Course = AGAIN, address: int = 7, group: str = "Autumn") -> Learner:
    """A learner at the first step of lesson 1, Monday at nine."""
    learner = enrolled(tx, course=course, address=address, group=group)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    return learner


def live_until(tx: Connection, end: datetime) -> None:
    """Let the service do everything that falls due."""
    while (due_at := due.next_due_at(tx)) is not None and due_at <= end:
        delivering.tick(tx, now=due_at, academy=ACADEMY)


def walk(learner: Learner, *, now: datetime) -> None:
    """Walk the open lesson to its end; every question is answered by [Show answer], lesson 1's right."""
    tx, given = learner.tx, learner.open
    if given.started_at is None:
        records.change(tx, given, replace(given, started_at=now))
    lesson = next(one for one in LESSONS if one.id == given.lesson_id)
    for step, shown in enumerate(lesson.steps):
        pressed = Pressed(
            person_id=learner.person_id, assignment_id=given.id, step=step, screen=screen(step + 1)
        )
        if shown == FANS:
            choose(tx, pressed, try_number=1, option=0, now=now, academy=ACADEMY)
        elif shown in lesson.questions:
            helping.show_answer(tx, pressed, now=now, academy=ACADEMY)
        assert walking.go_on(tx, pressed, now=now, academy=ACADEMY) == "done"


def start(learner: Learner, *, now: datetime, message_id: int = 50) -> PressOutcome:
    """[Start] on the offer of the open lesson."""
    pressed = Pressed(person_id=learner.person_id, assignment_id=learner.open.id, screen=screen(message_id))
    return walking.start(learner.tx, pressed, now=now, academy=ACADEMY)


def shown(learner: Learner) -> ReviewShown:
    """The question on the phone."""
    last = learner.last()
    assert isinstance(last, ReviewShown)
    return last


def lately(learner: Learner) -> list[Outgoing]:
    """The last things said, oldest first; everything would take long in a long life."""
    found = learner.tx.execute(
        select(outbox.c.content)
        .where(outbox.c.person_id == learner.person_id)
        .order_by(outbox.c.id.desc())
        .limit(40)
    )
    return [OUTGOING.validate_json(content) for content in found.scalars()][::-1]


def on(learner: Learner, *, by: Learner | None = None, message_id: int = 60) -> Pressed:
    """A press on the question that was shown last."""
    said = [one.message for one in lately(learner) if isinstance(one, Show)]
    asked = next(
        one.question if isinstance(one, ReviewShown) else one.feedback
        for one in reversed(said)
        if isinstance(one, (ReviewShown, ReviewFeedback))
    )
    return Pressed(
        person_id=(by or learner).person_id,
        assignment_id=asked.assignment_id,
        step=asked.step,
        screen=screen(message_id),
    )


def do(learner: Learner, act: Act, *, now: datetime, by: Learner | None = None) -> PressOutcome:
    return practising.press(learner.tx, on(learner, by=by), act, now=now)


def go_on(learner: Learner, *, now: datetime) -> PressOutcome:
    return practice_rounds.go_on(learner.tx, on(learner), now=now, academy=ACADEMY)


def stop(learner: Learner, *, now: datetime) -> PressOutcome:
    return practice_rounds.stop(learner.tx, on(learner), now=now, academy=ACADEMY)


def review(learner: Learner, *, now: datetime) -> Message:
    """/review, and what it says."""
    practice_rounds.ask(learner.tx, person_id=learner.person_id, now=now, academy=ACADEMY)
    return learner.last()


def keep_fresh(learner: Learner, *, now: datetime, on: bool = True, edit: bool = False) -> PressOutcome:
    return practice_rounds.keep_fresh(
        learner.tx,
        person_id=learner.person_id,
        enrollment_id=learner.enrollment_id,
        on=on,
        edit=edit,
        screen=screen(90),
        now=now,
        academy=ACADEMY,
    )


def questions_on(learner: Learner) -> list[tuple[str, list[str]]]:
    """Occasion and questions of each round, by day."""
    return [
        (one.occasion, [asked.question_id for asked in reviews.in_round(learner.tx, one.id)])
        for one in reviews.rounds_of(learner.tx, learner.enrollment_id)
    ]


def finish_course(learner: Learner, *, now: datetime) -> None:
    """Answer everything at once and be at the end of the course, whatever day it is."""
    tx = learner.tx
    walk(learner, now=now)
    for lesson in LESSONS[1:]:
        version = learner.enrollment.course_version_id
        records.assign(
            tx,
            enrollment_id=learner.enrollment_id,
            lesson_id=lesson.id,
            course_version_id=version,
            at=now,
            on=now.date(),
            started_at=now,
            asked=True,
        )
        walk(learner, now=now)
    assert enrollments.get(tx, learner.enrollment_id).state == "finished"
