"""Whether the event loop moves: its lag, measured cheaply, and a watch-dog for when it stands still.

One thread looks now and then whether the loop has moved since. When it has not, the stack of the
main thread goes into the log, once for each time it stands still: that is where to look.
"""

import asyncio
import contextlib
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Final

import structlog

log = structlog.get_logger(__name__)

BEAT_SECONDS: Final = 0.2
"""Five timers a second cost a hundredth of a percent of a core."""

STUCK_SECONDS: Final = 5.0
"""A loop that has not moved for so long keeps everybody waiting."""

_BEATS_KEPT: Final = 1500
"""Five minutes of them."""


class Pulse:
    """How late the loop was for its own timers."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lags: deque[float] = deque(maxlen=_BEATS_KEPT)
        self.beat_at = monotonic()
        """When the loop moved last, by `monotonic`."""

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            asked_at = self._monotonic()
            await asyncio.sleep(BEAT_SECONDS)
            self.beat(late_by=self._monotonic() - asked_at - BEAT_SECONDS)

    def beat(self, *, late_by: float) -> None:
        """Note that the loop moves, and how many seconds it was late."""
        self.beat_at = self._monotonic()
        self._lags.append(max(0.0, late_by))

    def lag_seconds(self, part: float) -> float:
        """Return how late `part` of the last five minutes' timers were at most: 0.99 for the p99.

        0 before the first.
        """
        if not self._lags:
            return 0.0
        ordered = sorted(self._lags)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


class WatchDog:
    """Notices that the loop stands still; `look` is called from a thread of its own."""

    def __init__(
        self,
        pulse: Pulse,
        *,
        stack_of: int,
        monotonic: Callable[[], float] = time.monotonic,
        stuck_seconds: float = STUCK_SECONDS,
    ) -> None:
        """Watch the thread with the ident `stack_of`."""
        self._pulse = pulse
        self._stack_of = stack_of
        self._monotonic = monotonic
        self.stuck_seconds = stuck_seconds
        self._looked_at = monotonic()
        self._told_of = -1.0
        self.episodes = 0
        """How often the loop has stood still."""

    def look(self) -> None:
        """Log where the main thread is when the loop has not moved for too long; once an episode."""
        now = self._monotonic()
        since_last_look, self._looked_at = now - self._looked_at, now
        beat_at = self._pulse.beat_at
        if now - beat_at < self.stuck_seconds or beat_at == self._told_of:
            return
        if since_last_look > self.stuck_seconds:
            # This thread did not run either: the whole process was frozen, or the machine slept.
            return
        self._told_of = beat_at
        self.episodes += 1
        frame = sys._current_frames().get(self._stack_of)  # noqa: SLF001 - the only way to see another thread
        stack = "".join(traceback.format_stack(frame)) if frame is not None else ""
        log.error("loop_stands_still", seconds=round(now - beat_at, 1), stack=stack)


@contextlib.asynccontextmanager
async def watched(pulse: Pulse) -> AsyncIterator[WatchDog]:
    """Measure the running loop, and watch over it, while the block lasts."""
    dog = WatchDog(pulse, stack_of=threading.get_ident())
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(dog.stuck_seconds / 4):
            dog.look()

    thread = threading.Thread(target=watch, name="watch-dog", daemon=True)
    beating = asyncio.create_task(pulse.run(), name="pulse")
    thread.start()
    try:
        yield dog
    finally:
        ended.set()
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
