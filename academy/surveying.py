"""Polls, scales and moments to think: an answer is kept and never marked.

What was said last counts, until Continue: nothing here is right or wrong, so nobody is held to a first
thought. A press names the step it was drawn for, and is checked like one on a question.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from academy import asking
from academy.facts import AcademyFacts
from academy.messages import Message
from academy.messages.surveying import SurveyShown
from academy.places import Place, Pressed, PressOutcome, fresh, learning, place_at, place_of
from academy.saying import say
from academy.survey_standing import choices, given_to, is_answered, survey_at, survey_shown
from academy.tidying import take_buttons_off
from academy.walking import go_on, pressed_finished
from learners.records import Assignment, Response
from lessons.steps import AnySurvey, Poll, Rate, Reflect
from storage import records

KEPT_CHARS = asking.LONGEST_QUESTION
"""Of what was written: as much as can be shared, so that what is shared is what is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtSurvey:
    """A learner at a survey."""

    place: Place
    survey: AnySurvey


def choose(
    tx: Connection, pressed: Pressed, *, option: int, now: datetime, academy: AcademyFacts
) -> PressOutcome:
    """One option of a poll, or one number of a scale: it counts until another one is chosen."""
    found = at_survey(tx, pressed, now=now, academy=academy)
    if not isinstance(found, AtSurvey):
        return found
    offered = choices(found.survey, chosen=None)
    if not isinstance(found.survey, (Poll, Rate)) or not 0 <= option < len(offered):
        return "unknown"
    said = str(option) if isinstance(found.survey, Poll) else offered[option].text
    before = given_to(tx, found.place, found.survey)
    if before is None or before.response != said:
        _keep(tx, found, response=said, now=now)
    _show(tx, found, pressed=pressed, now=now)
    return "done"


def typed(tx: Connection, *, person_id: int, text: str, message_id: int, now: datetime) -> bool:
    """Return whether these words were taken as what somebody wrote for themselves."""
    for learner in learning(tx, person_id):
        waiting = records.open_assignment(tx, learner.enrollment.id)
        if waiting is None or waiting.started_at is None:
            continue
        place = place_at(tx, waiting)
        survey = survey_at(place)
        if not isinstance(survey, Reflect) or is_answered(tx, place):
            continue
        _keep(tx, AtSurvey(place=place, survey=survey), response=text[:KEPT_CHARS], now=now)
        take_buttons_off(tx, person_id=person_id, wanted=partial(_shows, assignment=waiting), now=now)
        shown = replace(survey_shown(tx, fresh(tx, place), survey), message_id=message_id)
        say(tx, person_id=person_id, message=shown, now=now, reply_to=message_id)
        return True
    return False


def skip(tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts) -> PressOutcome:
    """[Skip]: nothing was written, and the lesson goes on."""
    found = at_survey(tx, pressed, now=now, academy=academy)
    if not isinstance(found, AtSurvey):
        return found
    if not isinstance(found.survey, Reflect):
        return "unknown"
    if not is_answered(tx, found.place):
        _keep(tx, found, response="", now=now)
    return go_on(tx, pressed, now=now, academy=academy)


def share(tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts) -> PressOutcome:
    """[Share with Iryna]: what was written goes to a person, like a question to them; once."""
    found = at_survey(tx, pressed, now=now, academy=academy)
    if not isinstance(found, AtSurvey):
        return found
    place, survey = found.place, found.survey
    shown = survey_shown(tx, place, survey)
    if not isinstance(survey, Reflect) or not shown.written:
        return "unknown"
    if not shown.shared and shown.share_with is not None:
        about = asking.About(group_id=place.learner.group.id, lesson_id=place.lesson.id, step_id=survey.id)
        asking.pass_on(
            tx,
            person=place.learner.person,
            text=shown.written,
            message_id=_written_in(tx, pressed),
            about=about,
            now=now,
            academy=academy,
        )
    _show(tx, found, pressed=pressed, now=now)
    return "done"


def at_survey(
    tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts
) -> AtSurvey | PressOutcome:
    """Return the survey this press is for, if it is this person's and they are at it now."""
    place = place_of(tx, person_id=pressed.person_id, assignment_id=pressed.assignment_id)
    if place is None or not 0 <= pressed.step < len(place.lesson.steps):
        return "unknown"
    if place.assignment.finished_at is not None:
        return pressed_finished(tx, place, screen=pressed.screen, now=now, academy=academy)
    if pressed.step < place.assignment.step:
        return "passed"
    survey = survey_at(place)
    if pressed.step > place.assignment.step or survey is None or place.assignment.started_at is None:
        return "unknown"
    return AtSurvey(place=place, survey=survey)


def _keep(tx: Connection, found: AtSurvey, *, response: str, now: datetime) -> None:
    """Keep an answer beside those before it; the one with the highest try is the one that counts."""
    assignment = found.place.assignment
    kept = records.add_response(
        tx,
        Response(
            assignment_id=assignment.id,
            lesson_id=assignment.lesson_id,
            question_id=found.survey.id,
            try_number=assignment.try_number,
            response=response,
            score=0.0,
            verdict="noted",
            answered_at=now,
        ),
    )
    if kept:
        records.change(tx, assignment, replace(assignment, try_number=assignment.try_number + 1))


def _show(tx: Connection, found: AtSurvey, *, pressed: Pressed, now: datetime) -> None:
    place = fresh(tx, found.place)
    shown = replace(survey_shown(tx, place, found.survey), message_id=_written_in(tx, pressed))
    say(tx, person_id=pressed.person_id, message=shown, now=now, edits=pressed.screen)


def _written_in(tx: Connection, pressed: Pressed) -> int | None:
    """Return the learner's own message that the pressed screen is about, as far as it is known."""
    if pressed.screen is None:
        return None
    shown = asking.shown_on(tx, person_id=pressed.person_id, message_id=pressed.screen.message_id)
    return shown.message_id if isinstance(shown, SurveyShown) else None


def _shows(message: Message, assignment: Assignment) -> bool:
    """Return whether this message has the buttons of the survey the learner is at."""
    return (
        isinstance(message, SurveyShown)
        and message.assignment_id == assignment.id
        and message.step == assignment.step
    )
