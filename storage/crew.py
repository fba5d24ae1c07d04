"""Handlers on many machines: whose work nobody does any more.

A handler holds an advisory lock with its number while it lives (storage.lock_session). What it had in
hand is taken from it when that lock has been gone for a while: a server that was restarted, or a line
that was cut, gives it the time to come back. Taking it too early would do no harm to the facts, since
an update has its effect in the transaction that marks it done; but it would count as a crash.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select, text, update

from scheduler.clock import elapsed_seconds
from storage.lease_names import HANDLERS
from storage.tables import inbox

PATIENCE_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 1.0

_ALIVE = text(
    "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = :space AND objsubid = 2"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Crew:
    """Who handles beside us, as far as we have seen."""

    def __init__(
        self,
        number: int,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        seconds: Callable[[], float] = elapsed_seconds,
    ) -> None:
        self.number = number
        """Ours."""
        self._patience_seconds = patience_seconds
        self._seconds = seconds
        self._missing_since: dict[int, float] = {}
        self._looked = float("-inf")
        self._suspected: frozenset[int] = frozenset()
        self._forgotten: frozenset[int] = frozenset()

    def time_to_look(self) -> bool:
        """Return True once a second."""
        now = self._seconds()
        if now - self._looked < _LOOK_SECONDS:
            return False
        self._looked = now
        return True

    def missing(self, tx: Connection) -> frozenset[int]:
        """Return handlers that have updates in hand and hold no lock; 0 stands for one without a number."""
        holders = select(func.coalesce(inbox.c.handler, 0)).where(
            inbox.c.state == "new", inbox.c.tries > 0, inbox.c.retry_at.is_(None)
        )
        in_hand = frozenset(tx.execute(holders.distinct()).scalars())
        if not in_hand - {self.number}:
            return frozenset()
        return in_hand - frozenset(tx.execute(_ALIVE, {"space": HANDLERS}).scalars()) - {self.number}

    def given_up(self, missing: frozenset[int]) -> frozenset[int]:
        """Return those of them that have been missing, each time we looked, for longer than our patience."""
        now = self._seconds()
        self._missing_since = {one: self._missing_since.get(one, now) for one in missing}
        return frozenset(
            one for one, since in self._missing_since.items() if now - since >= self._patience_seconds
        )

    def forgotten(self, tx: Connection, *, in_hand: Collection[int]) -> bool:
        """Return whether rows are ours that we know nothing of, two looks in a row.

        Such a claim was committed, but the line was cut before we heard of it.
        """
        ours = select(inbox.c.id).where(
            inbox.c.state == "new",
            inbox.c.tries > 0,
            inbox.c.retry_at.is_(None),
            inbox.c.handler == self.number,
        )
        unknown = frozenset(tx.execute(ours).scalars()) - frozenset(in_hand)
        # Once is no sign: what was claimed a moment ago may not have reached its list yet.
        self._suspected, self._forgotten = unknown, unknown & self._suspected
        return bool(self._forgotten)

    def give_back_forgotten(self, tx: Connection, *, now: datetime) -> None:
        """Let those rows be claimed again, as if they had not been."""
        tx.execute(
            update(inbox)
            .where(
                inbox.c.id.in_(self._forgotten),
                inbox.c.state == "new",
                inbox.c.handler == self.number,
                inbox.c.retry_at.is_(None),
            )
            .values(tries=inbox.c.tries - 1, retry_at=now)
        )
