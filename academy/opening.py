"""A lesson that was given begins, or goes on where its learner is."""

from datetime import datetime

from sqlalchemy import Connection

from academy import reviewing, testing
from academy.delivering import replan
from academy.facts import AcademyFacts
from academy.outgoing import Screen
from academy.places import Place, place_at
from academy.saying import say
from academy.standing import where_they_stand
from storage import records


def open_lesson(
    tx: Connection, place: Place, *, screen: Screen | None, now: datetime, academy: AcademyFacts
) -> None:
    """Start the lesson if need be, and show the step the learner is at, once for each message pressed."""
    assignment = place.assignment
    if assignment.started_at is None:
        if reviewing.ask_first(tx, place, screen=screen, now=now):
            return
        started = testing.begun(tx, place, now=now)
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
