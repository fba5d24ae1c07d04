"""The end of a lesson: it is counted, the learner hears when the next one comes.

Also what a button of a finished lesson does: it says so, and leads to what is current.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from academy.agenda_facts import next_at
from academy.course_end import course_done
from academy.delivering import replan
from academy.facts import AcademyFacts
from academy.messages.learning import LessonDone, OldButton
from academy.outgoing import Screen
from academy.places import Place, learner_of
from academy.saying import remove_buttons, say
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
    )
    if not records.change(tx, before, after):
        return False
    enrollment = place.learner.enrollment
    learner = learner_of(tx, enrollment)
    finished = {
        one.lesson_id for one in records.assignments_of(tx, enrollment.id) if one.finished_at is not None
    }
    if finished.issuperset(lesson.id for lesson in learner.course.lessons):
        enrollments.set_state(tx, enrollment.id, "finished", finished_at=now)
        done = course_done(tx, learner, now=now)
        say(tx, person_id=learner.person.id, message=done, now=now)
    else:
        message = LessonDone(
            done=len(finished),
            lessons=len(learner.course.lessons),
            next_at=next_at(tx, learner, now=now, academy=academy),
            zone=learner.zone,
            first=len(finished) == 1,
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
