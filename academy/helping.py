"""Help with a question: a hint, another try, the answer."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from academy.facts import AcademyFacts
from academy.places import Pressed, PressOutcome
from academy.pressing import AtQuestion, at_question, change, keep_response, read_again, show_current


def show_hint(
    tx: Connection, pressed: Pressed, *, number: int, now: datetime, academy: AcademyFacts
) -> PressOutcome:
    """[Hint]: hint `number`, from 1, joins the question; pressed twice it is still one hint."""
    found = at_question(tx, pressed, now=now, academy=academy)
    if not isinstance(found, AtQuestion):
        return found
    assignment = found.place.assignment
    if not 1 <= number <= min(assignment.hints_shown + 1, len(found.standing.asked.hints)):
        return "unknown"
    if not found.standing.closed and number == assignment.hints_shown + 1:
        found = change(tx, found, replace(assignment, hints_shown=number))
    return show_current(tx, found, screen=pressed.screen, now=now)


def try_again(tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts) -> PressOutcome:
    """[Try again]: the verdict turns back into the question, its options in the same order as before."""
    found = at_question(tx, pressed, now=now, academy=academy)
    if not isinstance(found, AtQuestion):
        return found
    return show_current(tx, found, screen=pressed.screen, now=now)


def show_answer(tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts) -> PressOutcome:
    """[Show answer]: the question is over; the try that was left scores 0."""
    found = at_question(tx, pressed, now=now, academy=academy)
    if not isinstance(found, AtQuestion):
        return found
    if not found.standing.closed:
        after = keep_response(tx, found, response="", score=0.0, verdict="shown", now=now)
        found = after or read_again(tx, found)
    return show_current(tx, found, screen=pressed.screen, now=now)
