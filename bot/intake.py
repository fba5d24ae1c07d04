"""Receiving in a process that handles nothing: updates go to the table, and handlers hear of them."""

from collections.abc import Sequence

from scheduler.clock import Clock
from storage import inbox
from storage.crash_points import crash_here
from storage.database import Database
from storage.inbox import Received


class Intake:
    """Takes updates in, for others to handle."""

    def __init__(self, database: Database, *, bot_id: int, clock: Clock) -> None:
        self._database = database
        self._bot_id = bot_id
        self._clock = clock

    async def keep(self, updates: Sequence[Received]) -> None:
        """Commit updates; raises when that could not be done."""
        now = self._clock()
        await self._database.run(
            lambda tx: inbox.receive(tx, bot_id=self._bot_id, updates=updates, now=now, hand_over=False)
        )
        crash_here("after_inbox_commit")
