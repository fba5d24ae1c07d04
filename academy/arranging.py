"""Putting in order and putting together: one thing after the other, mended freely until it is checked.

A button carries what was placed when it was drawn. Of two presses that arrive for the same state
the first one counts; the second, like a late one or one from another phone, shows what is there now.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from academy.arrangement import as_number
from academy.facts import AcademyFacts
from academy.places import Pressed, PressOutcome
from academy.pressing import (
    AtQuestion,
    at_question,
    change,
    keep_response,
    read_again,
    show_current,
    show_verdict,
)
from academy.standing import graded
from lessons.arranging import count_of, written
from lessons.grading import Mark
from lessons.steps import Match, Order


def put(
    tx: Connection,
    pressed: Pressed,
    *,
    try_number: int,
    before: int,
    item: int,
    now: datetime,
    academy: AcademyFacts,
) -> PressOutcome:
    """One item, or one right side, gets the next place."""
    found = at_question(tx, pressed, now=now, academy=academy)
    if not isinstance(found, AtQuestion):
        return found
    asked, placed = found.standing.asked, found.place.assignment.placed
    if not isinstance(asked, (Order, Match)) or not 0 <= item < count_of(asked):
        return "unknown"
    after = placed if item in placed else (*placed, item)
    return _changed(tx, pressed, found, after, try_number=try_number, before=before, now=now)


def undo(
    tx: Connection, pressed: Pressed, *, try_number: int, before: int, now: datetime, academy: AcademyFacts
) -> PressOutcome:
    """[Undo]: what was placed last goes back to the others."""
    return _shorter(tx, pressed, try_number=try_number, before=before, keep=-1, now=now, academy=academy)


def start_over(
    tx: Connection, pressed: Pressed, *, try_number: int, before: int, now: datetime, academy: AcademyFacts
) -> PressOutcome:
    """[Start over]: nothing has its place any more."""
    return _shorter(tx, pressed, try_number=try_number, before=before, keep=0, now=now, academy=academy)


def check(
    tx: Connection, pressed: Pressed, *, try_number: int, before: int, now: datetime, academy: AcademyFacts
) -> PressOutcome:
    """[Check]: what was placed is the answer, if it is what stood on the screen that was pressed."""
    found = at_question(tx, pressed, now=now, academy=academy)
    if not isinstance(found, AtQuestion):
        return found
    asked, assignment = found.standing.asked, found.place.assignment
    if not isinstance(asked, (Order, Match)):
        return "unknown"
    if _answered(found, try_number):
        show_verdict(tx, found, screen=pressed.screen, now=now)
        return "done"
    if not _is_for(found, try_number=try_number, before=before):
        return show_current(tx, found, screen=pressed.screen, now=now)
    response = written(assignment.placed)
    outcome = graded(found.place, asked, response)
    if not isinstance(outcome, Mark):
        # Not everything has its place yet.
        return show_current(tx, found, screen=pressed.screen, now=now)
    after = keep_response(tx, found, response=response, score=outcome.score, verdict=outcome.verdict, now=now)
    show_verdict(tx, after or read_again(tx, found), screen=pressed.screen, now=now)
    return "counted" if after is None else "done"


def _shorter(
    tx: Connection,
    pressed: Pressed,
    *,
    try_number: int,
    before: int,
    keep: int,
    now: datetime,
    academy: AcademyFacts,
) -> PressOutcome:
    """Keep the first `keep` places, or all but the last for -1."""
    found = at_question(tx, pressed, now=now, academy=academy)
    if not isinstance(found, AtQuestion):
        return found
    if not isinstance(found.standing.asked, (Order, Match)):
        return "unknown"
    after = found.place.assignment.placed[:keep]
    return _changed(tx, pressed, found, after, try_number=try_number, before=before, now=now)


def _changed(
    tx: Connection,
    pressed: Pressed,
    found: AtQuestion,
    after: tuple[int, ...],
    *,
    try_number: int,
    before: int,
    now: datetime,
) -> PressOutcome:
    """Keep `after` if the press was drawn for what is there now, and show what is there then."""
    if _answered(found, try_number):
        show_verdict(tx, found, screen=pressed.screen, now=now)
        return "done"
    assignment = found.place.assignment
    if _is_for(found, try_number=try_number, before=before):
        found = change(tx, found, replace(assignment, placed=after))
    return show_current(tx, found, screen=pressed.screen, now=now)


def _answered(found: AtQuestion, try_number: int) -> bool:
    return any(one.try_number == try_number for one in found.standing.given)


def _is_for(found: AtQuestion, *, try_number: int, before: int) -> bool:
    assignment = found.place.assignment
    return (
        not found.standing.closed
        and try_number == assignment.try_number
        and before == as_number(assignment.placed)
    )
