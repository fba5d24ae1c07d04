"""The sending loop: claim and commit, send, commit the outcome, and only then give the credit back.

A credit is a message that may arrive twice after a crash, so their number is the promise about
doubles (guarantees 4.1). Nothing here repeats a call by itself: what follows from an outcome is
decided in `academy.sending`, and is on disk before anything else happens to that delivery.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from academy import sending
from academy.messenger import Messenger, NotSent, Outcome, Uncertain
from academy.sending import Claim, Delivery
from app.claims import Claims
from app.refusals import Refusals
from app.sending_gate import SendingGate
from app.stopped import SendingStoppedError, TokenTakenBackError
from app.tally import Tally
from app.turns import Turns
from scheduler.budget import Budget
from scheduler.clock import Clock
from storage.crash_points import crash_here
from storage.database import Database
from storage.errors import StorageError
from storage.outbox import DeliveryState
from storage.send_attempts import Claimed, ReplacedError, Room

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
"""How often the outbox is looked at when nobody wakes the loop."""
MOST_EDITS = 32
"""Edits, button removals and deletions under way at once: they take no credit, but connections."""
STOP_SECONDS = 10.0
"""How long a stopping service waits for what is under way."""
AHEAD_SECONDS = 0.02
"""How long before the pacer is free the next are claimed: a commit takes that long on a busy machine."""
TOGETHER_SECONDS = 0.02
"""What may leave within this is claimed together: one row at 30 a second, twenty at 1,000."""
_DATABASE_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """What was found at the start."""

    epoch: int
    uncertain: int
    """May have arrived just before a crash; sent once more after the quarantine."""
    held: int
    """Caught by two crashes; listed for a person to decide."""


class Sender:
    """The one sender of a bot."""

    def __init__(
        self,
        database: Database,
        messenger: Messenger,
        *,
        bot_id: int,
        clock: Clock,
        budget: Budget,
        quarantine: timedelta = sending.QUARANTINE,
        held_kinds: Collection[str] = (),
        gate: SendingGate | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        steady_pauses: bool = False,
        noted: Callable[[Sequence[Claimed], Outcome | None], None] | None = None,
        replaced: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._database = database
        self._messenger = messenger
        self._bot_id = bot_id
        self._clock = clock
        self._budget = budget
        self._quarantine = quarantine
        self._held_kinds = held_kinds
        self._monotonic = monotonic
        self._refusals = Refusals(budget, monotonic=monotonic, steady_pauses=steady_pauses)
        self._noted = noted or (lambda _claimed, _outcome: None)
        self._replaced = replaced
        self._epoch = 0
        self._woken = asyncio.Event()
        self.paused = asyncio.Event()
        """Set once there was nothing to do for a moment: what waited at the start is on its way."""
        self._gate = gate or SendingGate()
        self._gate.on_change(self._woken.set)
        self.tally = Tally()
        self._stopping = False
        self._fatal: SendingStoppedError | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._claims = Claims()
        self._edits = 0
        self._resending = False
        self._more_waits = False
        """The last claim took all there was room for."""
        self._turns = Turns(budget, begin=self._begin, monotonic=monotonic, tasks=self._under_way)

    async def take_over(self) -> TakenOver:
        """Become the sender; what earlier ones left under way is uncertain from now on."""
        now = self._clock()

        def begin(tx: Connection) -> tuple[int, dict[DeliveryState, int]]:
            return sending.take_over(
                tx, bot_id=self._bot_id, now=now, quarantine=self._quarantine, held_kinds=self._held_kinds
            )

        epoch, left = await self._database.run(begin)
        if self._database.dialect == "postgresql":
            # A claim that was just being committed kept the new epoch waiting, and is seen only now.
            epoch, later = await self._database.run(begin)
            left |= later
        self._epoch = epoch
        found = TakenOver(epoch=self._epoch, uncertain=left.get("uncertain", 0), held=left.get("held", 0))
        log.info("sender started", epoch=found.epoch, uncertain=found.uncertain, held=found.held)
        return found

    def hush(self, *, seconds: float) -> None:
        """Send nothing for a moment: another process may just have sent, and both share Telegram's limit."""
        self._budget.pacer.free_at = max(self._budget.pacer.free_at, self._monotonic() + seconds)

    async def stand_by(self) -> None:
        """Claim nothing until `take_over`; return when what is under way is recorded, if it still counts."""
        self._epoch = 0
        await self._finish()

    def wake(self) -> None:
        """Look at the outbox now: call it after a commit that added to it, or when the clock moved."""
        self._woken.set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns when what is under way is recorded."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Send until `stop`, between `take_over` and `stand_by`; raises SendingStoppedError.

        Raises ReplacedError when another sender has taken over, unless somebody is there to be told.
        """
        try:
            while not self._stopping and self._fatal is None:
                self._woken.clear()
                await self._round()
        finally:
            await self._finish()
        if self._fatal is not None:
            raise self._fatal

    async def _round(self) -> None:
        """Claim once and start what was claimed, or wait for a reason to look again."""
        if not self._epoch or not self._gate.is_open:
            await self._idle(LOOK_SECONDS)
            return
        now, epoch = self._monotonic(), self._epoch
        free_at = max(self._budget.bot_free_at(now) + self._turns.seconds, self._refusals.outage_until)
        if free_at - AHEAD_SECONDS > now:
            # Claiming takes a moment too: begun when the pacer is free, each message would be late.
            await self._sleep_until(free_at - AHEAD_SECONDS)
            return
        room = self._room(now)
        if room.credits <= 0 and room.repeatable <= 0:
            await self._idle(LOOK_SECONDS)
            return
        moment = self._clock()
        if not await self._claims.are_sure(self._database, epoch=epoch, now=moment):
            await self._idle(_DATABASE_AGAIN_SECONDS)
            return
        try:
            claimed = await self._database.run(
                partial(
                    sending.claim,
                    bot_id=self._bot_id,
                    epoch=epoch,
                    now=moment,
                    room=room,
                    more_waits=self._more_waits,
                )
            )
        except ReplacedError:
            if self._replaced is None:
                raise
            if epoch == self._epoch:
                self._epoch = 0
                await self._replaced()
            return
        except (SQLAlchemyError, StorageError, OSError) as error:
            # A full disk, a server that is away: nothing was claimed, so nothing is sent.
            # The database has said so, once.
            log.debug("outbox cannot be read", error=type(error).__name__)
            self._claims.made(None)
            await self._idle(_DATABASE_AGAIN_SECONDS)
            return
        self._claims.made(claimed)
        self._more_waits = len(claimed.deliveries) == room.most
        if claimed.deliveries:
            crash_here("after_claim_commit")
            # In one go, and before any of them leaves; an edit that was reserved need not be known.
            self._noted(tuple(delivery.claimed for delivery in claimed.deliveries), None)
        for delivery in claimed.deliveries:
            self._turns.give(delivery, epoch=epoch)
        if not self._more_waits:
            # There is no more for now. The end of any delivery wakes us, so what has just begun
            # need not be looked behind at once: an answer to a tap costs one claim, not two.
            await self._idle(self._pause(claimed, moment=moment, now=now))

    def _room(self, now: float) -> Room:
        return Room(
            credits=self._budget.credits_left(now) - self._turns.messages,
            repeatable=MOST_EDITS - self._edits - self._turns.edits,
            most=max(1, int(self._budget.rate_per_second * TOGETHER_SECONDS)),
            resend=not self._resending,
            busy=self._budget.busy(now),
            full=self._budget.full(now),
        )

    def _pause(self, claimed: Claim, *, moment: datetime, now: float) -> float:
        """Return how long there is nothing to do, unless somebody wakes us."""
        pauses = [LOOK_SECONDS]
        if claimed.next_at is not None:
            pauses.append((claimed.next_at - moment).total_seconds())
        if claimed.held_up:
            pauses.append(self._budget.next_chat_free_at(now) - now)
        return min(pause for pause in pauses if pause > 0)

    def reserve_edit(self, address: int) -> bool:
        """Return whether an edit that is about to be decided may be claimed with it (see bot.routing)."""
        now = self._monotonic()
        if not self._epoch or self._stopping or self._fatal is not None or not self._gate.is_open:
            return False
        if self._edits + self._turns.edits >= MOST_EDITS or self._claims.in_doubt:
            return False
        chat_free_at = self._budget.chat_free_at(address, reply=True, now=now)
        if max(chat_free_at, self._budget.bot_free_at(now), self._refusals.outage_until) > now:
            return False
        self._edits += 1
        self._claims.reserve()
        return True

    def claim_edit(self, tx: Connection, *, address: int, now: datetime) -> Claim:
        """Claim what was reserved, in the transaction that decided it; runs in the database's thread."""
        return sending.claim_edit(tx, bot_id=self._bot_id, epoch=self._epoch, now=now, address=address)

    def start_reserved(self, claimed: Claim | None) -> None:
        """Send what was claimed, now that it is committed; None when the transaction was not."""
        self._edits -= 1
        self._claims.decided(claimed)
        if claimed is None:
            return
        if claimed.next_at is not None:
            self._woken.set()
        if claimed.deliveries:
            crash_here("after_claim_commit")
        for delivery in claimed.deliveries:
            # Somebody has just pressed a button: whatever else waits is less urgent.
            self._turns.give(delivery, epoch=self._epoch, first=True)

    def _begin(self, delivery: Delivery, epoch: int) -> None:
        claimed = delivery.claimed
        self._budget.took(claimed.address, now=self._monotonic(), credit=not claimed.repeatable)
        self._edits += claimed.repeatable
        self._resending |= claimed.resent
        task = asyncio.create_task(self._deliver(delivery, epoch=epoch), name=f"delivery {claimed.delivery}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _deliver(self, delivery: Delivery, *, epoch: int) -> None:
        try:
            outcome = await self._speak(delivery)
        except Exception as error:  # an edge: whatever it was, it may have been sent
            log.exception("sending raised", delivery=delivery.claimed.delivery)
            outcome = Uncertain(reason=type(error).__name__)
        # Before the database is told: it never knows of a message that sent.log does not know.
        self._noted((delivery.claimed,), outcome)
        crash_here("after_http_ok")
        more_waits = await self._settle(delivery, outcome, epoch=epoch)
        self._claims.ended(delivery.claimed.delivery)
        crash_here("after_settle")
        claimed = delivery.claimed
        if claimed.repeatable:
            self._edits -= 1
        else:
            self._budget.give_back(now=self._monotonic())
        if claimed.resent:
            self._resending = False
        if more_waits:
            # What is planned for later waits for its moment, or for the next look.
            self._woken.set()

    async def _speak(self, delivery: Delivery) -> Outcome:
        # Claiming may have taken long: whoever has taken over since sends this too, and Telegram may
        # have asked for a pause.
        if not self._gate.is_open or self._budget.is_paused(self._monotonic()):
            return NotSent(reason="paused")
        return await self._messenger.send(delivery.outgoing, delivery.to, now=self._clock())

    async def _settle(self, delivery: Delivery, outcome: Outcome, *, epoch: int) -> bool:
        """Record the outcome, however long the database is away: nothing else may end a delivery.

        Return whether something else may be sent already.
        """
        second = self._refusals.is_second(outcome, address=delivery.claimed.address)
        moment = self._clock()
        settle = partial(
            sending.settle,
            delivery=delivery,
            outcome=outcome,
            bot_id=self._bot_id,
            epoch=epoch,
            now=moment,
            second_refusal=second,
            quarantine=self._quarantine,
            held_kinds=self._held_kinds,
            more_waits=self._more_waits,
        )
        while True:
            try:
                settled = await self._database.run(settle)
            except (SQLAlchemyError, StorageError, OSError) as error:
                log.debug(
                    "outcome cannot be kept yet",
                    delivery=delivery.claimed.delivery,
                    error=type(error).__name__,
                )
                await asyncio.sleep(_DATABASE_AGAIN_SECONDS)
            else:
                break
        self._refusals.note(outcome)
        self.tally.note(delivery.claimed, outcome, now=moment)
        follows = settled.consequence
        if follows.state != "sent":
            log.info(
                "not sent", delivery=delivery.claimed.delivery, state=follows.state, reason=follows.reason
            )
        self._refusals.keep(follows, address=delivery.claimed.address)
        if follows.stop:
            self._fatal = TokenTakenBackError("the token was refused")
            self._woken.set()
        return settled.more_waits

    async def _idle(self, seconds: float) -> None:
        self.paused.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, LOOK_SECONDS)):
                await self._woken.wait()

    async def _sleep_until(self, moment: float) -> None:
        """Sleep in pieces, so that stopping does not wait for the end of an outage."""
        self.paused.set()
        await asyncio.sleep(min(moment - self._monotonic(), LOOK_SECONDS))

    async def _finish(self) -> None:
        """Wait for what is under way, and leave what takes too long to the next start."""
        give_up_at = self._monotonic() + STOP_SECONDS
        # Again and again: what waits for the pace becomes a delivery when it ends.
        while self._under_way and (left := give_up_at - self._monotonic()) > 0:
            await asyncio.wait(self._under_way, timeout=left)
        late = set(self._under_way)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
