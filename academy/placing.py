"""A learner is put at any step: an author's shortcut through their own course.

Only the preview is wired to this; no button or command of the bot leads here, because it rewrites
what somebody did (a contract in pyproject.toml holds that). Lessons before the step count as
finished, those after it come again in their time.
"""

from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import Connection

from academy.delivering import replan
from academy.facts import AcademyFacts
from academy.joining import NOTICE_VERSION
from academy.messages import Message
from academy.messages.learning import CardShown, Feedback, QuestionShown
from academy.messages.surveying import OpenKept, SurveyShown
from academy.messages.testing import AnswerKept
from academy.outgoing import OUTGOING, Screen, Show
from academy.places import learner_of, place_at
from academy.presenting import offer
from academy.saying import say
from academy.standing import where_they_stand
from academy.tidying import LOOKED_THROUGH, take_buttons_off
from learners.groups import Enrollment
from learners.people import Person
from learners.records import Assignment
from lessons.model import Lesson
from scheduler.local_time import local_date
from storage import conversations, courses, enrollments, groups, outbox, people, records, roles, trial_records

Placed: TypeAlias = Literal["done", "no_such_step", "not_a_learner"]
"""What became of the wish; only after `done` anything has changed."""

StepMessage: TypeAlias = CardShown | QuestionShown | Feedback | AnswerKept | OpenKept | SurveyShown
STEP_MESSAGES = (CardShown, QuestionShown, Feedback, AnswerKept, OpenKept, SurveyShown)
"""For `isinstance`: what a step looks like on the phone."""


def jump(
    tx: Connection,
    *,
    person: Person,
    group_id: int,
    lesson_id: str,
    step: int,
    now: datetime,
    academy: AcademyFacts,
) -> Placed:
    """Put a learner at exactly this step and show it, as if they came to it for the first time.

    What they answered before it stays, what they answered from it on is forgotten. Somebody who
    has not joined the group joins it by this, with the group's days and hour.
    """
    if roles.roles_of(tx, person.id):
        return "not_a_learner"
    group = groups.group(tx, group_id)
    course = courses.course(tx, group.course_version_id)
    number = next((n for n, one in enumerate(course.lessons) if one.id == lesson_id), None)
    if number is None or not 0 <= step < len(course.lessons[number].steps):
        return "no_such_step"
    enrollment = _joined(tx, person, group_id=group_id, now=now)
    target = _clear_the_way(tx, enrollment, course.lessons, number=number, now=now)
    lesson = course.lessons[number]
    if target is not None and target.course_version_id != enrollment.course_version_id:
        _forget_what_changed(tx, target, lesson=lesson)
    if target is None:
        target_id = trial_records.give_open(
            tx,
            enrollment_id=enrollment.id,
            lesson_id=lesson_id,
            course_version_id=enrollment.course_version_id,
            now=now,
        )
    else:
        target_id = target.id
    _open_at(tx, enrollment, lesson, target_id=target_id, step=step, now=now)
    _settle_days(tx, enrollment, target_id=target_id, now=now, academy=academy)
    _show(tx, target_id, now=now)
    replan(tx, enrollment_id=enrollment.id, now=now, academy=academy)
    return "done"


def show_again(tx: Connection, *, enrollment_id: int, now: datetime) -> bool:
    """Return whether there is a step under way; it is shown in place of what stands last on the phone."""
    waiting = records.open_assignment(tx, enrollment_id)
    if waiting is None or waiting.started_at is None:
        return False
    place = place_at(tx, waiting)
    person_id = place.learner.person.id
    shown = where_they_stand(tx, place)
    screen = _screen(tx, person_id=person_id, shown=shown)
    if screen is None:
        take_buttons_off(tx, person_id=person_id, wanted=lambda old: isinstance(old, STEP_MESSAGES), now=now)
    say(tx, person_id=person_id, message=shown, now=now, edits=screen)
    return True


def _joined(tx: Connection, person: Person, *, group_id: int, now: datetime) -> Enrollment:
    """Return the person's enrollment in the group, active from now on."""
    found = next((one for one in enrollments.of_person(tx, person.id) if one.group_id == group_id), None)
    if found is None or found.started_at is None:
        people.forget_at(tx, person.id, at=None)
        people.accept_notice(tx, person.id, version=NOTICE_VERSION, now=now)
        found = enrollments.enroll(tx, person_id=person.id, group=groups.group(tx, group_id), now=now)
        enrollments.set_state(tx, found.id, "active", started_at=now)
    conversations.clear(tx, person.id)
    trial_records.go_on(tx, found.id)
    return enrollments.get(tx, found.id)


def _clear_the_way(
    tx: Connection, enrollment: Enrollment, lessons: tuple[Lesson, ...], *, number: int, now: datetime
) -> Assignment | None:
    """Finish every lesson before the one with this number, take back every one after it.

    Return the newest assignment of the lesson itself, None when it was never given.
    """
    given = records.assignments_of(tx, enrollment.id)
    wanted, after = lessons[number].id, {lesson.id for lesson in lessons[number + 1 :]}
    own = [one for one in given if one.lesson_id == wanted]
    trial_records.take_back(tx, [one.id for one in given if one.lesson_id in after])
    trial_records.take_back(tx, [one.id for one in own[:-1]])
    # Lessons that the course no longer has, too: one that is open would be taken for the current one.
    left = [one.id for one in given if one.lesson_id not in {*after, wanted}]
    trial_records.finish(tx, left, now=now)
    known = {one.lesson_id for one in given}
    for lesson in lessons[:number]:
        if lesson.id not in known:
            trial_records.give_finished(
                tx,
                enrollment_id=enrollment.id,
                lesson_id=lesson.id,
                course_version_id=enrollment.course_version_id,
                now=now,
                steps=len(lesson.steps),
            )
    return own[-1] if own else None


def _forget_what_changed(tx: Connection, target: Assignment, *, lesson: Lesson) -> None:
    """Forget answers to questions that are not what they were when they were answered."""
    before = courses.course(tx, target.course_version_id).lesson(target.lesson_id)
    now_there = {one.id: one for one in lesson.steps}
    changed = [one.id for one in before.steps if one != now_there.get(one.id)]
    trial_records.forget_responses(tx, target.id, changed)


def _open_at(
    tx: Connection, enrollment: Enrollment, lesson: Lesson, *, target_id: int, step: int, now: datetime
) -> None:
    """Let the lesson be under way at this step; a test waits at its start, where its questions are drawn."""
    version_id = enrollment.course_version_id
    if lesson.test is not None:
        trial_records.forget_responses(tx, target_id, [one.id for one in lesson.steps])
        trial_records.offer_again(tx, target_id, course_version_id=version_id)
        return
    trial_records.forget_responses(tx, target_id, [one.id for one in lesson.steps[step:]])
    trial_records.open_at(tx, target_id, course_version_id=version_id, step=step, now=now)


def _settle_days(
    tx: Connection, enrollment: Enrollment, *, target_id: int, now: datetime, academy: AcademyFacts
) -> None:
    """Let this lesson be today's, and each lesson before it have a day of its own before that."""
    learner = learner_of(tx, enrollment)
    numbers = {lesson.id: number for number, lesson in enumerate(learner.course.lessons)}
    given = records.assignments_of(tx, enrollment.id)
    in_order = sorted(
        (one for one in given if one.id != target_id), key=lambda one: numbers.get(one.lesson_id, -1)
    )
    today = local_date(now, zone=learner.rhythm(academy).zone)
    trial_records.deal_days(tx, [*(one.id for one in in_order), target_id], last_on=today)


def _show(tx: Connection, assignment_id: int, *, now: datetime) -> None:
    """Show the step this lesson is at as a new message; what stands above it loses its buttons."""
    assignment = records.assignment(tx, assignment_id)
    assert assignment is not None
    place = place_at(tx, assignment)
    person_id = place.learner.person.id
    take_buttons_off(tx, person_id=person_id, wanted=lambda _: True, now=now)
    message: Message
    if assignment.started_at is None:
        message = offer(place.learner, assignment)
    else:
        message = where_they_stand(tx, place)
    say(tx, person_id=person_id, message=message, now=now)


def _screen(tx: Connection, *, person_id: int, shown: StepMessage) -> Screen | None:
    """Return the message where this lesson's present step stands; None when it cannot be edited.

    A picture stays what it was when the words below it are edited, so a step with one comes anew.
    """
    said = [
        (message_id, OUTGOING.validate_json(content))
        for message_id, content in outbox.newest_shown(tx, person_id=person_id, limit=LOOKED_THROUGH)
    ]
    with_media = {message_id for message_id, one in said if isinstance(one, Show) and _has_media(one.message)}
    for message_id in dict.fromkeys(message_id for message_id, _ in said):
        newest = next(one for known, one in said if known == message_id)
        if not isinstance(newest, Show) or not isinstance(newest.message, STEP_MESSAGES):
            continue
        if newest.message.assignment_id == shown.assignment_id:
            plain = message_id not in with_media and not _has_media(shown)
            return Screen(message_id=message_id, has_media=False) if plain else None
    return None


def _has_media(message: Message) -> bool:
    return any(getattr(message, name, None) is not None for name in ("picture", "enclosure"))
