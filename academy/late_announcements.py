"""Announcements whose time is over before everybody was told: a person decides whether they still go.

The service was away, or the clock was in doubt, and "bring a bill today" would come tomorrow. Copies
that have not left are held back, and those who follow the group are asked once (guarantees T10).
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.announcement_outcomes import Outcome
from academy.audience import audience
from academy.bundled import content_for
from academy.facts import AcademyFacts
from academy.messages.facilitating import AnnounceCancelled, AnnounceLate, Announcement
from academy.outgoing import Screen
from academy.saying import remove_buttons, say
from learners.people import Person
from scheduler.local_time import next_waking
from storage import announcements, groups, people, roles
from storage.announcements import KeptAnnouncement


def is_over(kept: KeptAnnouncement, *, now: datetime) -> bool:
    """Return whether it has no use any more."""
    return kept.useful_until is not None and kept.useful_until <= now


def hold_back(tx: Connection, *, kept: KeptAnnouncement, now: datetime, academy: AcademyFacts) -> int:
    """Keep what has not left from leaving, and ask; return how many copies that were."""
    assert kept.useful_until is not None
    waiting = announcements.hold_back(tx, kept, now=now)
    if not waiting:
        return 0
    group = groups.group(tx, kept.group_id)
    told = sum(copies.count for copies in announcements.copies(tx, kept) if copies.state == "sent")
    question = AnnounceLate(
        announcement_id=kept.id,
        group=group.name,
        people=waiting,
        told=told,
        useful_until=kept.useful_until,
        zone=group.zone,
    )
    for person in _asked(tx, kept):
        zone = ZoneInfo(person.zone or group.zone)
        shown: tuple[Announcement | AnnounceLate, ...] = (content_for(tx, kept, person=person), question)
        for part, message in enumerate(shown):
            say(
                tx,
                person_id=person.id,
                message=message,
                now=now,
                kind="notice",
                silent=part > 0,
                key=f"late:{kept.id}:{int(kept.useful_until.timestamp())}:{person.id}:{part}",
                not_before=next_waking(now, zone=zone, quiet=academy.quiet),
            )
    return waiting


def send_anyway(
    tx: Connection,
    *,
    kept: KeptAnnouncement,
    by: Person,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
) -> Outcome:
    """[Send to 22]: to those who have not got it and are still there; pressed twice it is sent once."""
    group = groups.group(tx, kept.group_id)
    heard = audience(tx, group=group, send_at=None, now=now, academy=academy)
    moments = {hearer.person.id: hearer.at for hearer in heard.hearers}
    sent = announcements.send_anyway(tx, kept, moments=moments)
    if not sent:
        return "closed"
    if screen is not None:
        remove_buttons(tx, person_id=by.id, screen=screen, now=now)
    return "done"


def drop(
    tx: Connection, *, kept: KeptAnnouncement, by: Person, screen: Screen | None, now: datetime
) -> Outcome:
    """[Drop it]: nobody else is told."""
    if not announcements.drop_late(tx, kept):
        return "closed"
    told = sum(copies.count for copies in announcements.copies(tx, kept) if copies.state == "sent")
    say(tx, person_id=by.id, message=AnnounceCancelled(sent_before=told), now=now, edits=screen)
    return "done"


def _asked(tx: Connection, kept: KeptAnnouncement) -> tuple[Person, ...]:
    """Return whom to ask: its author, else the group's facilitators, else the admins."""
    if kept.author_id is not None:
        return (people.get(tx, kept.author_id),)
    found = roles.facilitators_of(tx, kept.group_id) or roles.admins(tx)
    # Who never wrote to the bot has no chat with it yet.
    return tuple(person for person in found if person.name)
