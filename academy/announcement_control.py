"""The message under an announcement's preview: who gets it when, and what to do with it.

It is counted anew each time it is shown, because people join, pause and leave meanwhile.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.announcement_outcomes import Outcome
from academy.audience import audience
from academy.bundled import content_for
from academy.facts import AcademyFacts
from academy.messages.facilitating import AnnounceControl
from academy.outgoing import Screen
from academy.saying import say
from scheduler.local_time import at_local_time, local_date, next_waking
from storage import announcements, conversations, groups, people
from storage.announcements import KeptAnnouncement

NAMES_SHOWN = 40
"""People named by [Who gets it]; more would not be read on a phone."""

MOMENTS_OFFERED = 6
"""Moments offered by [Schedule]."""

_HOURS = (time(9), time(12), time(15))


def show(
    tx: Connection, *, kept: KeptAnnouncement, screen: Screen | None, now: datetime, academy: AcademyFacts
) -> Outcome:
    """Show the control message anew, with today's counts; ends the writing of another text."""
    if kept.state != "draft":
        return "closed"
    if kept.author_id is not None:
        conversations.clear(tx, kept.author_id)
    _say_control(tx, kept=kept, screen=screen, now=now, academy=academy)
    return "done"


def test_send(
    tx: Connection, *, kept: KeptAnnouncement, screen: Screen | None, now: datetime, academy: AcademyFacts
) -> Outcome:
    """Send it to the author alone, exactly as learners will get it."""
    if kept.state != "draft" or kept.author_id is None:
        return "closed"
    _say_control(tx, kept=kept, screen=screen, now=now, academy=academy, tested=True)
    test = content_for(tx, kept, person=people.get(tx, kept.author_id))
    say(tx, person_id=kept.author_id, message=test, now=now, silent=False)
    return "done"


def show_names(
    tx: Connection, *, kept: KeptAnnouncement, screen: Screen | None, now: datetime, academy: AcademyFacts
) -> Outcome:
    """Name the people who will get it."""
    if kept.state != "draft":
        return "closed"
    heard = audience(
        tx, group=groups.group(tx, kept.group_id), send_at=kept.send_at, now=now, academy=academy
    ).hearers
    names = tuple(hearer.person.name for hearer in heard[:NAMES_SHOWN])
    _say_control(tx, kept=kept, screen=screen, now=now, academy=academy, names=names)
    return "done"


def offer_moments(
    tx: Connection, *, kept: KeptAnnouncement, screen: Screen | None, now: datetime, academy: AcademyFacts
) -> Outcome:
    """Offer the moments at which it could go."""
    if kept.state != "draft":
        return "closed"
    zone = groups.group(tx, kept.group_id).zone
    choices = moments(now=now, zone=zone, academy=academy)
    _say_control(tx, kept=kept, screen=screen, now=now, academy=academy, schedule_choices=choices)
    return "done"


def schedule(
    tx: Connection,
    *,
    kept: KeptAnnouncement,
    send_at: datetime | None,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
) -> Outcome:
    """Set the moment the draft goes; None means as soon as it is confirmed."""
    if send_at is not None and not now < send_at < now + timedelta(days=366):
        return "past"
    if not announcements.schedule(tx, kept.id, send_at=send_at):
        return "closed"
    _say_control(tx, kept=replace(kept, send_at=send_at), screen=screen, now=now, academy=academy)
    return "done"


def moments(*, now: datetime, zone: str, academy: AcademyFacts) -> tuple[datetime, ...]:
    """Return moments to offer, soonest first: at 09:00, 12:00 and 15:00 of the coming days, never quiet.

    The first is at least half an hour away, so that it is still to come when it is chosen.
    """
    local = ZoneInfo(zone)
    today = local_date(now, zone=local)
    found: list[datetime] = []
    for days_ahead in range(MOMENTS_OFFERED):
        for clock in _HOURS:
            moment = at_local_time(today + timedelta(days=days_ahead), clock, zone=local)
            awake = next_waking(moment, zone=local, quiet=academy.quiet) == moment
            if awake and moment >= now + timedelta(minutes=30):
                found.append(moment)
    return tuple(found[:MOMENTS_OFFERED])


def _say_control(
    tx: Connection,
    *,
    kept: KeptAnnouncement,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
    tested: bool = False,
    names: tuple[str, ...] = (),
    schedule_choices: tuple[datetime, ...] = (),
) -> None:
    if kept.author_id is None:
        return
    group = groups.group(tx, kept.group_id)
    heard = audience(tx, group=group, send_at=kept.send_at, now=now, academy=academy)
    control = AnnounceControl(
        announcement_id=kept.id,
        group=group.name,
        people=heard.people,
        now=len(heard.hearers) - len(heard.later),
        later=len(heard.later),
        later_at=min((hearer.at for hearer in heard.later), default=None),
        zone=group.zone,
        paused=len(heard.paused),
        unreachable=len(heard.unreachable),
        send_at=kept.send_at,
        tested=tested,
        names=names,
        schedule_choices=schedule_choices,
    )
    say(tx, person_id=kept.author_id, message=control, now=now, edits=screen)
