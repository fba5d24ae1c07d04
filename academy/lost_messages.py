"""Facilitators hear that what people wrote may be lost, when we were away for longer than it is kept.

Telegram tells nobody what it has thrown away. Somebody who was inside a lesson may have answered, so those
who look after them are told, once for each absence; admins hear of it by `academy.alarming`.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.alarming import LOST_AFTER, whole_hours
from academy.facts import AcademyFacts
from academy.messages.facilitating import MessagesMayBeLost
from academy.saying import say
from learners.groups import Group
from learners.people import Person
from scheduler.local_time import QuietHours, next_waking
from storage import groups, roles


def tell(tx: Connection, *, since: datetime, now: datetime, academy: AcademyFacts) -> int:
    """Return how many facilitators are told, after their quiet hours, that we were away since `since`."""
    if now - since <= LOST_AFTER:
        return 0
    admins = {admin.id for admin in roles.admins(tx)}
    helped: dict[int, tuple[Person, list[Group]]] = {}
    for group in groups.with_lessons_under_way(tx):
        for person in roles.facilitators_of(tx, group.id):
            # Somebody who never wrote has no chat with the bot yet.
            if person.name and person.id not in admins:
                helped.setdefault(person.id, (person, []))[1].append(group)
    said = 0
    quiet = QuietHours(start=academy.quiet.start, end=academy.quiet.end)
    for person, theirs in helped.values():
        delivery = say(
            tx,
            person_id=person.id,
            message=MessagesMayBeLost(
                hours=whole_hours(now - since), groups=tuple(group.name for group in theirs)
            ),
            now=now,
            # Not a notice: who learns here too must get their lesson all the same.
            kind="reply",
            silent=False,
            key=f"lost:{int(since.timestamp())}:{person.id}",
            not_before=next_waking(now, zone=ZoneInfo(person.zone or theirs[0].zone), quiet=quiet),
        )
        said += delivery is not None
    return said
