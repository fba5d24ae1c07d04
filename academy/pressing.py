"""A pressed button of a question: whose it is, what it is for, and what is shown then.

Whatever a press names is checked against the facts; what cannot be a button of this person at
this question never reaches the functions that answer.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from academy.facts import AcademyFacts
from academy.outgoing import Screen
from academy.places import Place, Pressed, PressOutcome, fresh, place_of
from academy.saying import say
from academy.standing import Standing, answered, question_shown, standing_of
from academy.walking import pressed_finished
from learners.records import Assignment, Response, Verdict
from storage import records


@dataclass(frozen=True, slots=True, kw_only=True)
class AtQuestion:
    """A learner at a question, and what they have said to it, as it is in this transaction.

    What a press changes is changed here too, so that nothing has to be read a second time.
    """

    place: Place
    standing: Standing


def at_question(
    tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts
) -> AtQuestion | PressOutcome:
    """Return the question this press is for, if it is this person's and they are at it now."""
    place = place_of(tx, person_id=pressed.person_id, assignment_id=pressed.assignment_id)
    if place is None or not 0 <= pressed.step < len(place.lesson.steps):
        return "unknown"
    if place.assignment.finished_at is not None:
        return pressed_finished(tx, place, screen=pressed.screen, now=now, academy=academy)
    if pressed.step < place.assignment.step:
        return "passed"
    standing = standing_of(tx, place)
    if pressed.step > place.assignment.step or standing is None or place.assignment.started_at is None:
        return "unknown"
    return AtQuestion(place=place, standing=standing)


def keep_response(
    tx: Connection, found: AtQuestion, *, response: str, score: float, verdict: Verdict, now: datetime
) -> AtQuestion | None:
    """Return where they are after this response; None when another one to the same try came first.

    A wrong answer brings a hint along, so that hint counts as shown.
    """
    assignment = found.place.assignment
    kept = Response(
        assignment_id=assignment.id,
        lesson_id=assignment.lesson_id,
        question_id=found.standing.asked.id,
        try_number=assignment.try_number,
        response=response,
        score=score,
        verdict=verdict,
        answered_at=now,
        hints=assignment.hints_shown,
    )
    if not records.add_response(tx, kept):
        return None
    hints_shown = assignment.hints_shown
    if verdict in {"wrong", "partly"}:
        hints_shown = min(hints_shown + 1, len(found.standing.asked.hints))
    moved = replace(assignment, try_number=assignment.try_number + 1, hints_shown=hints_shown, placed=())
    after = change(tx, found, moved)
    return replace(after, standing=replace(after.standing, given=(*found.standing.given, kept)))


def change(tx: Connection, found: AtQuestion, after: Assignment) -> AtQuestion:
    """Change the assignment, and return where they are then; when somebody was faster, that is there."""
    if not records.change(tx, found.place.assignment, after):
        return read_again(tx, found)
    return replace(found, place=replace(found.place, assignment=after))


def read_again(tx: Connection, found: AtQuestion) -> AtQuestion:
    """Return the question as the facts are now, whoever has changed them."""
    place = fresh(tx, found.place)
    standing = standing_of(tx, place)
    assert standing is not None, "a question stays where it is while somebody presses its buttons"
    return AtQuestion(place=place, standing=standing)


def show_verdict(tx: Connection, found: AtQuestion, *, screen: Screen | None, now: datetime) -> None:
    """Say the verdict on the latest response, in place of the question where there is one."""
    verdict = answered(found.place, found.standing)
    say(tx, person_id=found.place.learner.person.id, message=verdict, now=now, edits=screen)


def show_current(tx: Connection, found: AtQuestion, *, screen: Screen | None, now: datetime) -> PressOutcome:
    """Show the question as it stands, in place of the message that was pressed."""
    current = question_shown(tx, found.place, found.standing)
    say(tx, person_id=found.place.learner.person.id, message=current, now=now, edits=screen)
    return "done"
