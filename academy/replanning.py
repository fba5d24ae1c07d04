"""Everybody's next moment, decided anew: after the clock or the rules of time zones have changed.

Plans are kept as wall time and zone, and `due` is a cache of what follows from them, so nothing is
lost by deciding again; whoever is due by the new reckoning is seen to one by one as always.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.audience import audience
from academy.delivering import replan
from academy.facts import AcademyFacts
from scheduler.local_time import at_local_time
from storage import announcements, due, groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """What came of one batch."""

    last: int | None
    """The enrollment to go on after; None when nobody is left."""
    moved: int
    """How many are looked at at another moment now."""
    most: timedelta
    """By how much the moment of one of them moved at most."""


def replan_some(
    tx: Connection, *, after: int, now: datetime, academy: AcademyFacts, limit: int = 200
) -> Replanned:
    """Decide anew for the next enrollments that are waited for, in the order of their numbers."""
    waited_for = due.after(tx, enrollment_id=after, limit=limit)
    moved, most = 0, timedelta(0)
    for enrollment_id, before in waited_for:
        replan(tx, enrollment_id=enrollment_id, now=now, academy=academy)
        at = due.due_at(tx, enrollment_id)
        if at is None or (before <= now and at <= now):
            continue
        moved += at != before
        most = max(most, abs(at - before))
    last = waited_for[-1][0] if len(waited_for) == limit else None
    return Replanned(last=last, moved=moved, most=most)


def replan_announcements(tx: Connection, *, now: datetime, academy: AcademyFacts) -> int:
    """Move scheduled announcements to the hour that was chosen for them; return how many moved."""
    moved = 0
    for kept in announcements.under_way(tx):
        if kept.send_wall is None or kept.send_at is None or kept.send_at <= now:
            continue
        group, chosen = groups.group(tx, kept.group_id), datetime.fromisoformat(kept.send_wall)
        send_at = at_local_time(chosen.date(), chosen.time(), zone=ZoneInfo(group.zone))
        if send_at == kept.send_at:
            continue
        heard = audience(tx, group=group, send_at=send_at, now=now, academy=academy)
        moments = {hearer.person.id: hearer.at for hearer in heard.hearers}
        announcements.move(tx, kept, send_at=send_at, moments=moments)
        moved += 1
    return moved
