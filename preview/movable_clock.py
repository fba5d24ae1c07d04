"""A clock that people move: the demo's and the preview's, never the product's.

It only goes forwards. Who moves it lets the work that falls due on the way be done: that is the
`Mover`'s task, so a page or a test asks the mover and does not jump on its own.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class MovableClock:
    """Returns the moment it was set to, plus what has passed since on `elapsed`, if given."""

    def __init__(self, start: datetime, *, elapsed: Callable[[], float] | None = None) -> None:
        if start.tzinfo is None:
            raise ValueError("a moment without a zone")
        self._at = start.astimezone(UTC)
        self._elapsed = elapsed
        self._since = elapsed() if elapsed else 0.0

    def __call__(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        if self._elapsed is None:
            return self._at
        return self._at + timedelta(seconds=self._elapsed() - self._since)

    def set(self, to: datetime) -> None:
        """Move to a moment; raises ValueError for one that has passed."""
        if to < self():
            raise ValueError(f"{to} has passed: it is {self()}")
        self._at = to.astimezone(UTC)
        self._since = self._elapsed() if self._elapsed else 0.0

    def advance(self, by: timedelta) -> None:
        """Move on; raises ValueError for a negative span."""
        self.set(self() + by)


def ticking_clock(start: datetime) -> MovableClock:
    """Return a clock that also runs by itself, a second each second."""
    return MovableClock(start, elapsed=time.monotonic)


class Mover(Protocol):
    """Moves the clock and lets everything that falls due on the way happen (given by the app)."""

    async def advance(self, *, to: datetime) -> None:
        """Move to `to`, stopping at each due moment until its work is done."""

    async def next_lesson_at(self) -> datetime | None:
        """Return when the next lesson is due for anybody; None when none is planned."""


class PlainMover:
    """Moves the clock and does nothing else: for a server without an academy behind it."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock

    async def advance(self, *, to: datetime) -> None:
        """Move to `to`."""
        self._clock.set(to)

    async def next_lesson_at(self) -> datetime | None:
        """Return None: nobody plans lessons here."""
        return None
