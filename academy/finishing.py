"""The end of a lesson: it is counted, the learner hears when the next one comes.

Also what a button of a finished lesson does: it says so, and leads to what is current.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from academy import testing
from academy.advancing import may_take
from academy.agenda_facts import next_at, state_of
from academy.course_end import course_done
from academy.delivering import replan
from academy.facts import AcademyFacts
from academy.messages.learning import LessonDone, OldButton
from academy.outgoing import Screen
from academy.places import Place, learner_of
from academy.saying import remove_buttons, say
from scheduler.agenda import lessons_to_come, next_lesson_at
from storage import enrollments, records


def finish(tx: Connection, place: Place, *, now: datetime, academy: AcademyFacts) -> bool:
    """Return whether the lesson was finished by this call; the learner is told then."""
    before = place.assignment
    after = replace(
        before,
        step=len(place.lesson.steps),
        finished_at=now,
        try_number=1,
        hints_shown=0,
        picked=frozenset(),
        placed=(),
    )
    if not records.change(tx, before, after):
        return False
    enrollment = place.learner.enrollment
    learner = learner_of(tx, enrollment)
    state = state_of(tx, learner, academy=academy)
    take = may_take(tx, learner, now=now, academy=academy)
    if place.lesson.test is not None:
        result = testing.done(tx, replace(place, assignment=after), take=take, now=now, academy=academy)
        if result.passed:
            records.keep_passed(tx, after.id)
        say(tx, person_id=learner.person.id, message=result, now=now)
    if not lessons_to_come(state):
        enrollments.set_state(tx, enrollment.id, "finished", finished_at=now)
        done = course_done(tx, learner, now=now)
        say(tx, person_id=learner.person.id, message=done, now=now)
    elif place.lesson.test is None:
        finished = state.finished.intersection(state.lesson_ids)
        catches_up = take is not None and learner.course.pace.catch_up == "all"
        message = LessonDone(
            done=len(finished),
            lessons=len(learner.course.lessons),
            next_at=next_lesson_at(state, now=now),
            zone=learner.zone,
            first=len(finished) == 1,
            enrollment_id=enrollment.id if catches_up else 0,
            given=take.given if take is not None else 0,
        )
        say(tx, person_id=learner.person.id, message=message, now=now)
    replan(tx, enrollment_id=enrollment.id, now=now, academy=academy)
    return True


def show_old(
    tx: Connection, place: Place, *, screen: Screen | None, now: datetime, academy: AcademyFacts
) -> None:
    """Say that this lesson is finished and lead on; once for each message that was pressed."""
    learner = place.learner
    waiting = records.open_assignment(tx, learner.enrollment.id)
    message = OldButton(
        assignment_id=None if waiting is None else waiting.id,
        next_at=None if waiting is not None else next_at(tx, learner, now=now, academy=academy),
        zone=learner.zone,
    )
    if screen is not None:
        remove_buttons(tx, person_id=learner.person.id, screen=screen, now=now)
    pressed = "gone" if screen is None else str(screen.message_id)
    say(
        tx,
        person_id=learner.person.id,
        message=message,
        now=now,
        key=f"old:{place.assignment.id}:{pressed}",
    )
