"""What an admin is told in the chat, because nobody reads logs at seven in the evening.

One message to each admin, and the same alarm once an hour or a day: a fault that lasts must not bury
what it is about. At night it does not buzz.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.facts import AcademyFacts
from academy.messages.facilitating import OperatorAlarm
from academy.saying import say
from scheduler.local_time import QuietHours, at_local_time, is_quiet, local_date
from storage import health_facts, roles

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

PAUSED_TOO_LONG: Final = timedelta(minutes=10)
"""A pause that is longer than a restart."""

OVERDUE: Final = timedelta(hours=1)
"""What has been due for so long and did not go is no matter of pace any more."""

MANY_CRASHES: Final = 3
"""Starts within an hour that ended without a stop; the first may have been a power cut."""

LOST_AFTER: Final = timedelta(hours=23)
"""Telegram keeps messages for 24 hours (guarantees U07)."""

ONCE_A_DAY: Final = frozenset({"nothing_sent", "set_aside", "disk_nearly_full"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the process itself knows, and the database does not."""

    up_for: timedelta = OVERDUE
    """How long it runs: what fell due before is not late by its fault."""
    paused_for: timedelta | None = None
    """How long nothing may be sent already; None while it may."""
    paused_because: str = ""
    """The name of the reason, as `app.sending_gate` knows it."""
    jumped_by: timedelta | None = None
    """By how much the clock has jumped since the last look; None for not at all."""
    disk_free_percent: int | None = None
    """Set when it is nearly full."""
    last_sent_at: datetime | None = None


def look(tx: Connection, *, seen: Seen, now: datetime, academy: AcademyFacts) -> tuple[OperatorAlarm, ...]:
    """Return what there is to be alarmed about now, whether or not it was said before."""
    found: list[OperatorAlarm] = []
    if seen.paused_for is not None and seen.paused_for >= PAUSED_TOO_LONG:
        # It can only be read when the pause is over, so it says no more than that there was one.
        found.append(OperatorAlarm(what="sending_paused", reason=seen.paused_because))
    if seen.jumped_by is not None:
        found.append(OperatorAlarm(what="clock_jump", hours=whole_hours(seen.jumped_by)))
    if seen.disk_free_percent is not None:
        found.append(OperatorAlarm(what="disk_nearly_full", count=seen.disk_free_percent))
    if set_aside := health_facts.set_aside_since(tx, since=now - DAY):
        found.append(OperatorAlarm(what="set_aside", count=set_aside))
    if unsent := _nothing_sent(tx, seen=seen, now=now, academy=academy):
        found.append(OperatorAlarm(what="nothing_sent", count=unsent))
    return tuple(found)


def _nothing_sent(tx: Connection, *, seen: Seen, now: datetime, academy: AcademyFacts) -> int:
    """Return how many were due and did not go, when nothing at all has gone today; else 0."""
    if seen.up_for < OVERDUE:
        return 0
    due = health_facts.due_by(tx, now=now - OVERDUE)
    if not due:
        return 0
    zone = ZoneInfo(academy.zone)
    midnight = at_local_time(local_date(now, zone=zone), time(0), zone=zone)
    if seen.last_sent_at is not None and seen.last_sent_at >= midnight:
        return 0
    return 0 if health_facts.sent_since(tx, since=midnight) else due


def at_start(*, away: timedelta | None, crashes: int) -> tuple[OperatorAlarm, ...]:
    """Return what there is to say about the time before this start.

    `away` is how long the service was not there, None for the first start ever; `crashes` how often
    it ended within the hour before without having been stopped.
    """
    found: list[OperatorAlarm] = []
    if away is not None and away > LOST_AFTER:
        found.append(OperatorAlarm(what="updates_may_be_lost", hours=whole_hours(away)))
    if crashes >= MANY_CRASHES:
        found.append(OperatorAlarm(what="restarts", count=crashes))
    return tuple(found)


def tell(tx: Connection, *, alarms: Sequence[OperatorAlarm], now: datetime, academy: AcademyFacts) -> int:
    """Say alarms to every admin who was not told the same within the hour or day; return how many."""
    said = 0
    for alarm in alarms:
        every = DAY if alarm.what in ONCE_A_DAY else HOUR
        time_slot = int(now.timestamp() // every.total_seconds())
        for admin in roles.admins(tx):
            if not admin.name:
                # Somebody who never wrote has no chat with the bot yet.
                continue
            quiet = QuietHours(start=academy.quiet.start, end=academy.quiet.end)
            delivery = say(
                tx,
                person_id=admin.id,
                message=alarm,
                now=now,
                # Not a notice: an admin who learns here too must get their lesson all the same.
                kind="reply",
                silent=is_quiet(now, zone=ZoneInfo(admin.zone or academy.zone), quiet=quiet),
                key=f"alarm:{alarm.what}:{time_slot}:{admin.id}",
            )
            said += delivery is not None
    return said


def whole_hours(span: timedelta) -> int:
    """Return the hours of a span either way, at least 1."""
    return max(1, round(abs(span).total_seconds() / 3600))
