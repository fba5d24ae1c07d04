"""Lessons come to learners: what is due is decided, said and planned anew in one transaction.

`scheduler.agenda` decides, `academy.acting` carries out and records the facts that make the next
answer another one. A crash before the commit leaves everything as it was, and after it the
outbox key of the lesson keeps it from being said twice.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from academy import testing
from academy.acting import act
from academy.agenda_facts import state_of
from academy.catching_up import LATE, count_missed, hours_passed
from academy.facts import AcademyFacts
from academy.places import learner_of, place_at
from academy.saying import say
from academy.standing import where_they_stand
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
from scheduler.local_time import is_quiet, local_date
from storage import due, enrollments, records
from storage.crash_points import crash_here

PRESSES_ARE_KEPT = timedelta(seconds=150)
"""How long Telegram keeps a press for a bot that does not ask (guarantees U07)."""


def begin(tx: Connection, *, enrollment_id: int, now: datetime, academy: AcademyFacts) -> None:
    """Give the first lesson and show its first card at once: the learner is here, waiting.

    Somebody who comes back finds the lesson they left; asking twice changes nothing else.
    """
    enrollment = enrollments.get(tx, enrollment_id)
    if enrollment.state == "joining":
        enrollments.set_state(tx, enrollment_id, "active", started_at=enrollment.started_at or now)
    learner = learner_of(tx, enrollments.get(tx, enrollment_id))
    if not records.assignments_of(tx, enrollment_id):
        records.assign(
            tx,
            enrollment_id=enrollment_id,
            lesson_id=learner.course.lessons[0].id,
            course_version_id=learner.enrollment.course_version_id,
            at=now,
            on=local_date(now, zone=learner.rhythm(academy).zone),
        )
    waiting = records.open_assignment(tx, enrollment_id)
    if waiting is not None:
        place = place_at(tx, waiting)
        if waiting.started_at is None:
            started = testing.begun(tx, place, now=now)
            records.change(tx, waiting, started)
            place = replace(place, assignment=started)
        say(tx, person_id=learner.person.id, message=where_they_stand(tx, place), now=now)
    replan(tx, enrollment_id=enrollment_id, now=now, academy=academy)


def replan(tx: Connection, *, enrollment_id: int, now: datetime, academy: AcademyFacts) -> None:
    """Write down when to look at this enrollment again, after anything about it has changed."""
    enrollment = enrollments.by_id(tx, enrollment_id)
    if enrollment is None:
        due.set_due(tx, enrollment_id, None)
        return
    action = next_action(state_of(tx, learner_of(tx, enrollment), academy=academy), now=now)
    match action:
        case WaitUntil(at=at):
            due.set_due(tx, enrollment_id, at)
        case Rest():
            due.set_due(tx, enrollment_id, None)
        case SendLesson() | OfferAgain() | Remind() | Resume() | Complete() | SendReview():
            due.set_due(tx, enrollment_id, now)


def tick(tx: Connection, *, now: datetime, academy: AcademyFacts, limit: int = 100) -> int:
    """Do what is due for at most `limit` enrollments; return for how many it was.

    Fewer than `limit` means that nobody else is due now.
    """
    claimed = due.claim(tx, now=now, limit=limit)
    late = due.overdue(tx, claimed, before=now - LATE)
    for enrollment_id in claimed:
        enrollment = enrollments.by_id(tx, enrollment_id)
        if enrollment is None:
            due.set_due(tx, enrollment_id, None)
            continue
        passed = 0
        if (due_at := late.get(enrollment_id)) is not None:
            passed = hours_passed(tx, enrollment, due_at=due_at, now=now, academy=academy)
        postponed_to = act(tx, enrollment, now=now, academy=academy)
        if passed:
            count_missed(tx, enrollment_id=enrollment_id, passed=passed)
        if postponed_to is None:
            replan(tx, enrollment_id=enrollment_id, now=now, academy=academy)
        else:
            due.set_due(tx, enrollment_id, postponed_to)
        crash_here("inside_tick")
    return len(claimed)


def show_open_again(
    tx: Connection, *, since: datetime, now: datetime, academy: AcademyFacts, limit: int = 500
) -> int:
    """Return to how many learners their open step was shown again, silently, after we were away.

    `since` is when the service last heard from the messenger. Presses of buttons are kept for
    about 150 seconds only and what is lost cannot be known, so everybody who was active in the
    day before `since` and is inside a lesson gets the step they may have pressed (guarantees
    U07). In quiet hours that is only those who were active in the hour before: they may still
    be looking. Asking twice for the same absence says nothing twice.
    """
    if now - since <= PRESSES_ARE_KEPT:
        return 0
    shown = 0
    for assignment in records.under_way(tx, active_since=since - timedelta(days=1), limit=limit):
        place = place_at(tx, assignment)
        person = place.learner.person
        rhythm = place.learner.rhythm(academy)
        active_at = person.last_active_at
        lately = active_at is not None and active_at >= since - timedelta(hours=1)
        if is_quiet(now, zone=rhythm.zone, quiet=rhythm.quiet) and not lately:
            continue
        if active_at is not None and active_at > now - PRESSES_ARE_KEPT:
            # Whoever has reached us since we are back sees where they stand. `since` would not do
            # here: it is written now and then, and people press after it until we are gone.
            continue
        said = say(
            tx,
            person_id=person.id,
            message=where_they_stand(tx, place),
            now=now,
            key=f"again:{assignment.id}:{assignment.step}:{int(since.timestamp())}",
        )
        shown += said is not None
    return shown
