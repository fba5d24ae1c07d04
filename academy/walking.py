"""Through a lesson, step by step, at the learner's own pace: start, continue, come back.

A press names the step it was drawn for. The place moves by compare-and-set, so a doubled, late
or foreign press finds that it is not for the present step and changes nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from academy import agreeing_times
from academy.advancing import may_take
from academy.agenda_facts import next_at
from academy.facts import AcademyFacts
from academy.finishing import finish, show_old
from academy.messages.learning import LessonStarted, NothingNow
from academy.opening import open_lesson
from academy.outgoing import Screen
from academy.places import Learner, Place, Pressed, PressOutcome, learning, place_at, place_of
from academy.saying import remove_buttons, say
from academy.standing import standing_of, where_they_stand
from academy.survey_standing import is_answered
from storage import records

JUST_NOW = timedelta(seconds=60)
"""A press on a lesson that was finished so recently is the second half of a double tap."""


def start(tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts) -> PressOutcome:
    """[Start] on an offer or reminder: it becomes the lesson's headline, and the first step follows."""
    place = unfinished(tx, pressed, now=now, academy=academy)
    if not isinstance(place, Place):
        return place
    if pressed.screen is not None:
        headline = LessonStarted(
            lesson=place.learner.number_of(place.lesson.id),
            lessons=len(place.learner.course.lessons),
            title=place.lesson.title,
        )
        say(tx, person_id=pressed.person_id, message=headline, now=now, edits=pressed.screen)
    open_lesson(tx, place, screen=pressed.screen, now=now, academy=academy)
    return "done"


def open_current(tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts) -> PressOutcome:
    """[Continue] below a message that stays as it is: the open step comes as a new message."""
    place = unfinished(tx, pressed, now=now, academy=academy)
    if not isinstance(place, Place):
        return place
    if pressed.screen is not None:
        remove_buttons(tx, person_id=pressed.person_id, screen=pressed.screen, now=now)
    open_lesson(tx, place, screen=pressed.screen, now=now, academy=academy)
    return "done"


def go_on(tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts) -> PressOutcome:
    """[Continue] on a card or below a verdict: the next step comes, or the lesson is finished."""
    step, screen = pressed.step, pressed.screen
    place = place_of(tx, person_id=pressed.person_id, assignment_id=pressed.assignment_id)
    if place is None or not 0 <= step < len(place.lesson.steps):
        return "unknown"
    if place.assignment.finished_at is not None:
        return pressed_finished(tx, place, screen=screen, now=now, academy=academy)
    if step < place.assignment.step:
        if screen is not None:
            remove_buttons(tx, person_id=pressed.person_id, screen=screen, now=now)
        return "passed"
    standing = standing_of(tx, place)
    if step > place.assignment.step or place.assignment.started_at is None:
        return "unknown"
    if (standing is not None and not standing.closed) or not is_answered(tx, place):
        return "unknown"
    if screen is not None:
        remove_buttons(tx, person_id=pressed.person_id, screen=screen, now=now)
    if place.is_last_step:
        return "done" if finish(tx, place, now=now, academy=academy) else "passed"
    moved = records.advance(tx, place.assignment, to_step=step + 1)
    if moved is None:
        return "passed"
    there = replace(place, assignment=moved)
    say(tx, person_id=pressed.person_id, message=where_they_stand(tx, there), now=now)
    return "done"


def show_today(tx: Connection, *, person_id: int, now: datetime, academy: AcademyFacts) -> None:
    """/today: the open step again, the lesson that waits, the times to choose, or when the next one comes."""
    courses = learning(tx, person_id)
    for learner in courses:
        waiting = records.open_assignment(tx, learner.enrollment.id)
        if waiting is not None:
            open_lesson(tx, place_at(tx, waiting), screen=None, now=now, academy=academy)
            return
    nothing = _nothing(tx, courses, now=now, academy=academy)
    if nothing.reason in {"not_joined", "finished"} and agreeing_times.lead_on(
        tx, person_id=person_id, now=now, academy=academy
    ):
        return
    say(tx, person_id=person_id, message=nothing, now=now)


def unfinished(
    tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts
) -> Place | PressOutcome:
    """Return the place in the lesson a press is for, else what became of the press."""
    place = place_of(tx, person_id=pressed.person_id, assignment_id=pressed.assignment_id)
    if place is None:
        return "unknown"
    if place.assignment.finished_at is not None:
        return pressed_finished(tx, place, screen=pressed.screen, now=now, academy=academy)
    return place


def pressed_finished(
    tx: Connection, place: Place, *, screen: Screen | None, now: datetime, academy: AcademyFacts
) -> PressOutcome:
    """Answer a press on a finished lesson: in words that lead on, unless it is half of a double tap."""
    finished_at = place.assignment.finished_at
    if finished_at is None or now - finished_at > JUST_NOW:
        show_old(tx, place, screen=screen, now=now, academy=academy)
    return "finished"


def _nothing(
    tx: Connection, courses: tuple[Learner, ...], *, now: datetime, academy: AcademyFacts
) -> NothingNow:
    """Return when something comes, over all courses; else why nothing does."""
    if not courses:
        return NothingNow(reason="not_joined")
    coming = [
        (at, learner.zone)
        for learner in courses
        if learner.enrollment.state == "active"
        and (at := next_at(tx, learner, now=now, academy=academy)) is not None
    ]
    if coming:
        at, zone = min(coming)
        early = _early(tx, courses, now=now, academy=academy)
        return NothingNow(
            reason="next_at",
            next_at=at,
            zone=zone,
            enrollment_id=0 if early is None else early[0],
            given=0 if early is None else early[1],
        )
    paused = next((one for one in courses if one.enrollment.state == "paused"), None)
    if paused is None:
        return NothingNow(reason="finished")
    return NothingNow(reason="paused", next_at=paused.enrollment.paused_until, zone=paused.zone)


def _early(
    tx: Connection, courses: tuple[Learner, ...], *, now: datetime, academy: AcademyFacts
) -> tuple[int, int] | None:
    """Return enrollment and lessons given so far where one may be taken now; the newest course first."""
    for learner in courses:
        take = may_take(tx, learner, now=now, academy=academy)
        if take is not None:
            return learner.enrollment.id, take.given
    return None
