"""Agreeing on days, hour and clock: the screens that joining and `/schedule` share.

What was picked travels in the buttons and nothing is kept before the last tap; whoever is still
joining gets the first lesson from it, everybody else a new plan.
"""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import Connection

from academy import delivering, slots, zones
from academy.agenda_facts import next_at
from academy.facts import AcademyFacts
from academy.messages.joining import (
    DaysPicker,
    HourPicker,
    MinutePicker,
    ScheduleOffer,
    ScheduleSet,
    ZoneOffer,
    ZoneQuestion,
)
from academy.outgoing import Screen
from academy.places import learner_of
from academy.saying import say
from learners.groups import Enrollment
from learners.people import Person
from storage import enrollments, groups, people


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A press on one of these screens; whose enrollment it names is looked up, not believed."""

    person: Person
    enrollment_id: int
    screen: Screen | None


def offer(
    tx: Connection,
    *,
    person: Person,
    enrollment: Enrollment,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    """Offer the group's rhythm first, two others, and everything else behind one button."""
    learner = learner_of(tx, enrollment)
    current = None if enrollment.state == "joining" else slots.slot(enrollment.weekdays, enrollment.at)
    choices = slots.offered(weekdays=learner.group.weekdays, at=learner.group.at, quiet=academy.quiet)
    message = ScheduleOffer(
        enrollment_id=enrollment.id,
        zone=learner.zone,
        choices=tuple(choice for choice in choices if choice != current),
        current=current,
        paused=enrollment.state == "paused",
        paused_until=enrollment.paused_until,
        course=learner.course.title if _others(tx, enrollment) else "",
    )
    say(tx, person_id=person.id, message=message, now=now, edits=screen)


def lead_on(tx: Connection, *, person_id: int, now: datetime, academy: AcademyFacts) -> bool:
    """Offer the times again to somebody who has joined and not chosen yet; False for everybody else."""
    joining = next((one for one in enrollments.of_person(tx, person_id) if one.state == "joining"), None)
    if joining is None:
        return False
    person = people.get(tx, person_id)
    offer(tx, person=person, enrollment=joining, screen=None, now=now, academy=academy)
    return True


def show_offer(tx: Connection, chosen: Chosen, *, now: datetime, academy: AcademyFacts) -> bool:
    """Go back from the pickers to the choices; False when it is not this person's enrollment."""
    enrollment = own(tx, chosen.person, chosen.enrollment_id)
    if enrollment is None:
        return False
    offer(tx, person=chosen.person, enrollment=enrollment, screen=chosen.screen, now=now, academy=academy)
    return True


def pick_days(tx: Connection, chosen: Chosen, *, picked: frozenset[int], now: datetime) -> bool:
    """Show the seven days with those picked so far."""
    if own(tx, chosen.person, chosen.enrollment_id) is None:
        return False
    message = DaysPicker(enrollment_id=chosen.enrollment_id, picked=tuple(sorted(picked)))
    say(tx, person_id=chosen.person.id, message=message, now=now, edits=chosen.screen)
    return True


def pick_hour(
    tx: Connection, chosen: Chosen, *, picked: frozenset[int], now: datetime, academy: AcademyFacts
) -> bool:
    """Show the hours that are not quiet; without any day picked the days are asked for again."""
    if not picked:
        return pick_days(tx, chosen, picked=picked, now=now)
    if own(tx, chosen.person, chosen.enrollment_id) is None:
        return False
    message = HourPicker(
        enrollment_id=chosen.enrollment_id, picked=tuple(sorted(picked)), hours=slots.hours(academy.quiet)
    )
    say(tx, person_id=chosen.person.id, message=message, now=now, edits=chosen.screen)
    return True


def pick_minute(
    tx: Connection, chosen: Chosen, *, picked: frozenset[int], hour: int, now: datetime, academy: AcademyFacts
) -> bool:
    """Show the quarters of an hour that are not quiet; False for an hour that is no choice."""
    quarters = slots.minutes(academy.quiet, hour) if 0 <= hour < 24 else ()
    if not quarters or not picked or own(tx, chosen.person, chosen.enrollment_id) is None:
        return False
    message = MinutePicker(
        enrollment_id=chosen.enrollment_id, picked=tuple(sorted(picked)), hour=hour, minutes=quarters
    )
    say(tx, person_id=chosen.person.id, message=message, now=now, edits=chosen.screen)
    return True


def choose_slot(
    tx: Connection,
    chosen: Chosen,
    *,
    weekdays: frozenset[int],
    at: time,
    now: datetime,
    academy: AcademyFacts,
) -> bool:
    """Keep days and hour; whoever is joining is asked what time it is there, once in their life.

    Where another course of this person comes at the same minute, this one comes half an hour
    later. False for a quiet hour, no day at all, or somebody else's enrollment.
    """
    enrollment = own(tx, chosen.person, chosen.enrollment_id)
    if enrollment is None or not weekdays or slots.is_quiet(at, academy.quiet):
        return False
    taken = [(one.weekdays, one.at) for one in _others(tx, enrollment)]
    free = slots.free(at, weekdays=weekdays, taken=taken, quiet=academy.quiet)
    enrollments.set_slot(tx, chosen.enrollment_id, weekdays=weekdays, at=free)
    if enrollment.state == "joining" and chosen.person.zone is None:
        _ask_zone(tx, person=chosen.person, enrollment=enrollment, screen=chosen.screen, now=now)
    else:
        settle(
            tx,
            enrollment_id=chosen.enrollment_id,
            moved=free != at,
            screen=chosen.screen,
            now=now,
            academy=academy,
        )
    return True


def ask_zone(tx: Connection, chosen: Chosen, *, now: datetime) -> bool:
    """Ask whether it is now this time where the learner is; False for somebody else's enrollment."""
    enrollment = own(tx, chosen.person, chosen.enrollment_id)
    if enrollment is None:
        return False
    _ask_zone(tx, person=chosen.person, enrollment=enrollment, screen=chosen.screen, now=now)
    return True


def offer_zones(tx: Connection, chosen: Chosen, *, page: int, now: datetime, academy: AcademyFacts) -> bool:
    """Offer other clocks, the nearest first; each further page lies further away."""
    enrollment = own(tx, chosen.person, chosen.enrollment_id)
    if enrollment is None:
        return False
    zone = learner_of(tx, enrollment).zone
    choices, more = zones.nearby(zone, country=academy.country, now=now, page=page)
    if not choices:
        _ask_zone(tx, person=chosen.person, enrollment=enrollment, screen=chosen.screen, now=now)
        return True
    message = ZoneOffer(
        enrollment_id=chosen.enrollment_id, choices=choices, further=page + 1 if more else None
    )
    say(tx, person_id=chosen.person.id, message=message, now=now, edits=chosen.screen)
    return True


def choose_zone(
    tx: Connection, chosen: Chosen, *, zone: str | None, now: datetime, academy: AcademyFacts
) -> bool:
    """Keep the clock; None confirms the one that was asked about. Every course moves with it."""
    enrollment = own(tx, chosen.person, chosen.enrollment_id)
    if enrollment is None or (zone is not None and not zones.is_zone(zone)):
        return False
    confirmed = zone or chosen.person.zone or groups.group(tx, enrollment.group_id).zone
    people.set_zone(tx, chosen.person.id, confirmed)
    for other in _others(tx, enrollment):
        delivering.replan(tx, enrollment_id=other.id, now=now, academy=academy)
    settle(tx, enrollment_id=chosen.enrollment_id, screen=chosen.screen, now=now, academy=academy)
    return True


def own(tx: Connection, person: Person, enrollment_id: int) -> Enrollment | None:
    """Return the enrollment if it is this person's and has not been left (A01, A02)."""
    enrollment = enrollments.by_id(tx, enrollment_id)
    if enrollment is None or enrollment.person_id != person.id or enrollment.state == "withdrawn":
        return None
    return enrollment


def settle(
    tx: Connection,
    *,
    enrollment_id: int,
    moved: bool = False,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
) -> None:
    """Say what is agreed, in the place of the screens before it; whoever is joining begins to learn."""
    enrollment = enrollments.get(tx, enrollment_id)
    joining = enrollment.state == "joining"
    if not joining:
        delivering.replan(tx, enrollment_id=enrollment_id, now=now, academy=academy)
    learner = learner_of(tx, enrollment)
    message = ScheduleSet(
        slot=slots.slot(enrollment.weekdays, enrollment.at),
        next_at=None if joining else next_at(tx, learner, now=now, academy=academy),
        zone=learner.zone,
        moved=moved,
    )
    say(tx, person_id=enrollment.person_id, message=message, now=now, edits=screen)
    if joining:
        # After the line above, so that the first card stands below it.
        delivering.begin(tx, enrollment_id=enrollment_id, now=now, academy=academy)


def _ask_zone(
    tx: Connection, *, person: Person, enrollment: Enrollment, screen: Screen | None, now: datetime
) -> None:
    zone = learner_of(tx, enrollment).zone
    message = ZoneQuestion(enrollment_id=enrollment.id, local_time=zones.clock_in(zone, now=now))
    say(tx, person_id=person.id, message=message, now=now, edits=screen)


def _others(tx: Connection, enrollment: Enrollment) -> tuple[Enrollment, ...]:
    """Return the other courses this person still gets lessons from."""
    return tuple(
        one
        for one in enrollments.of_person(tx, enrollment.person_id)
        if one.id != enrollment.id and one.state in {"active", "paused"}
    )
