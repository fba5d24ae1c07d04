"""Which rows of the outbox this sender has in hand, so that none is forgotten at a lost answer.

A commit whose answer was lost may have happened (guarantees B11). What it claimed is then marked as
ours, and nobody would ever send it: so before the next claim, whatever is ours and not in hand is
given back. Nothing of it can have left, since a claim is sent only when its commit is known.
"""

from datetime import datetime
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from academy.sending import Claim
from storage.database import Database
from storage.errors import StorageError
from storage.recovery import give_back_unknown


class Claims:
    """What is in hand, and whether more may be ours than that."""

    def __init__(self) -> None:
        self._in_hand: set[int] = set()
        self._reserved = 0
        self.in_doubt = False
        """A claim may have been committed of which we know nothing."""

    def reserve(self) -> None:
        """Count a claim that is being decided in a transaction of somebody else."""
        self._reserved += 1

    def decided(self, claim: Claim | None) -> None:
        """Note how that ended; None when it is not known to have been committed."""
        self._reserved -= 1
        self.made(claim)

    def made(self, claim: Claim | None) -> None:
        """Note a claim that was committed; None when nobody knows."""
        if claim is None:
            self.in_doubt = True
        else:
            self._in_hand.update(delivery.claimed.delivery for delivery in claim.deliveries)

    def ended(self, delivery: int) -> None:
        """Note that what became of a delivery is on disk."""
        self._in_hand.discard(delivery)

    async def are_sure(self, database: Database, *, epoch: int, now: datetime) -> bool:
        """Give back what is ours and not in hand; return False when that has to wait."""
        if not self.in_doubt:
            return True
        if self._reserved:
            return False
        known = frozenset(self._in_hand)
        try:
            await database.run(partial(give_back_unknown, epoch=epoch, known=known, now=now))
        except (SQLAlchemyError, StorageError, OSError):
            return False
        self.in_doubt = False
        return True
