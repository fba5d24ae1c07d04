"""The actions of the agenda, carried out: each says its message and records its fact.

Nothing is started here that a person has heard enough of today: at most two messages a day that
nobody asked for, and never two lessons at the same minute.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import assert_never

from sqlalchemy import Connection

from academy import reviewing
from academy.agenda_facts import next_at, state_of
from academy.course_end import course_done
from academy.facts import AcademyFacts
from academy.messages.learning import NothingNow, Reminder
from academy.places import Learner, learner_of, place_at
from academy.presenting import offer
from academy.saying import say
from academy.testing import attempts_given
from learners.groups import Enrollment
from learners.records import Assignment
from scheduler.agenda import (
    Complete,
    OfferAgain,
    Remind,
    Rest,
    Resume,
    SendLesson,
    SendReview,
    WaitUntil,
    next_action,
)
from scheduler.local_time import at_local_time, local_date, next_waking
from scheduler.pacing import next_slot
from storage import due, enrollments, records

STARTED_BY_US_A_DAY = 2
"""Messages of all kinds that nobody asked for, per person and local day."""
APART = timedelta(minutes=10)
"""Between two lesson messages to one person who is in two courses."""
REMINDER_WORDINGS = 6


def act(tx: Connection, enrollment: Enrollment, *, now: datetime, academy: AcademyFacts) -> datetime | None:
    """Carry out what the agenda says; return a moment only where it does not know to wait for it.

    The caller then looks again at that moment, and otherwise plans anew.
    """
    learner = learner_of(tx, enrollment)
    action = next_action(state_of(tx, learner, academy=academy), now=now)
    match action:
        case WaitUntil() | Rest():
            return None
        case Complete():
            enrollments.set_state(tx, enrollment.id, "finished", finished_at=now)
            done = course_done(tx, learner, now=now)
            given = records.assignments_of(tx, enrollment.id)
            last = max((one.finished_at for one in given if one.finished_at is not None), default=now)
            key = f"finished:{enrollment.id}:{int(last.timestamp())}"
            say(tx, person_id=learner.person.id, message=done, now=now, kind="notice", key=key)
            return None
        case Resume():
            return _resume(tx, learner, now=now, academy=academy)
        case OfferAgain():
            return _offer_again(tx, learner, now=now, academy=academy)
        case Remind():
            return _held_back(tx, learner, now=now, academy=academy) or _remind(tx, learner, now=now)
        case SendLesson(lesson_id=lesson_id):
            return _held_back(tx, learner, now=now, academy=academy) or _send_lesson(
                tx, learner, lesson_id, now=now, academy=academy
            )
        case SendReview(number=number):
            return _held_back(tx, learner, now=now, academy=academy) or _send_review(
                tx, learner, number, now=now, academy=academy
            )
        case _:
            assert_never(action)


def _send_review(
    tx: Connection, learner: Learner, number: int, *, now: datetime, academy: AcademyFacts
) -> datetime | None:
    if reviewing.offer_round(tx, learner, number=number, now=now):
        return None
    # Today had its questions: a clock or a zone was set back.
    rhythm = learner.rhythm(academy)
    return next_slot(rhythm, after=now, after_on=local_date(now, zone=rhythm.zone))


def _held_back(tx: Connection, learner: Learner, *, now: datetime, academy: AcademyFacts) -> datetime | None:
    """Return until when this person has heard enough from us; None when they have not."""
    rhythm = learner.rhythm(academy)
    today = local_date(now, zone=rhythm.zone)
    midnight = at_local_time(today, time(0), zone=rhythm.zone)
    heard = due.started_by_us(tx, person_id=learner.person.id, since=midnight)
    if sum(local_date(at, zone=rhythm.zone) == today for at in heard) >= STARTED_BY_US_A_DAY:
        return next_slot(rhythm, after=now, after_on=today)
    return _apart_from_others(tx, learner, now=now, academy=academy)


def _apart_from_others(
    tx: Connection, learner: Learner, *, now: datetime, academy: AcademyFacts
) -> datetime | None:
    """Return a moment a little later when another course of this person spoke just now."""
    if not due.started_by_us(tx, person_id=learner.person.id, since=now - APART + timedelta(minutes=1)):
        return None
    rhythm = learner.rhythm(academy)
    return next_waking(now + APART, zone=rhythm.zone, quiet=rhythm.quiet)


def _send_lesson(
    tx: Connection,
    learner: Learner,
    lesson_id: str,
    *,
    now: datetime,
    academy: AcademyFacts,
    back: bool = False,
) -> datetime | None:
    rhythm = learner.rhythm(academy)
    today = local_date(now, zone=rhythm.zone)
    attempt = attempts_given(records.assignments_of(tx, learner.enrollment.id), lesson_id) + 1
    given = records.assign(
        tx,
        enrollment_id=learner.enrollment.id,
        lesson_id=lesson_id,
        course_version_id=learner.enrollment.course_version_id,
        at=now,
        on=today,
        attempt=attempt,
    )
    if given is None:
        # Today has its lesson: a clock or a zone was set back. Never two on one local day.
        return next_slot(rhythm, after=now, after_on=today)
    say(
        tx,
        person_id=learner.person.id,
        message=offer(learner, given, occasion="back" if back else "new"),
        now=now,
        kind="lesson",
        silent=False,
        # Rounds above the attempts are minutes since 1970, so the two never meet.
        key=f"lesson:{learner.enrollment.id}:{lesson_id}:{attempt - 1}",
    )
    reviewing.prepare(tx, learner, now=now)
    return None


def _offer_again(
    tx: Connection, learner: Learner, *, now: datetime, academy: AcademyFacts
) -> datetime | None:
    """Offer the lesson at the moment its learner chose; their wish does not count as our message."""
    apart = _apart_from_others(tx, learner, now=now, academy=academy)
    if apart is not None:
        return apart
    waiting = records.open_assignment(tx, learner.enrollment.id)
    assert waiting is not None
    assert waiting.snoozed_until is not None
    chosen = int(waiting.snoozed_until.timestamp()) // 60
    if records.change(tx, waiting, replace(waiting, reminded_at=now)):
        say(
            tx,
            person_id=learner.person.id,
            message=offer(_giver(tx, waiting), waiting, occasion="as_asked"),
            now=now,
            kind="lesson",
            silent=False,
            key=f"lesson:{learner.enrollment.id}:{waiting.lesson_id}:{chosen}",
        )
    return None


def _remind(tx: Connection, learner: Learner, *, now: datetime) -> datetime | None:
    given = records.assignments_of(tx, learner.enrollment.id)
    waiting = next(one for one in given if one.finished_at is None)
    reminded_before = sum(one.reminded_at is not None for one in given)
    if records.change(tx, waiting, replace(waiting, reminded_at=now)):
        say(
            tx,
            person_id=learner.person.id,
            message=Reminder(
                offer=offer(_giver(tx, waiting), waiting),
                variant=(learner.enrollment.id + reminded_before) % REMINDER_WORDINGS,
                started=waiting.started_at is not None,
            ),
            now=now,
            kind="reminder",
            silent=False,
            key=f"reminder:{learner.enrollment.id}:{waiting.lesson_id}:{waiting.attempt}",
        )
    return None


def _giver(tx: Connection, waiting: Assignment) -> Learner:
    """Return the learner with the course in the version of this lesson: a later one may be without it."""
    return place_at(tx, waiting).learner


def _resume(tx: Connection, learner: Learner, *, now: datetime, academy: AcademyFacts) -> datetime | None:
    """End the pause with one message: the lesson itself where there is one, else when it comes."""
    enrollment = learner.enrollment
    enrollments.set_state(tx, enrollment.id, "active", paused_until=enrollment.paused_until)
    # The agreed moment and not the present one: what is decided again is the same message (sent.log).
    agreed = int((enrollment.paused_until or now).timestamp()) // 60
    back = learner_of(tx, enrollments.get(tx, enrollment.id))
    waiting = records.open_assignment(tx, enrollment.id)
    if waiting is not None:
        # As an offer that was asked for, it takes the place of the reminder.
        records.change(tx, waiting, replace(waiting, snoozed_until=now, reminded_at=now))
        say(
            tx,
            person_id=back.person.id,
            message=offer(_giver(tx, waiting), waiting, occasion="back"),
            now=now,
            kind="lesson",
            silent=False,
            key=f"lesson:{enrollment.id}:{waiting.lesson_id}:{agreed}",
        )
        return None
    action = next_action(state_of(tx, back, academy=academy), now=now)
    if isinstance(action, SendLesson):
        return _held_back(tx, back, now=now, academy=academy) or _send_lesson(
            tx, back, action.lesson_id, now=now, academy=academy, back=True
        )
    coming = next_at(tx, back, now=now, academy=academy)
    message = NothingNow(reason="back", next_at=coming, zone=back.zone)
    back_again = f"back:{enrollment.id}:{agreed}"
    say(tx, person_id=back.person.id, message=message, now=now, kind="notice", key=back_again)
    return None
