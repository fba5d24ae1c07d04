"""Answers in one's own words or voice: taken at once, read by a person later.

The lesson goes on without waiting for the grade. Until it comes, the learner may change their message
and the changed one is what is read; a voice note stays with the messenger and is passed on by name.
"""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.facilitators import facilitator_name
from academy.facts import AcademyFacts
from academy.finishing import finish
from academy.messages import Message
from academy.messages.grading import AnswersWait
from academy.messages.learning import NotRead, QuestionShown
from academy.messages.surveying import OpenChanged
from academy.open_standing import open_kept
from academy.places import Place, learning, place_at
from academy.pressing import AtQuestion, keep_response
from academy.saying import say
from academy.standing import standing_of
from academy.tidying import take_buttons_off
from learners.groups import Group
from learners.records import Assignment
from lessons.steps import Open
from scheduler.local_time import QuietHours, local_date, next_waking
from storage import open_answers, records, roles
from storage.open_answers import Voice

KEPT_CHARS = 4000
"""Of a typed answer; a message of the messenger holds 4,096."""


def typed(
    tx: Connection, *, person_id: int, text: str, message_id: int, now: datetime, academy: AcademyFacts
) -> bool:
    """Return whether these words were taken as the answer to an open question."""
    place = _at_open_question(tx, person_id)
    if place is None:
        return False
    _keep(tx, place, text=text[:KEPT_CHARS], voice=None, message_id=message_id, now=now, academy=academy)
    return True


def spoken(
    tx: Connection, *, person_id: int, voice: Voice, message_id: int, now: datetime, academy: AcademyFacts
) -> bool:
    """Return whether this voice note was meant for an open question; one that wants writing says so."""
    place = _at_open_question(tx, person_id)
    if place is None:
        return False
    asked = place.step
    if isinstance(asked, Open) and not asked.voice:
        message = NotRead(reason="writing_expected", typed="")
        say(tx, person_id=person_id, message=message, now=now, reply_to=message_id)
        return True
    _keep(tx, place, text="", voice=voice, message_id=message_id, now=now, academy=academy)
    return True


def edited(tx: Connection, *, person_id: int, text: str, message_id: int, now: datetime) -> bool:
    """Return whether the changed message was an answer; the changed one is read unless it was graded."""
    answer = open_answers.by_message(tx, person_id=person_id, message_id=message_id)
    if answer is None:
        return False
    kept = text[:KEPT_CHARS]
    if answer.text == kept:
        return True
    changed = open_answers.change(tx, answer, text=kept, now=now)
    message = OpenChanged(facilitator=facilitator_name(tx, answer.group_id), too_late=not changed)
    say(tx, person_id=person_id, message=message, now=now, reply_to=message_id)
    return True


def _at_open_question(tx: Connection, person_id: int) -> Place | None:
    """Return where this person is at an open question they have not answered; the newest course first."""
    for learner in learning(tx, person_id):
        waiting = records.open_assignment(tx, learner.enrollment.id)
        if waiting is None or waiting.started_at is None:
            continue
        place = place_at(tx, waiting)
        standing = standing_of(tx, place)
        if standing is not None and not standing.closed and isinstance(standing.asked, Open):
            return place
    return None


def _keep(
    tx: Connection,
    place: Place,
    *,
    text: str,
    voice: Voice | None,
    message_id: int,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    standing = standing_of(tx, place)
    assert standing is not None
    asked, person_id = standing.asked, place.learner.person.id
    assert isinstance(asked, Open)
    found = AtQuestion(place=place, standing=standing)
    # The response says that there is an answer; its words have their own home, with their changes.
    after = keep_response(tx, found, response="", score=0.0, verdict="waiting", now=now)
    if after is None:
        return
    open_answers.keep(
        tx,
        assignment_id=place.assignment.id,
        question_id=asked.id,
        text=text,
        voice=voice,
        message_id=message_id,
        now=now,
    )
    take_buttons_off(tx, person_id=person_id, wanted=partial(_shows, assignment=place.assignment), now=now)
    _tell_facilitators(tx, place.learner.group, now=now, academy=academy)
    place = after.place
    (given,) = after.standing.given
    last = place.is_last_step
    message = open_kept(tx, place, asked, given=given, last=last)
    say(tx, person_id=person_id, message=message, now=now, reply_to=message_id)
    if last:
        finish(tx, place, now=now, academy=academy)


def _tell_facilitators(tx: Connection, group: Group, *, now: datetime, academy: AcademyFacts) -> None:
    """Say to each facilitator that something waits: once a day at most, and not in their quiet hours."""
    for helper in (one for one in roles.facilitators_of(tx, group.id) if one.name):
        zone = ZoneInfo(helper.zone or group.zone)
        quiet = QuietHours(start=academy.quiet.start, end=academy.quiet.end)
        at = next_waking(now, zone=zone, quiet=quiet)
        say(
            tx,
            person_id=helper.id,
            message=AnswersWait(group=group.name, group_id=group.id),
            now=now,
            kind="notice",
            silent=False,
            key=f"to_grade:{group.id}:{helper.id}:{local_date(at, zone=zone)}",
            not_before=at,
        )


def _shows(message: Message, assignment: Assignment) -> bool:
    """Return whether this message has the buttons of the question the learner is at."""
    return (
        isinstance(message, QuestionShown)
        and message.assignment_id == assignment.id
        and message.step == assignment.step
    )
