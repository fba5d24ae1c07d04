"""An event loop without a clock: time passes only when nothing is left to do, and then at once.

What is lawful to vary, varies by the seed: which of two timers for the same moment rings first, and
(elsewhere) how long a commit or a request takes. What is ready runs in the order it became ready, as
asyncio promises.
"""

import asyncio
import heapq
from asyncio import base_events
from collections import deque
from collections.abc import Coroutine, Generator
from contextvars import Context, ContextVar, copy_context
from random import Random
from typing import Any, Final, TypeVar

T = TypeVar("T")

WORLD: Final = 0
"""Telegram, the people and the operator: what no kill touches."""
_LIFE: ContextVar[int] = ContextVar("life", default=WORLD)


class EndlessError(Exception):
    """Nothing is left that could ever happen, or there is no end to what happens."""


class VirtualLoop(base_events.BaseEventLoop):
    """Runs everything of one simulation; each life of the service may be ended at any await."""

    _ready: "deque[asyncio.Handle]"
    _scheduled: "list[asyncio.TimerHandle]"

    def __init__(self, random: Random) -> None:
        super().__init__()
        self._random = random
        self._moment = 0.0
        self._over: set[int] = set()
        self._alive: dict[int, dict[asyncio.Task[Any], None]] = {}
        self.rounds = 0
        self.set_task_factory(self._make_task)

    def time(self) -> float:
        return self._moment

    def leap(self, moment: float) -> None:
        """Let the time until `moment` pass in one step: every timer within it rings once, late.

        That is what a computer does that slept; nothing that matters may lie within.
        """
        self._moment = max(self._moment, moment)

    def context(self, life: int) -> Context:
        """Return a context whose tasks and callbacks belong to this life of the service."""
        made = copy_context()
        made.run(_LIFE.set, life)
        return made

    @staticmethod
    def life() -> int:
        """Return whose code is running."""
        return _LIFE.get()

    def end(self, life: int) -> None:
        """Throw away everything that this life has in memory; only the world may call it.

        No callback of it runs any more. Its coroutines are closed, one after the other, so that
        nothing is left for the garbage collector to close in the next simulation: what they do in
        `finally` must find a database and a Telegram that are gone.
        """
        self._over.add(life)
        inside = self.context(life)
        while tasks := self._alive.pop(life, {}):
            for task in tasks:
                # Nobody will ever await it again, and that is the point.
                task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001
                inside.run(_close, task.get_coro())

    def lives(self, life: int) -> bool:
        return life not in self._over

    def in_world(self, work: "Coroutine[Any, Any, T]") -> "asyncio.Task[T]":
        """Begin something that outlives the service."""
        return self.create_task(work, context=self.context(WORLD))

    def run_in_executor(  # type: ignore[override]  # the checker cannot match the variadic types
        self, executor: Any, func: Any, *args: Any
    ) -> "asyncio.Future[Any]":
        """There are no threads: it is done here, in a moment."""
        future: asyncio.Future[Any] = self.create_future()

        def work() -> None:
            if not future.done():
                future.set_result(func(*args))

        self.call_later(self._random.uniform(0.0001, 0.002), work)
        return future

    def close(self) -> None:
        for life in list(self._alive):
            self.end(life)
        super().close()

    def _make_task(
        self, loop: asyncio.AbstractEventLoop, work: Any, context: Context | None = None
    ) -> "asyncio.Task[Any]":
        task = asyncio.Task(work, loop=loop, context=context)
        life = _LIFE.get() if context is None else context.get(_LIFE, WORLD)
        assert life is not None
        alive = self._alive.setdefault(life, {})
        alive[task] = None

        def gone(task: "asyncio.Task[Any]") -> None:
            alive.pop(task, None)

        task.add_done_callback(gone)
        return task

    def _run_once(self) -> None:
        if not self._ready:
            self._ring()
        if self.rounds > _MOST_ROUNDS:
            self.rounds = 0
            raise EndlessError(f"more than {_MOST_ROUNDS:,} callbacks, and no end")
        for _ in range(len(self._ready)):
            handle = self._ready.popleft()
            if handle.cancelled() or self._is_over(handle):
                continue
            self.rounds += 1
            handle._run()  # noqa: SLF001 - this is the loop

    def _ring(self) -> None:
        """Move the timers that are due to what is ready; the time passes until there is one."""
        while self._scheduled and (self._scheduled[0].cancelled() or self._is_over(self._scheduled[0])):
            self._dropped()
        if not self._scheduled:
            raise EndlessError("nothing is left that could ever happen")
        self._moment = max(self._moment, self._scheduled[0].when())
        due: list[tuple[float, float, asyncio.TimerHandle]] = []
        while self._scheduled and self._scheduled[0].when() <= self._moment:
            timer = self._dropped()
            # Those of the same moment ring in any order.
            due.append((timer.when(), self._random.random(), timer))
        self._ready.extend(timer for _, _, timer in sorted(due))

    def _dropped(self) -> asyncio.TimerHandle:
        timer = heapq.heappop(self._scheduled)
        timer._scheduled = False  # type: ignore[attr-defined]  # noqa: SLF001 - as the loop of asyncio does
        return timer

    def _is_over(self, handle: asyncio.Handle) -> bool:
        return bool(self._over) and handle._context.get(_LIFE, WORLD) in self._over  # type: ignore[attr-defined]  # noqa: SLF001

    def _asyncgen_finalizer_hook(self, agen: Any) -> None:
        """Generators of a life that is over are closed with it, or not at all."""

    def _process_events(self, event_list: Any) -> None:
        """There are no sockets."""

    def _write_to_self(self) -> None:
        """There are no threads that could wake us."""


_MOST_ROUNDS: Final = 400_000
"""Ten times as many as a long simulation has."""
_MOST_AWAITS: Final = 100
"""In one `finally`; a loop that never ends there is left to the garbage collector."""


def _close(work: "Generator[Any, Any, Any] | Coroutine[Any, Any, Any]") -> None:
    for _ in range(_MOST_AWAITS):
        try:
            work.close()
        except RuntimeError:
            # It awaited something in `finally`; once more, and it goes on from there.
            continue
        except BaseException:  # noqa: BLE001 - whatever the dead would have said
            pass
        return
