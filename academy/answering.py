"""Answers: a press or a typed message becomes a response, once, and its verdict is said.

What is recorded first counts. A press that comes again finds the response of its try recorded
and only has the verdict shown once more; graded is always the version that was given.
"""

from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from academy.arrangement import typed_places
from academy.facts import AcademyFacts
from academy.messages import Message
from academy.messages.learning import Feedback, NotRead, QuestionShown
from academy.places import Pressed, PressOutcome, learning, place_at
from academy.pressing import (
    AtQuestion,
    at_question,
    change,
    keep_response,
    read_again,
    show_current,
    show_verdict,
)
from academy.saying import say
from academy.standing import graded, standing_of
from academy.tidying import take_buttons_off
from learners.records import Assignment
from lessons.grading import Mark, NotReadable
from lessons.steps import Choose, ChooseAll, Match, Number, Order, Text, TrueFalse
from storage import records

KEPT_CHARS = 1000
"""Of a typed answer; what is longer is no short answer, and is still graded as one."""


def choose(
    tx: Connection, pressed: Pressed, *, try_number: int, option: int, now: datetime, academy: AcademyFacts
) -> PressOutcome:
    """One option of a `choose` or `true_false` was pressed: the question turns into its verdict."""
    found = at_question(tx, pressed, now=now, academy=academy)
    if not isinstance(found, AtQuestion):
        return found
    match found.standing.asked:
        case Choose(options=options):
            known = 0 <= option < len(options)
        case TrueFalse():
            known = option in {0, 1}
        case _:
            known = False
    if not known:
        return "unknown"
    earlier = next((one for one in found.standing.given if one.try_number == try_number), None)
    if earlier is not None:
        show_verdict(tx, found, screen=pressed.screen, now=now)
        return "done" if earlier.response == str(option) else "counted"
    return _answer(tx, pressed, found, response=str(option), try_number=try_number, now=now)


def tick(
    tx: Connection,
    pressed: Pressed,
    *,
    try_number: int,
    option: int,
    on: bool,
    now: datetime,
    academy: AcademyFacts,
) -> PressOutcome:
    """One option of a `choose_all` is to be ticked or not; nothing is counted yet."""
    found = at_question(tx, pressed, now=now, academy=academy)
    if not isinstance(found, AtQuestion):
        return found
    asked, assignment = found.standing.asked, found.place.assignment
    if not isinstance(asked, ChooseAll) or not 0 <= option < len(asked.options):
        return "unknown"
    if not found.standing.closed and try_number == assignment.try_number:
        picked = assignment.picked | {option} if on else assignment.picked - {option}
        found = change(tx, found, replace(assignment, picked=picked))
    return show_current(tx, found, screen=pressed.screen, now=now)


def check(
    tx: Connection, pressed: Pressed, *, try_number: int, now: datetime, academy: AcademyFacts
) -> PressOutcome:
    """[Check]: the ticked options are the answer."""
    found = at_question(tx, pressed, now=now, academy=academy)
    if not isinstance(found, AtQuestion):
        return found
    assignment = found.place.assignment
    if not isinstance(found.standing.asked, ChooseAll):
        return "unknown"
    if any(one.try_number == try_number for one in found.standing.given):
        show_verdict(tx, found, screen=pressed.screen, now=now)
        return "done"
    if not assignment.picked:
        return show_current(tx, found, screen=pressed.screen, now=now)
    response = ",".join(str(option) for option in sorted(assignment.picked))
    return _answer(tx, pressed, found, response=response, try_number=try_number, now=now)


def typed(tx: Connection, *, person_id: int, text: str, now: datetime) -> bool:
    """Return whether these words were taken as the answer to an open typed question.

    What cannot be read is answered too, and uses up no try. A message has its effect once because
    the inbox hands it over once.
    """
    for learner in learning(tx, person_id):
        waiting = records.open_assignment(tx, learner.enrollment.id)
        if waiting is None or waiting.started_at is None:
            continue
        place = place_at(tx, waiting)
        standing = standing_of(tx, place)
        if (
            standing is None
            or standing.closed
            or not isinstance(standing.asked, (Number, Text, Order, Match))
        ):
            continue
        kept = text[:KEPT_CHARS]
        if isinstance(standing.asked, (Order, Match)):
            kept = typed_places(place, standing.asked, kept)
        outcome = graded(place, standing.asked, kept)
        match outcome:
            case NotReadable(reason=reason, unit=unit):
                message = NotRead(reason=reason, typed=kept, unit=unit)
                say(tx, person_id=person_id, message=message, now=now)
            case Mark(score=score, verdict=verdict):
                found = AtQuestion(place=place, standing=standing)
                after = keep_response(tx, found, response=kept, score=score, verdict=verdict, now=now)
                take_buttons_off(tx, person_id=person_id, wanted=partial(_shows, assignment=waiting), now=now)
                show_verdict(tx, after or read_again(tx, found), screen=None, now=now)
        return True
    return False


def _shows(message: Message, assignment: Assignment) -> bool:
    """Return whether this message has the buttons of the step the learner is at."""
    match message:
        case QuestionShown() | Feedback():
            return message.assignment_id == assignment.id and message.step == assignment.step
        case _:
            return False


def _answer(
    tx: Connection, pressed: Pressed, found: AtQuestion, *, response: str, try_number: int, now: datetime
) -> PressOutcome:
    """Record a response to the try it was pressed for, if that try is the one that comes next."""
    if found.standing.closed or try_number != found.place.assignment.try_number:
        return "unknown"
    outcome = graded(found.place, found.standing.asked, response)
    if not isinstance(outcome, Mark):
        return "unknown"
    after = keep_response(tx, found, response=response, score=outcome.score, verdict=outcome.verdict, now=now)
    show_verdict(tx, after or read_again(tx, found), screen=pressed.screen, now=now)
    return "counted" if after is None else "done"
