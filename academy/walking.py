"""Through a lesson, step by step, at the learner's own pace: start, continue, come back.

A press names the step it was drawn for. The place moves by compare-and-set, so a doubled, late
or foreign press finds that it is not for the present step and changes nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from academy import agreeing_times
from academy.agenda_facts import next_at
from academy.delivering import replan
from academy.facts import AcademyFacts
from academy.finishing import finish, show_old
from academy.messages.learning import LessonStarted, NothingNow, PictureShown
from academy.outgoing import Screen
from academy.places import Learner, Place, Pressed, PressOutcome, fresh, learning, place_at, place_of
from academy.presenting import picture_of
from academy.saying import remove_buttons, say
from academy.standing import standing_of, where_they_stand
from lessons.steps import Image, Say
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
    _open(tx, place, screen=pressed.screen, now=now, academy=academy)
    return "done"


def open_current(tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts) -> PressOutcome:
    """[Continue] below a message that stays as it is: the open step comes as a new message."""
    place = unfinished(tx, pressed, now=now, academy=academy)
    if not isinstance(place, Place):
        return place
    if pressed.screen is not None:
        remove_buttons(tx, person_id=pressed.person_id, screen=pressed.screen, now=now)
    _open(tx, place, screen=pressed.screen, now=now, academy=academy)
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
    if standing is not None and not standing.closed:
        return "unknown"
    if screen is not None:
        remove_buttons(tx, person_id=pressed.person_id, screen=screen, now=now)
    if place.is_last_step:
        return "done" if finish(tx, place, now=now, academy=academy) else "passed"
    if not records.advance(tx, place.assignment, to_step=step + 1):
        return "passed"
    say(tx, person_id=pressed.person_id, message=where_they_stand(tx, fresh(tx, place)), now=now)
    return "done"


def show_today(tx: Connection, *, person_id: int, now: datetime, academy: AcademyFacts) -> None:
    """/today: the open step again, the lesson that waits, the times to choose, or when the next one comes."""
    courses = learning(tx, person_id)
    for learner in courses:
        waiting = records.open_assignment(tx, learner.enrollment.id)
        if waiting is not None:
            _open(tx, place_at(tx, waiting), screen=None, now=now, academy=academy)
            return
    nothing = _nothing(tx, courses, now=now, academy=academy)
    if nothing.reason in {"not_joined", "finished"} and agreeing_times.lead_on(
        tx, person_id=person_id, now=now, academy=academy
    ):
        return
    say(tx, person_id=person_id, message=nothing, now=now)


def show_picture(tx: Connection, pressed: Pressed, *, now: datetime) -> PressOutcome:
    """[Picture, 85 KB]: the picture itself, once for each message it was asked for on."""
    step = pressed.step
    place = place_of(tx, person_id=pressed.person_id, assignment_id=pressed.assignment_id)
    if place is None or not 0 <= step < len(place.lesson.steps) or step > place.assignment.step:
        return "unknown"
    match place.lesson.steps[step]:
        case Say():
            return "unknown"
        case Image(path=path, alt=alt):
            picture = picture_of(tx, place, path=path, alt=alt)
        case asked:
            picture = picture_of(tx, place, path=asked.image, alt=asked.alt) if asked.image else None
    if picture is None:
        return "unknown"
    on = "gone" if pressed.screen is None else str(pressed.screen.message_id)
    say(
        tx,
        person_id=pressed.person_id,
        message=PictureShown(picture=picture),
        now=now,
        key=f"picture:{pressed.assignment_id}:{step}:{on}",
    )
    return "done"


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


def _open(
    tx: Connection, place: Place, *, screen: Screen | None, now: datetime, academy: AcademyFacts
) -> None:
    """Start the lesson if need be, and show the step the learner is at, once for each message pressed."""
    assignment = place.assignment
    if assignment.started_at is None:
        started = replace(assignment, started_at=now)
        if records.change(tx, assignment, started):
            place = place_at(tx, started)
            replan(tx, enrollment_id=assignment.enrollment_id, now=now, academy=academy)
    say(
        tx,
        person_id=place.learner.person.id,
        message=where_they_stand(tx, place),
        now=now,
        key=None if screen is None else f"open:{assignment.id}:{screen.message_id}",
    )


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
        return NothingNow(reason="next_at", next_at=at, zone=zone)
    paused = next((one for one in courses if one.enrollment.state == "paused"), None)
    if paused is None:
        return NothingNow(reason="finished")
    return NothingNow(reason="paused", next_at=paused.enrollment.paused_until, zone=paused.zone)
