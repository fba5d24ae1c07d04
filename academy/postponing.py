"""[Later]: the learner chooses another moment, never one in the quiet hours."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection

from academy.delivering import replan
from academy.facts import AcademyFacts
from academy.messages.learning import LaterMenu, LaterSet
from academy.places import Learner, Place, Pressed, PressOutcome
from academy.presenting import offer
from academy.saying import say
from academy.walking import unfinished
from scheduler.local_time import at_local_time, is_quiet, local_date
from scheduler.pacing import next_slot
from storage import records

SOON = timedelta(hours=1)
BREAKS = (time(12, 30), time(16, 30))
"""Wall-clock times offered for the same day: after lunch, and before going home."""
AHEAD = timedelta(days=15)
"""No button offers a moment further away; what names one was not drawn by us."""


def offer_later(tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts) -> PressOutcome:
    """Show the moments to choose from, in place of the offer."""
    found = _not_started(tx, pressed, now=now, academy=academy)
    if not isinstance(found, Place):
        return found
    menu = LaterMenu(
        offer=offer(found.learner, found.assignment),
        choices=moments(found.learner, now=now, academy=academy),
        zone=found.learner.zone,
    )
    say(tx, person_id=pressed.person_id, message=menu, now=now, edits=pressed.screen)
    return "done"


def postpone(
    tx: Connection, pressed: Pressed, *, at: datetime, now: datetime, academy: AcademyFacts
) -> PressOutcome:
    """Offer the lesson again at `at`; a moment that has passed meanwhile brings new ones to choose from."""
    found = _not_started(tx, pressed, now=now, academy=academy)
    if not isinstance(found, Place):
        return found
    rhythm = found.learner.rhythm(academy)
    if at > now + AHEAD or is_quiet(at, zone=rhythm.zone, quiet=rhythm.quiet):
        return "unknown"
    if at <= now:
        return offer_later(tx, pressed, now=now, academy=academy)
    if not records.change(tx, found.assignment, replace(found.assignment, snoozed_until=at)):
        return "passed"
    replan(tx, enrollment_id=found.assignment.enrollment_id, now=now, academy=academy)
    message = LaterSet(offer=offer(found.learner, found.assignment), at=at, zone=found.learner.zone)
    say(tx, person_id=pressed.person_id, message=message, now=now, edits=pressed.screen)
    return "done"


def moments(learner: Learner, *, now: datetime, academy: AcademyFacts) -> tuple[datetime, ...]:
    """Return in an hour, at the next break today, and the learner's hour on their next learning day.

    Ascending whole minutes, none of them quiet; the last one is always there.
    """
    rhythm = learner.rhythm(academy)
    today = local_date(now, zone=rhythm.zone)
    soon = _whole_minute(now + SOON)
    today_at = [soon]
    for wall_clock in BREAKS:
        moment = at_local_time(today, wall_clock, zone=rhythm.zone)
        if moment >= soon + timedelta(minutes=15):
            today_at.append(moment)
            break
    pleasant = [
        moment
        for moment in today_at
        if local_date(moment, zone=rhythm.zone) == today
        and not is_quiet(moment, zone=rhythm.zone, quiet=rhythm.quiet)
    ]
    return (*pleasant, next_slot(rhythm, after=now, after_on=today))


def _not_started(
    tx: Connection, pressed: Pressed, *, now: datetime, academy: AcademyFacts
) -> Place | PressOutcome:
    if pressed.screen is None:
        return "unknown"
    place = unfinished(tx, pressed, now=now, academy=academy)
    if not isinstance(place, Place):
        return place
    return place if place.assignment.started_at is None else "passed"


def _whole_minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
