"""What only one process of an academy does at a time: sending, ticking, polling.

On SQLite the kernel's lock has seen to it that there is no other process, so a duty begins at once and
ends with the service. On PostgreSQL it begins when this process gets the lease, ends when the lease is
lost, and may begin again: a process that was replaced is a standby from then on.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import structlog

from storage.lease_names import LeaseName
from storage.outage import AWAY

if TYPE_CHECKING:
    from storage.lock_session import Lease, LockSession

log = structlog.get_logger(__name__)

Duty: TypeAlias = Callable[[], AbstractAsyncContextManager["asyncio.Task[None] | None"]]
"""Begins on entering, ends on leaving; a task it brings must not end by itself."""

_AGAIN_SECONDS = 1.0

Role: TypeAlias = Literal["leading", "standby"]


class Leading(Protocol):
    """Who decides whether this process leads."""

    handler: int | None
    """Our number among the handlers of several processes; None where there is only one."""

    async def lead(self, name: LeaseName, duty: Duty) -> None:
        """Do this duty whenever it is ours; it has begun on return if it is ours already."""
        ...

    async def leave(self, name: LeaseName) -> None:
        """End the duty in order, and let another process begin at once; nothing when it was never taken."""
        ...

    def has_taken(self, name: LeaseName) -> bool:
        """Return whether this duty is one of ours, led or stood by for."""
        ...

    def is_trusted(self, name: LeaseName) -> bool:
        """Return whether surely nobody else does it at this very moment."""
        ...

    async def step_down(self, name: LeaseName) -> None:
        """End the duty: the database says that another process has taken over."""
        ...

    @property
    def roles(self) -> Mapping[LeaseName, Role]:
        """What this process is for each duty it has taken."""
        ...

    @property
    def tasks(self) -> tuple["asyncio.Task[None]", ...]:
        """What must not end by itself."""
        ...


class Alone:
    """The only process."""

    handler: int | None = None

    def __init__(self) -> None:
        self._duties: dict[LeaseName, AsyncExitStack] = {}
        self._tasks: dict[LeaseName, asyncio.Task[None]] = {}

    async def lead(self, name: LeaseName, duty: Duty) -> None:
        """Begin."""
        stack = self._duties[name] = AsyncExitStack()
        task = await stack.enter_async_context(duty())
        if task is not None:
            self._tasks[name] = task

    async def leave(self, name: LeaseName) -> None:
        """End."""
        if (stack := self._duties.pop(name, None)) is not None:
            await stack.aclose()

    def has_taken(self, name: LeaseName) -> bool:
        """Return whether it has begun."""
        return name in self._duties

    def is_trusted(self, name: LeaseName) -> bool:
        """Return True: there is nobody else."""
        return True

    async def step_down(self, name: LeaseName) -> None:
        """Raise: nobody can have taken over, so something is very wrong."""
        raise RuntimeError(f"another process does our {name} on a database that only we may open")

    @property
    def roles(self) -> Mapping[LeaseName, Role]:
        """What has begun."""
        return dict.fromkeys(self._duties, "leading")

    @property
    def tasks(self) -> tuple["asyncio.Task[None]", ...]:
        """What the duties brought."""
        return tuple(self._tasks.values())


class Leased:
    """One of several processes on a PostgreSQL database."""

    def __init__(self, session: "LockSession") -> None:
        self._session = session
        self.handler: int | None = session.handler
        self._beating = asyncio.create_task(session.run(), name="leases")
        self._leading: dict[LeaseName, asyncio.Task[None]] = {}

    async def lead(self, name: LeaseName, duty: Duty) -> None:
        """Begin a task that leads whenever it may; return when the first term has begun, if it is ours."""
        lease, begun = self._session.leases[name], asyncio.Event()
        task = asyncio.create_task(_whenever_ours(lease, duty, begun=begun), name=f"leading {name}")
        self._leading[name] = task
        if not lease.leads:
            log.info("standby", lease=name, holder=lease.seen.holder if lease.seen else None)
            return
        first = asyncio.create_task(begun.wait())
        await asyncio.wait({first, task}, return_when=asyncio.FIRST_COMPLETED)
        first.cancel()

    async def leave(self, name: LeaseName) -> None:
        """End our term, if there is one, and give the lease back."""
        task = self._leading.pop(name, None)
        if task is None:
            return
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await self._session.release(name)

    def has_taken(self, name: LeaseName) -> bool:
        """Return whether we want this lease."""
        return name in self._leading

    def is_trusted(self, name: LeaseName) -> bool:
        """Return whether the lease is ours and was renewed recently enough."""
        return self._session.leases[name].is_trusted

    async def step_down(self, name: LeaseName) -> None:
        """Give up what we believed to have."""
        await self._session.step_down(name, why="replaced")

    @property
    def roles(self) -> Mapping[LeaseName, Role]:
        """What we are for each lease we want."""
        return {
            name: "leading" if self._session.leases[name].is_trusted else "standby" for name in self._leading
        }

    @property
    def tasks(self) -> tuple["asyncio.Task[None]", ...]:
        """The beat of our leases, and what leads."""
        return (self._beating, *self._leading.values())

    async def close(self) -> None:
        """Give every lock back."""
        for name in tuple(self._leading):
            await self.leave(name)
        self._beating.cancel()
        await asyncio.gather(self._beating, return_exceptions=True)
        await self._session.close()


async def _whenever_ours(lease: "Lease", duty: Duty, *, begun: asyncio.Event) -> None:
    """Do the duty in each of our terms, until cancelled; raises what the duty raises.

    A database that is away just when we begin is no reason to end: the term may outlast that.
    """
    term = 0
    while True:
        term = await lease.won(after=term)
        log.info("leading", lease=lease.name, term=term)
        try:
            await _one_term(lease, duty, term=term, begun=begun)
        except AWAY as away:
            log.warning("cannot lead yet", lease=lease.name, error=type(away).__name__)
            await asyncio.sleep(_AGAIN_SECONDS)
            term -= 1
        else:
            log.info("standby", lease=lease.name)


async def _one_term(lease: "Lease", duty: Duty, *, term: int, begun: asyncio.Event) -> None:
    async with duty() as task:
        begun.set()
        losing = asyncio.create_task(lease.lost(term=term))
        try:
            waited: set[asyncio.Task[None]] = {losing} if task is None else {losing, task}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if task is not None and task.done():
                task.result()
                raise RuntimeError(f"{lease.name} ended by itself")
        finally:
            losing.cancel()
