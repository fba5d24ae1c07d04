"""What has been claimed and waits for the pace: it leaves while the next is being claimed.

At 1,000 messages a second a commit takes as long as several of them: were they claimed, started and
claimed again one after the other, nothing would leave during any claim, and the rate would be lost.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from academy.sending import Delivery
from scheduler.budget import Budget


class _Turn(NamedTuple):
    delivery: Delivery
    epoch: int


class Turns:
    """A queue in front of the pacer."""

    def __init__(
        self,
        budget: Budget,
        *,
        begin: Callable[[Delivery, int], None],
        monotonic: Callable[[], float],
        tasks: set[asyncio.Task[None]],
    ) -> None:
        """Call `begin` with a delivery and its epoch as soon as the pacer is free; wait in one of `tasks`."""
        self._budget = budget
        self._begin = begin
        self._monotonic = monotonic
        self._tasks = tasks
        self._waiting: deque[_Turn] = deque()
        self._is_served = False

    @property
    def edits(self) -> int:
        """How many of those that wait take no credit."""
        return sum(turn.delivery.claimed.repeatable for turn in self._waiting)

    @property
    def messages(self) -> int:
        """How many of those that wait will take a credit."""
        return len(self._waiting) - self.edits

    @property
    def seconds(self) -> float:
        """How long those that wait take to leave."""
        return len(self._waiting) / self._budget.rate_per_second

    def give(self, delivery: Delivery, *, epoch: int, first: bool = False) -> None:
        """Begin with a delivery now, or when it is its turn; with `first` before all that wait."""
        if not self._waiting and self._budget.pacer.next_free_at(now := self._monotonic()) <= now:
            self._begin(delivery, epoch)
            return
        turn = _Turn(delivery, epoch)
        if first:
            self._waiting.appendleft(turn)
        else:
            self._waiting.append(turn)
        if not self._is_served:
            self._is_served = True
            task = asyncio.create_task(self._serve(), name="turns")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self) -> None:
        try:
            while self._waiting:
                now = self._monotonic()
                # Not for the end of a pause that began after the claim: stopping would wait for it too.
                if (free_at := self._budget.pacer.next_free_at(now)) > now:
                    await asyncio.sleep(free_at - now)
                    continue
                turn = self._waiting.popleft()
                self._begin(turn.delivery, turn.epoch)
                # It leaves before the next is begun: what has been begun and waits while the loop is busy
                # leaves too close to what follows.
                await asyncio.sleep(0)
        finally:
            self._is_served = False
