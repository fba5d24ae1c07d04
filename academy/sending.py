"""Saying what is in the outbox: what to send now, and what each outcome means for the next.

`consequence` is the only place that decides whether something is said again (guarantees 2). The
functions here are the two halves around a send: `claim` is committed before it, `settle` after it,
and nothing fallible lies between an outcome and its commit.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from pydantic import ValidationError
from sqlalchemy import Connection

from academy.messenger import NotSent, Outcome, Recipient, Refused, Sent, Uncertain
from academy.outgoing import OUTGOING, Outgoing, Show
from scheduler.budget import WHOLE_BOT
from storage import bots, doubled, held, outbox, reachability, recovery, send_attempts, sending_limits
from storage.outbox import DeliveryState
from storage.send_attempts import AttemptOutcome, Claimed, Room

QUARANTINE = timedelta(seconds=60)
"""How long what may have arrived is left alone, so that a crash loop cannot repeat it."""
MOST_UNCERTAIN_EDITS = 5
"""An edit does no harm when repeated, but one that never gets an answer must end some day."""
_LONGEST_BACK_OFF_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing to be said now."""

    claimed: Claimed
    outgoing: Outgoing
    to: Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What to send now, and when to look again when that is nothing."""

    deliveries: tuple[Delivery, ...]
    next_at: datetime | None
    """None when there is something to send, or nothing is planned."""
    held_up: bool = False
    """Something is due that may not leave yet: its chat, a pause or another message is in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What follows from one outcome."""

    outcome: AttemptOutcome
    state: DeliveryState
    reason: str | None = None
    counted: bool = True
    """False when the attempt surely did not happen: it is not used up."""
    again_after: timedelta | None = None
    """How long the delivery is left alone before it may be sent again."""
    pause_chat: timedelta | None = None
    pause_bot: timedelta | None = None
    unreachable: bool = False
    """Refuse whatever else we had started for this person."""
    moved_to: int | None = None
    stop: bool = False
    """Nothing can be sent any more: the token has been taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was recorded."""

    consequence: Consequence
    ours: bool
    """False when another sender had taken the delivery over: our result did not count."""
    more_waits: bool = False
    """Something else may be sent already."""


def consequence(
    outcome: Outcome,
    *,
    repeatable: bool,
    before: Mapping[AttemptOutcome, int],
    second_refusal: bool,
    quarantine: timedelta = QUARANTINE,
    resends: int = 1,
) -> Consequence:
    """Return what follows from `outcome`, given the outcomes of the delivery's earlier attempts.

    `second_refusal` says that another chat was told to wait within the last second: then the limit
    is the bot's, not the chat's. `resends` says how often what may have arrived is sent again
    before a person decides: 1, or 0 for what rather misses somebody than comes twice.
    """
    doubted = before.get("uncertain", 0) > 0 and not repeatable
    # What may have arrived once stays marked as such, whatever became of its second try.
    back: DeliveryState = "uncertain" if doubted else "waiting"
    match outcome:
        case Sent():
            return Consequence(outcome="sent", state="sent")
        case NotSent(reason=reason, retry_after_seconds=None):
            return Consequence(
                outcome="not_sent",
                state=back,
                reason=reason,
                counted=False,
                pause_chat=_back_off(before.get("not_sent", 0)),
            )
        case NotSent(reason=reason, retry_after_seconds=float() | int() as seconds):
            pause = timedelta(seconds=max(seconds, 1))
            return Consequence(
                outcome="not_sent",
                state=back,
                reason=reason,
                counted=False,
                pause_chat=pause,
                pause_bot=pause if second_refusal else None,
            )
        case Refused(reason="token"):
            return Consequence(outcome="not_sent", state=back, reason="token", counted=False, stop=True)
        case Refused(moved_to=int() as moved_to) if not before.get("moved"):
            return Consequence(outcome="moved", state=back, reason="moved", counted=False, moved_to=moved_to)
        case Refused():
            return Consequence(
                outcome="refused", state="refused", reason=outcome.reason, unreachable=outcome.unreachable
            )
        case Uncertain(reason=reason) if repeatable:
            tries = before.get("uncertain", 0) + 1
            if tries >= MOST_UNCERTAIN_EDITS:
                return Consequence(outcome="uncertain", state="held", reason=reason)
            return Consequence(
                outcome="uncertain", state="waiting", reason=reason, pause_chat=_back_off(tries - 1)
            )
        case Uncertain(reason=reason) if before.get("uncertain", 0) >= resends:
            return Consequence(outcome="uncertain", state="held", reason=reason)
        case Uncertain(reason=reason):
            return Consequence(outcome="uncertain", state="uncertain", reason=reason, again_after=quarantine)
        case _:
            # mypy cannot see that the two NotSent cases leave none.
            raise AssertionError(outcome)


def take_over(
    tx: Connection,
    *,
    bot_id: int,
    now: datetime,
    quarantine: timedelta = QUARANTINE,
    held_kinds: Collection[str] = (),
) -> tuple[int, dict[DeliveryState, int]]:
    """Become the sender: return the new epoch, and what earlier senders left behind, by state.

    What may have arrived is held at once when it is of one of `held_kinds`, else sent once more.
    """
    epoch = bots.next_epoch(tx, bot_id=bot_id)
    sending_limits.forget_past(tx, now=now)
    left = recovery.recover(tx, epoch=epoch, now=now, quarantine=quarantine, held_kinds=held_kinds)
    return epoch, left


def claim(
    tx: Connection, *, bot_id: int, epoch: int, now: datetime, room: Room, more_waits: bool = False
) -> Claim:
    """Return what to send now; commit before sending any of it.

    `more_waits` says that there was more than there was room for a moment ago. Raises ReplacedError when
    another sender has taken over.
    """
    if not more_waits and ((first := outbox.first_at(tx)) is None or first > now):
        # Cheap, and the usual answer right after something was said.
        return Claim(deliveries=(), next_at=first)
    claimed = send_attempts.claim(tx, bot_id=bot_id, epoch=epoch, now=now, room=room)
    deliveries = _readable(tx, claimed, epoch=epoch, now=now)
    next_at = None if deliveries else outbox.next_at(tx, now=now)
    return Claim(deliveries=deliveries, next_at=next_at, held_up=not deliveries)


def claim_edit(tx: Connection, *, bot_id: int, epoch: int, now: datetime, address: int) -> Claim:
    """Return the edit that comes next for one person, in the transaction that decided it.

    `next_at` is `now` when anything else may be sent already, and None otherwise.
    """
    claimed = send_attempts.claim_edit(tx, bot_id=bot_id, epoch=epoch, now=now, address=address)
    deliveries = _readable(tx, claimed, epoch=epoch, now=now)
    return Claim(deliveries=deliveries, next_at=now if outbox.is_due(tx, now=now) else None)


# An announcement is the same for all, and so are the values it is made of.
@lru_cache(maxsize=256)
def _read(content: str) -> Outgoing:
    return OUTGOING.validate_json(content)


def _readable(
    tx: Connection, all_claimed: Sequence[Claimed], *, epoch: int, now: datetime
) -> tuple[Delivery, ...]:
    """Return what can be read of what was claimed, and close the rest."""
    deliveries: list[Delivery] = []
    for claimed in all_claimed:
        try:
            outgoing = _read(claimed.content)
        except ValidationError:
            # Written by a program that knew other messages: one row must not stop all the others.
            send_attempts.close(
                tx,
                claimed=claimed,
                epoch=epoch,
                outcome="refused",
                state="refused",
                now=now,
                reason="unreadable",
            )
            continue
        to = Recipient(person_id=claimed.person_id, address=claimed.address, language=claimed.language)
        deliveries.append(Delivery(claimed=claimed, outgoing=outgoing, to=to))
    return tuple(deliveries)


def settle(
    tx: Connection,
    *,
    delivery: Delivery,
    outcome: Outcome,
    bot_id: int,
    epoch: int,
    now: datetime,
    second_refusal: bool,
    quarantine: timedelta = QUARANTINE,
    held_kinds: Collection[str] = (),
    more_waits: bool = False,
) -> Settled:
    """Record an outcome and everything that follows from it; only then is its credit free again.

    `more_waits` says that something else may be sent for all that is known, so nobody needs to look.
    """
    claimed = delivery.claimed
    before = {} if isinstance(outcome, Sent) else send_attempts.outcomes_before(tx, claimed=claimed)
    follows = consequence(
        outcome,
        repeatable=claimed.repeatable,
        before=before,
        second_refusal=second_refusal,
        quarantine=quarantine,
        resends=0 if claimed.kind in held_kinds else 1,
    )
    if follows.moved_to is not None and not reachability.move(
        tx, person_id=claimed.person_id, to=follows.moved_to
    ):
        # Somebody we know lives there already: the two are not to be mixed up.
        follows = replace(follows, outcome="refused", state="refused", counted=True, moved_to=None)
    ours = send_attempts.close(
        tx,
        claimed=claimed,
        epoch=epoch,
        outcome=follows.outcome,
        state=follows.state,
        now=now,
        reason=follows.reason,
        message_id=_message_shown(delivery.outgoing, outcome),
        not_before=None if follows.again_after is None else now + follows.again_after,
        counted=follows.counted,
    )
    if ours and follows.state in {"uncertain", "held"}:
        held.untell(tx, claimed.delivery)
        if not claimed.repeatable:
            doubled.doubt(tx, person_id=claimed.person_id, now=now)
    if follows.pause_chat is not None:
        sending_limits.pause(tx, bot_id=bot_id, address=claimed.address, until=now + follows.pause_chat)
    if follows.pause_bot is not None:
        sending_limits.pause(tx, bot_id=bot_id, address=WHOLE_BOT, until=now + follows.pause_bot)
    if follows.unreachable and ours:
        reachability.refuse_unreachable(tx, person_id=claimed.person_id, now=now)
    return Settled(consequence=follows, ours=ours, more_waits=more_waits or outbox.is_due(tx, now=now))


def _message_shown(outgoing: Outgoing, outcome: Outcome) -> int | None:
    """Return the message in which the person sees `outgoing` now, for replies to it."""
    if not isinstance(outcome, Sent) or not isinstance(outgoing, Show):
        return None
    if outgoing.edits is not None and outcome.message_id is None:
        return outgoing.edits.message_id
    return outcome.message_id


def _back_off(times_before: int) -> timedelta:
    """Return 1, 2, 4, … seconds, a minute at most."""
    return timedelta(seconds=min(2 ** min(times_before, 10), _LONGEST_BACK_OFF_SECONDS))
