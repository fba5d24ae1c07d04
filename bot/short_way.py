"""The short way of a press that nothing comes before: received, handled, on disk with one commit.

Somebody waits for what a press brings. Kept first and handled then, it takes two commits, one behind
the other; here it takes one, and Telegram hears that we have it after that. Whatever is in the way
of that (something older of the same person, a fault, a handler that refuses) leaves nothing behind,
and the update goes the long way through the table, where such things are accounted for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias

import structlog

from bot.handling import read
from bot.incoming import Tap
from storage.in_hand import InHand
from storage.inbox import Received

log = structlog.get_logger(__name__)

MOST: Final = 8
"""Updates of one batch that are looked at; with more, one commit for all of them is quicker."""

Act: TypeAlias = Callable[[Received, Tap], Awaitable[None]]
"""Receives, handles and commits; raises when nothing of it was kept."""


class ShortWay:
    """Takes presses, one of each person at a time."""

    def __init__(self, noted: InHand, *, act: Act, begun: Callable[["asyncio.Task[Any]"], None]) -> None:
        self._noted = noted
        self._act = act
        self._begun = begun
        self._under_way: dict[int, asyncio.Task[bool]] = {}

    async def clear_for(self, updates: Sequence[Received]) -> None:
        """Return once nothing is under way here of those who sent these updates.

        A webhook may bring a person's next update while we are at the one before.
        """
        for sender in {update.sender for update in updates} & self._under_way.keys():
            await asyncio.wait([self._under_way[sender]])

    async def take(self, updates: Sequence[Received]) -> Sequence[Received]:
        """Handle what can go this way; return what has to go the other, in its order."""
        if len(updates) > MOST:
            return updates
        begun = [(update, self._begin(update)) for update in updates]
        left: list[Received] = []
        for update, task in begun:
            # Shielded: whoever stops listening does not stop what has begun.
            if task is None or not await asyncio.shield(task):
                left.append(update)
        return left

    def _begin(self, update: Received) -> "asyncio.Task[bool] | None":
        if not update.sender or update.sender in self._under_way:
            return None
        tap = read(update)
        slot = self._noted.enter(update.update_id) if isinstance(tap, Tap) else None
        if slot is None or not isinstance(tap, Tap):
            return None
        task = asyncio.create_task(self._go(update, tap, slot=slot))
        self._under_way[update.sender] = task
        task.add_done_callback(lambda _: self._under_way.pop(update.sender))
        self._begun(task)
        return task

    async def _go(self, update: Received, tap: Tap, *, slot: int) -> bool:
        try:
            await self._act(update, tap)
        except Exception:
            # An edge: whatever it was, the long way meets it too, and says so.
            log.debug("press_takes_the_long_way", update_id=update.update_id, exc_info=True)
            return False
        finally:
            self._noted.leave(slot)
        return True
