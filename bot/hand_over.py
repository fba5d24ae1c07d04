"""What handling asks of the sender, so that an edit leaves with the commit that decided it."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from academy.sending import Claim


class HandOver(Protocol):
    """The sender, as far as it takes an edit over from the transaction that decided it.

    That saves the person who pressed a commit and a look at the outbox. What is not taken over is
    found there in its turn.
    """

    def reserve_edit(self, address: int) -> bool:
        """Return whether an edit for this person may be claimed now; then `start_reserved` must follow."""
        ...

    def claim_edit(self, tx: Connection, *, address: int, now: datetime) -> Claim:
        """Claim it, if there is one; called in the transaction, so it must change nothing else."""
        ...

    def start_reserved(self, claimed: Claim | None) -> None:
        """Send what was claimed, and look for what else waits; None when there was no commit."""
        ...
