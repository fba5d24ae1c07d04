"""Updates go to their handlers: in order for each person, side by side for different people.

An update is handled in one transaction with the mark that it is done; its try is committed
before. What fails is tried again and then set aside, so that it keeps nobody else waiting. The
answer to a press and the sender's next message leave together, right after the commit.

Somebody waits for what a press brings, so a press that nothing comes before is received, handled
and answered with one commit (`bot.short_way`).
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

import structlog
import telegram
from sqlalchemy import Connection

from academy.sending import Claim
from bot.follow_up import FollowUp
from bot.handler_table import HandlerTable
from bot.handling import (
    Circumstances,
    Handled,
    SettledBeforeError,
    UnreadablePressError,
    decline,
    handle,
    handle_at_once,
    is_admin,
    read,
    set_aside,
)
from bot.incoming import FileSent, Ignored, Incoming, Tap
from bot.pace_limit import PaceLimit
from bot.routing_facts import RoutingFacts
from bot.short_way import ShortWay
from bot.suspects import gone_handlers, left_in_hand
from storage import inbox
from storage.crash_points import crash_here
from storage.crew import Crew
from storage.database import Database
from storage.in_hand import InHand
from storage.inbox import Received, Update
from storage.outage import AWAY

T = TypeVar("T")

log = structlog.get_logger(__name__)

AT_ONCE: Final = 64
"""Updates in hand at the same time: at 50 ms a round trip this carries a thousand presses a second."""

LOOK_SECONDS: Final = 1.0
"""How often the table is looked at while something in it waits for its next try."""

LOOK_ANYHOW_SECONDS: Final = 20.0
"""How often it is looked at for no reason: a net under everything that should have woken it."""


class Router:
    """Takes updates in (`keep`) and sees to it that each of them has its effect once."""

    def __init__(
        self,
        bot: telegram.Bot,
        database: Database,
        handlers: HandlerTable,
        facts: RoutingFacts,
        *,
        pace: PaceLimit | None = None,
        in_hand: InHand | None = None,
        crew: Crew | None = None,
        at_once: int = AT_ONCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._facts = facts
        self._pace = pace
        self._at_once = at_once
        self._sleep = sleep
        self._in_hand: set[asyncio.Task[Any]] = set()
        self._crew, self._handler = crew, None if crew is None else crew.number
        self._claimed: set[int] = set()
        self._follow_up = FollowUp(bot)
        self._suspects: set[int] = set()
        self._short_way: ShortWay | None = None
        if in_hand is not None:
            self._suspects.update(in_hand.at_the_end)
            self._short_way = ShortWay(in_hand, act=self._act_at_once, begun=self._watch)
        self._some_wait = True
        self._woken = asyncio.Event()
        self._recovered = False
        self.ignored: Counter[str] = Counter()
        """Updates that were not for us, by reason."""
        self.looked_at: datetime | None = None
        """When the loop last went round; for /health."""

    async def keep(self, updates: Sequence[Received]) -> None:
        """Commit updates and begin to handle them; raises when they could not be committed."""
        updates = await self._without_suspects(updates)
        if self._short_way is not None:
            await self._short_way.clear_for(updates)
            # Suspects of a crash come first and alone, and what waits comes before what is new.
            if self._recovered and not self._some_wait and len(self._in_hand) < self._at_once:
                updates = await self._short_way.take(updates)
        if not updates:
            return
        now = self._facts.clock()
        # Until the suspects have been seen to, new updates only go to the table.
        at_once = self._recovered and len(updates) <= self._at_once - len(self._in_hand)
        handed = await self._database.run(
            lambda tx: inbox.receive(
                tx,
                bot_id=self._facts.bot_id,
                updates=updates,
                now=now,
                hand_over=at_once,
                handler=self._handler,
            )
        )
        crash_here("after_inbox_commit")
        for update in handed:
            self._begin(update)
        if len(handed) < len(updates):
            self.look()

    async def _without_suspects(self, updates: Sequence[Received]) -> Sequence[Received]:
        """Handle alone what was in hand when the last process ended; return the others."""
        suspects = [update for update in updates if update.update_id in self._suspects]
        if not suspects:
            return updates
        await self.recover()
        for suspect in suspects:
            keep = partial(
                inbox.receive_suspect, bot_id=self._facts.bot_id, update_=suspect, now=self._facts.clock()
            )
            kept = await self._database.run(keep)
            self._suspects.discard(suspect.update_id)
            if kept is not None:
                await self._see_to_suspect(kept)
        return [update for update in updates if update not in suspects]

    def look(self) -> None:
        """Look into the table soon: something may wait there."""
        self._some_wait = True
        self._woken.set()

    async def run(self) -> None:
        """Handle what waits until cancelled; cancelling leaves what is in hand alone, see `finish`."""
        await self.recover()
        while True:
            self._woken.clear()
            self.looked_at = self._facts.clock()
            if self._crew is not None:
                await self._take_from_gone(self._crew)
            room = self._at_once - len(self._in_hand)
            if self._some_wait and room > 0:
                await self._claim(room)
            await self._pause()

    async def recover(self) -> None:
        """Handle alone, one after the other, what was in hand when the process ended; once.

        The service does this before anything else runs: a crash of another part meanwhile would
        count against the update that happens to be in hand.
        """
        if self._recovered:
            return
        await self._see_to_suspects()
        self._recovered = True

    async def _see_to_suspects(self, *, of: Collection[int] | None = None) -> None:
        found = await self._until_written(
            lambda tx: left_in_hand(tx, now=self._facts.clock(), crew=self._crew, of=of)
        )
        for dead, trace_id in found.dead.items():
            log.error("update_set_aside", inbox_id=dead, reason="crash", trace_id=trace_id)
        for suspect in found.suspects:
            await self._see_to_suspect(suspect)

    async def _take_from_gone(self, crew: Crew) -> None:
        """Handle alone what a handler that is gone had in hand."""
        known = frozenset(self._claimed)
        gone = await gone_handlers(self._database, crew, in_hand=known, now=self._facts.clock())
        if gone:
            self._recovered = False
            await asyncio.gather(*self._in_hand, return_exceptions=True)
            await self._see_to_suspects(of=gone)
            self._recovered = self._some_wait = True

    async def _see_to_suspect(self, suspect: int) -> None:
        update = await self._until_written(partial(inbox.take, id=suspect, handler=self._handler))
        if update is not None:
            await self._see_to(update)

    async def finish(self, *, within_seconds: float) -> None:
        """Wait for what is in hand; what does not end in time is given up and handled after the start."""
        tasks = self._in_hand | self._follow_up.under_way
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=within_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def idle(self) -> None:
        """Return once nothing waits that could be handled now."""
        while True:
            if tasks := self._in_hand | self._follow_up.under_way:
                await asyncio.wait(tasks)
                continue
            if self._recovered and not self._some_wait and not self._woken.is_set():
                return
            # Let the loop go round; it claims or finds that nothing waits.
            await asyncio.sleep(0.001)

    async def _pause(self) -> None:
        """Wait until woken, but look again in a moment while something waits for its next try."""
        soon = self._some_wait or self._crew is not None or await self._waits_for_retry()
        try:
            async with asyncio.timeout(LOOK_SECONDS if soon else LOOK_ANYHOW_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            self._some_wait = True

    async def _waits_for_retry(self) -> bool:
        try:
            return await self._database.read(inbox.next_retry_at) is not None
        except AWAY:
            return True

    async def _claim(self, room: int) -> None:
        now = self._facts.clock()
        try:
            claimed = await self._database.run(
                lambda tx: inbox.claim(tx, now=now, limit=room, handler=self._handler)
            )
        except AWAY as away:
            log.debug("database_away", error=type(away).__name__)
            return
        for update in claimed:
            self._begin(update)
        if not claimed and not self._in_hand:
            self._some_wait = False

    def _begin(self, update: Update) -> None:
        self._watch(asyncio.create_task(self._see_to(update)))

    def _watch(self, task: asyncio.Task[Any]) -> None:
        self._in_hand.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[Any]) -> None:
        self._in_hand.discard(task)
        # Somebody's next update may have waited for this one. Otherwise nobody looks: it costs a read.
        if self._some_wait:
            self._woken.set()

    async def _see_to(self, update: Update) -> None:
        """Handle one update; whatever happens, nothing is raised and the update is accounted for."""
        self._claimed.add(update.id)
        try:
            # Everything that is logged on the way, here and in what it starts, names its update.
            with structlog.contextvars.bound_contextvars(update=update.update_id):
                await self._account_for(update)
        finally:
            self._claimed.discard(update.id)

    async def _account_for(self, update: Update) -> None:
        incoming = read(update)
        if isinstance(incoming, Ignored):
            self.ignored[incoming.reason] += 1
        try:
            handled = await self._handle(update, incoming)
        except SettledBeforeError:
            return
        except UnreadablePressError:
            log.warning("press_not_read", inbox_id=update.id)
            await self._decline(update, incoming)
        except AWAY as away:
            log.debug("database_away", inbox_id=update.id, error=type(away).__name__)
            await self._until_written(lambda tx: inbox.give_back(tx, update_=update, now=self._facts.clock()))
            self._some_wait = True
        except Exception as error:
            # An edge: a handler's fault must not stop the updates of others.
            trace_id = secrets.token_hex(8)
            log.exception("update_failed", inbox_id=update.id, tries=update.tries, trace_id=trace_id)
            await self._failed(update, incoming, trace_id=trace_id, reason=type(error).__name__)
        else:
            self._follow_up.after(handled, inbox_id=update.id)

    def _circumstances(self) -> Circumstances:
        return Circumstances(
            academy=self._facts.academy(),
            handlers=self._handlers,
            random=self._facts.random,
            now=self._facts.clock(),
        )

    async def _decline(self, update: Update, incoming: Incoming) -> None:
        if not isinstance(incoming, Tap):
            return
        circumstances = self._circumstances()
        handled = await self._until_written(
            lambda tx: decline(tx, update, incoming, circumstances=circumstances)
        )
        self._follow_up.after(handled, inbox_id=update.id)

    async def _handle(self, update: Update, incoming: Incoming) -> Handled:
        # What is said in a group is not for us, and must not use up what somebody may say to us.
        counted = self._pace is not None and update.sender and not isinstance(incoming, Ignored)
        verdict = self._pace.verdict(update.sender) if self._pace is not None and counted else "fine"
        prepared = await self._prepare(incoming) if isinstance(incoming, FileSent) else None
        circumstances = self._circumstances()

        def handle_here(tx: Connection) -> Handled:
            return handle(tx, update, incoming, pace=verdict, prepared=prepared, circumstances=circumstances)

        return await self._commit(handle_here, update.sender, incoming, now=circumstances.now)

    async def _commit(
        self, work: Callable[[Connection], Handled], sender: int, incoming: Incoming, *, now: datetime
    ) -> Handled:
        """Return what `work` returned once it is on disk, with the edit it decided on its way."""
        hand_over = self._facts.hand_over
        reserved = isinstance(incoming, Tap) and hand_over is not None and hand_over.reserve_edit(sender)
        claimed: Claim | None = None

        def work_here(tx: Connection) -> tuple[Handled, Claim | None]:
            handled = work(tx)
            edit: Claim | None = None
            if reserved and hand_over is not None:
                edit = hand_over.claim_edit(tx, address=sender, now=now)
            crash_here("before_handler_commit")
            return handled, edit

        try:
            handled, claimed = await self._database.run(work_here)
            crash_here("after_handler_commit")
        finally:
            if reserved and hand_over is not None:
                hand_over.start_reserved(claimed)
        if not reserved:
            self._facts.after_commit()
        return handled

    async def _act_at_once(self, update: Received, tap: Tap) -> None:
        """Receive, handle and commit a press; raises when nothing of it was kept."""
        # As in `_see_to`; the task is this press's own, so nothing has to be taken back.
        structlog.contextvars.bind_contextvars(update=update.update_id)
        circumstances = self._circumstances()
        pace = self._pace.verdict(update.sender) if self._pace is not None else "fine"

        def handle_here(tx: Connection) -> Handled:
            return handle_at_once(
                tx, update, tap, bot_id=self._facts.bot_id, pace=pace, circumstances=circumstances
            )

        handled = await self._commit(handle_here, update.sender, tap, now=circumstances.now)
        self._follow_up.after(handled)

    async def _prepare(self, file: FileSent) -> Any:  # whatever the file handler prepares
        if self._handlers.files is None:
            return None
        if not await self._database.read(lambda tx: is_admin(tx, file.sender.address)):
            return None
        return await self._handlers.files.prepare(file, fetch=self._facts.fetch)

    async def _failed(self, update: Update, incoming: Incoming, *, trace_id: str, reason: str) -> None:
        def note(tx: Connection) -> bool:
            now = self._facts.clock()
            dead = inbox.failed(tx, update_=update, now=now, trace_id=trace_id, reason=reason)
            if dead:
                set_aside(tx, inbox_id=update.id, sender=update.sender, now=now, trace_id=trace_id)
            return dead

        if await self._until_written(note):
            log.error("update_set_aside", inbox_id=update.id, trace_id=trace_id)
            self._facts.after_commit()
        self._some_wait = True
        if isinstance(incoming, Tap):
            self._follow_up.answer_early(incoming.callback_id, inbox_id=update.id)

    async def _until_written(self, function: Callable[[Connection], T]) -> T:
        """Return what `function` returned, however long the database stays away."""
        wait = 0.5
        while True:
            try:
                return await self._database.run(function)
            except AWAY as away:
                log.debug("database_away", error=type(away).__name__)
                await self._sleep(wait)
                wait = min(10.0, 2 * wait)
