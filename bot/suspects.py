"""What was in somebody's hands when a process ended: which updates are suspects, and whose.

With one process these are found at its start. With many, a handler that is gone is found by the
others, and what it had in hand comes back to one of them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.handling import set_aside
from storage import inbox
from storage.crew import Crew
from storage.database import Database
from storage.dead_updates import trace_of
from storage.outage import AWAY

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftInHand:
    """What was found."""

    suspects: tuple[int, ...]
    """Rows to be handled alone, oldest first."""
    dead: Mapping[int, str]
    """Rows set aside, because it was the second time: with their trace ids."""


def left_in_hand(
    tx: Connection, *, now: datetime, crew: Crew | None, of: Collection[int] | None
) -> LeftInHand:
    """Account for what was in hand when a process ended; who sent what is set aside now is told.

    `of` names handlers that are gone. Without it everybody who is not there counts as gone, as at a
    start; and without a `crew` there is nobody but us.
    """
    if crew is None:
        found = inbox.recover(tx, now=now)
    else:
        gone = crew.missing(tx) if of is None else of
        found = inbox.recover(tx, now=now, of=gone, handler=crew.number)
    traces: dict[int, str] = {}
    for dead in found.dead:
        traces[dead] = trace_of(tx, id=dead)
        set_aside(tx, inbox_id=dead, sender=inbox.sender_of(tx, id=dead), now=now, trace_id=traces[dead])
    return LeftInHand(suspects=found.suspects, dead=traces)


async def gone_handlers(
    database: Database, crew: Crew, *, in_hand: Collection[int], now: datetime
) -> Collection[int]:
    """Return handlers that have been gone for a while and left something; none while we cannot know.

    What is ours by the table but not among the rows `in_hand` is given back on the way: the commit that
    claimed it was never confirmed to us.
    """
    if not crew.time_to_look():
        return ()
    try:
        missing = await database.read(crew.missing)
        if await database.read(partial(crew.forgotten, in_hand=in_hand)):
            await database.run(partial(crew.give_back_forgotten, now=now))
    except AWAY:
        return ()
    return crew.given_up(missing)
