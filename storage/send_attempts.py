"""Claiming what is to be said, and closing each attempt: on disk before, on disk after.

An attempt is recorded before its request leaves, so a crash leaves a trace of everything that may
have been sent. Rows are claimed only by the sender whose epoch the bot's row carries, and a result
counts only while its row still belongs to that epoch.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import Connection, func, literal_column, select

from storage.outbox import OPEN_STATES, DeliveryState
from storage.prepared import Record
from storage.reachability import refuse
from storage.sending_statements import (
    CANDIDATES,
    CLOSE,
    CLOSE_ATTEMPT,
    OPEN_ATTEMPT,
    OPEN_ATTEMPTS,
    TAKE,
    TAKE_EDIT,
    TAKE_ONE,
)
from storage.tables import outbox, send_attempts

AttemptOutcome: TypeAlias = Literal["sent", "refused", "not_sent", "uncertain", "moved"]


class ReplacedError(Exception):
    """Another sender has taken over: this one must stop, and its results no longer count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """One row that is ours to send now."""

    delivery: int
    attempt: int
    """Number of this attempt, from 1."""
    person_id: int
    address: int
    language: str
    kind: str
    content: str
    repeatable: bool
    resent: bool
    """An attempt before this one may have arrived: the copy is marked `maybe_doubled`."""
    not_before: datetime | None = None
    """Since when it might have been sent; None for an edit that was claimed as it was decided."""
    key: str | None = None
    decided_at: datetime | None = None
    """When the row was made; with its id it names the row for ever. None where a copy does no harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much more may be claimed."""

    credits: int
    """Rows that create a message."""
    repeatable: int
    """Edits, button removals and deletions."""
    most: int = 100
    """Both together: what is claimed should leave at once, or a crash makes it uncertain for nothing."""
    resend: bool = True
    """One uncertain row may be sent again: none is under way."""
    busy: Collection[int] = ()
    """Addresses that we may not start anything with yet."""
    full: Collection[int] = ()
    """Addresses that may not even be answered yet."""


def claim(tx: Connection, *, bot_id: int, epoch: int, now: datetime, room: Room) -> tuple[Claimed, ...]:
    """Return what to send now, marked `sending` with an attempt each; commit before sending.

    One row of a person at a time, the most urgent first and those of equal urgency in the order
    they were decided. A row planned for later holds nobody up; one that may have been sent holds
    up whatever was to follow it. Raises ReplacedError when another sender has taken over.
    """
    chosen = _chosen(tx, bot_id=bot_id, now=now, room=room)
    return _taken(tx, chosen, bot_id=bot_id, epoch=epoch, now=now)


def claim_edit(
    tx: Connection, *, bot_id: int, epoch: int, now: datetime, address: int
) -> tuple[Claimed, ...]:
    """Return the same of one person, if it is an answer that may be repeated without harm.

    In the transaction that decided it this saves a commit, and whoever pressed a button half the
    wait. Returns nothing when another sender has taken over.
    """
    given = {"bot_id": bot_id, "now": now, "credits": 0, "address": address, "mine": epoch}
    row = TAKE_EDIT.one_or_none(tx, given)
    if row is None:
        return ()
    delivery: int = row[outbox.c.id]
    attempt = OPEN_ATTEMPT.one(tx, {"id_": delivery, "mine": epoch, "now": now})
    return (
        Claimed(
            delivery=delivery,
            attempt=attempt[send_attempts.c.number],
            person_id=row[outbox.c.person_id],
            address=address,
            language=row["language"],
            kind=row[outbox.c.kind],
            content=row[outbox.c.content],
            repeatable=True,
            resent=False,
        ),
    )


def _taken(
    tx: Connection, chosen: Sequence[Record], *, bot_id: int, epoch: int, now: datetime
) -> tuple[Claimed, ...]:
    """Mark the rows and open an attempt for each."""
    if not chosen:
        return ()
    unreachable = [
        row["id"] for row in chosen if row["unreachable_since"] is not None and row["kind"] != "reply"
    ]
    if unreachable:
        refuse(tx, ids=unreachable, now=now)
        chosen = [row for row in chosen if row["id"] not in unreachable]
    ids = [row["id"] for row in chosen]
    if len(ids) == 1:
        # The usual case, with statements that are written once for all.
        given = {"id_": ids[0], "bot_id": bot_id, "mine": epoch, "now": now}
        taken = TAKE_ONE.rows(tx, given)
        attempts = OPEN_ATTEMPT.rows(tx, given) if taken else []
    else:
        given = {"ids": ids, "bot_id": bot_id, "mine": epoch, "now": now}
        taken = list(tx.execute(TAKE, given).mappings())
        attempts = list(tx.execute(OPEN_ATTEMPTS, given).mappings())
    if len(taken) < len(ids):
        raise ReplacedError
    number = send_attempts.c.number
    numbers = {row[send_attempts.c.outbox_id]: row[number] for row in attempts}
    return tuple(
        Claimed(
            delivery=row["id"],
            attempt=numbers[row["id"]],
            person_id=row["person_id"],
            address=row["address"],
            language=row["language"],
            kind=row["kind"],
            content=row["content"],
            repeatable=row["repeatable"],
            resent=row["state"] == "uncertain",
            not_before=row["not_before"],
            key=row["key"],
            decided_at=row["created_at"],
        )
        for row in chosen
    )


def close(
    tx: Connection,
    *,
    claimed: Claimed,
    epoch: int,
    outcome: AttemptOutcome,
    state: DeliveryState,
    now: datetime,
    reason: str | None = None,
    message_id: int | None = None,
    not_before: datetime | None = None,
    counted: bool = True,
) -> bool:
    """Record what became of an attempt and what state the row is in now.

    Returns False, and changes nothing, when the row is no longer ours: a new sender has found it
    meanwhile, or the person is gone. `counted=False` takes the attempt off the row's count.
    """
    row = {
        "delivery": claimed.delivery,
        "mine": epoch,
        "new_state": state,
        "new_reason": reason,
        "new_settled_at": None if state in OPEN_STATES else now,
        "new_message_id": message_id,
        "new_not_before": not_before,
        "uncounted": int(not counted),
    }
    if CLOSE.one_or_none(tx, row) is None:
        return False
    attempt = {
        "delivery": claimed.delivery,
        "attempt": claimed.attempt,
        "new_outcome": outcome,
        "new_reason": reason,
        "now": now,
    }
    CLOSE_ATTEMPT.rows(tx, attempt)
    return True


def outcomes_before(tx: Connection, *, claimed: Claimed) -> dict[AttemptOutcome, int]:
    """Return how often each outcome came before this attempt; empty for the first."""
    if claimed.attempt == 1:
        return {}
    rows = tx.execute(
        select(send_attempts.c.outcome, func.count().label("times"))
        .where(send_attempts.c.outbox_id == claimed.delivery, send_attempts.c.number < claimed.attempt)
        .group_by(send_attempts.c.outcome)
    )
    return {row.outcome: row.times for row in rows if row.outcome is not None}


def last_claimed_at(tx: Connection) -> datetime | None:
    """Return when the last attempt was claimed, on SQLite; None when nothing was ever tried.

    SQLite numbers the rows of a table in the order they came, so this reads one row and needs no index,
    which each message would have to pay for.
    """
    newest = select(send_attempts.c.claimed_at).order_by(literal_column("rowid").desc()).limit(1)
    return tx.execute(newest).scalar_one_or_none()


def _urgency(row: Record) -> tuple[bool, int, datetime, int]:
    return row["state"] != "uncertain", row["priority"], row["not_before"], row["id"]


def _chosen(tx: Connection, *, bot_id: int, now: datetime, room: Room) -> list[Record]:
    """Return at most one row of each person, most urgent first, with no more than there is room for."""
    creating, repeatable = room.credits, room.repeatable
    most = min(room.most, creating + repeatable)
    # One at a time: a second crash may then hold no more than one of them.
    resend = int(room.resend and creating > 0)
    given: dict[str, object] = {
        "bot_id": bot_id,
        "now": now,
        "credits": creating,
        "resend": resend,
        "most": most,
    }
    found = CANDIDATES.rows(tx, given)
    free = _free(found, room)
    if len(free) < len(found):
        # At most one row of a person is a candidate: behind so many more there is enough for everybody else.
        in_the_way = len({*room.busy, *room.full})
        more = {"most": most + in_the_way, "resend": resend and resend + in_the_way}
        free = _free(CANDIDATES.rows(tx, {**given, **more}), room)
    chosen: list[Record] = []
    for row in sorted(free, key=_urgency):
        if len(chosen) == most:
            break
        if row["state"] == "uncertain":
            if not resend:
                continue
            resend -= 1
        if row["repeatable"] and repeatable > 0:
            repeatable -= 1
        elif not row["repeatable"] and creating > 0:
            creating -= 1
        else:
            continue
        chosen.append(row)
    return chosen


def _free(found: Sequence[Record], room: Room) -> list[Record]:
    """Return the rows whose chats may get something."""
    return [
        row
        for row in found
        if row["address"] not in room.full and (row["kind"] == "reply" or row["address"] not in room.busy)
    ]
