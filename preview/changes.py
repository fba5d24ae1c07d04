"""A number that grows with every change, and a way to wait for the next one.

Phones ask "what is new since 41?" and are answered at once or when something happens.
"""

import asyncio
from collections.abc import Callable


class Changes:
    """The revision of everything a phone can see; used from one event loop."""

    def __init__(self) -> None:
        self.revision = 0
        self._next: asyncio.Event | None = None
        self._stopped = False

    def stop(self) -> None:
        """Let nobody wait from now on: the server is closing."""
        self._stopped = True
        self.wake()

    def bump(self) -> int:
        """Count one change, wake everybody who waits, and return the new revision."""
        self.revision += 1
        self.wake()
        return self.revision

    def wake(self) -> None:
        """Let everybody who waits look again."""
        if self._next is not None:
            self._next.set()
            self._next = None

    async def until(self, happened: Callable[[], bool], *, seconds: float) -> bool:
        """Wait until `happened()` is true, at most `seconds` of real time; return what it says last."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not happened():
            left = deadline - loop.time()
            if left <= 0 or self._stopped:
                return False
            if self._next is None:
                self._next = asyncio.Event()
            try:
                await asyncio.wait_for(self._next.wait(), timeout=left)
            except TimeoutError:
                return happened()
        return True
