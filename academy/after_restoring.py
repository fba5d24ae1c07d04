"""After an older database was put back: nothing old is said again, and whoever was erased is erased again.

The database has forgotten what it sent, so it would decide it once more. `forgotten` settles what is
known to have been sent; `decide_overdue` then lets the agenda decide what was due meanwhile and holds
what comes of it, so that a person decides whether it is still wanted. What falls due later is new.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from academy import announcing, delivering, drafting
from academy.facts import AcademyFacts
from storage import people, personal_data, restored
from storage.erased_log import Erased
from storage.sent_log import SentLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was found, in messages."""

    sent: int
    """Were sent after the copy was made."""
    held: int
    """Were due and are left to a person."""
    updates: int
    """Had come in and are set aside: they were answered after the copy was made."""
    erased: int
    """People who had been erased since."""


def forgotten(
    tx: Connection, *, lines: Sequence[SentLine], erased: Collection[Erased], now: datetime
) -> Settled:
    """Settle what waits in the older database; run it again after a crash."""
    restored.begin(tx, now=now)
    sent = restored.count_as_sent(tx, lines)
    restored.remember(tx, lines)
    gone = erase_again(tx, erased=erased)
    return Settled(
        sent=sent,
        held=restored.hold_what_was_due(tx, now=now),
        updates=restored.set_updates_aside(tx, now=now),
        erased=gone,
    )


def erase_again(tx: Connection, *, erased: Collection[Erased]) -> int:
    """Erase those whom this database knows again; return how many. They have heard the last word."""
    gone = restored.still_here(tx, erased)
    for person_id in gone:
        personal_data.forget(tx, people.get(tx, person_id))
    return len(gone)


def decide_overdue(tx: Connection, *, now: datetime, academy: AcademyFacts, limit: int) -> tuple[int, int]:
    """Decide what is due for at most `limit` enrollments; return for how many, and how much is held.

    Fewer than `limit` means that nobody else is due.
    """
    done = delivering.tick(tx, now=now, academy=academy, limit=limit)
    if done < limit:
        drafting.tick(tx, now=now, academy=academy)
        announcing.tick(tx, now=now, academy=academy)
    return done, restored.hold_what_was_due(tx, now=now)
