"""What the messenger handed us: on disk before it is confirmed, handled once.

A try is counted and committed *before* an update is handled, so that one that kills the process is
known by it. Open rows with a try but without `retry_at` are in somebody's hands: after a start they
are the suspects, and handled one at a time, so that only the guilty one is caught a second time.
A press with nothing before it takes the short way, `receive_done`; `storage.in_hand` knows of it.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)

from storage.conflicts import insert_in
from storage.notices import told
from storage.prepared import Prepared
from storage.tables import inbox

KEPT = timedelta(days=7)
"""Telegram may repeat an update within a day, and reuse its number after a week (guarantees 0.4)."""
MOST_TRIES = 3
"""Failing this often, an update is set aside."""
MOST_CRASHES = 2
"""Tries that ended with the process after which an update is set aside."""
RETRY_AFTER = (timedelta(seconds=2), timedelta(seconds=10))
"""Waits after the first and the second failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One update as it came."""

    update_id: int
    sender: int
    """The messenger's number of who sent it; 0 when nobody can be named."""
    payload: str
    """JSON text, as received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One update that is ours to handle now; its try is counted already."""

    id: int
    update_id: int
    sender: int
    payload: str
    received_at: datetime
    tries: int
    """This one included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What a crash left behind."""

    dead: tuple[int, ...]
    """Set aside: they were in hand at two crashes."""
    suspects: tuple[int, ...]
    """To be handled one after the other before anything else, oldest first: see `take`."""


def receive_done(tx: Connection, *, bot_id: int, update_: Received, now: datetime) -> int | None:
    """Keep an update as handled, in the transaction of its effects; return its row.

    Returns None when it was received before, or when its sender has an older one open: then
    nothing may be kept, and the caller rolls back.
    """
    row = {
        "to_bot": bot_id,
        "number": update_.update_id,
        "who": update_.sender,
        "text": update_.payload,
        "now": now,
    }
    kept = _keep_done(tx.dialect.name).one_or_none(tx, row)
    return None if kept is None else kept[inbox.c.id]


def receive_suspect(tx: Connection, *, bot_id: int, update_: Received, now: datetime) -> int | None:
    """Keep an update that was in hand when the process ended; return its row for `take`.

    That end counts as its first try. None when it was received before.
    """
    row = {
        "to_bot": bot_id,
        "number": update_.update_id,
        "who": update_.sender,
        "text": update_.payload,
        "now": now,
    }
    kept = _keep_suspect(tx.dialect.name).one_or_none(tx, row)
    return None if kept is None else kept[inbox.c.id]


def receive(
    tx: Connection,
    *,
    bot_id: int,
    updates: Sequence[Received],
    now: datetime,
    hand_over: bool = True,
    handler: int | None = None,
) -> tuple[Update, ...]:
    """Keep the updates that are new; commit before they are confirmed.

    Returns those that may be handled at once, in the order given: their try is counted here, which
    saves `claim` a transaction. What must wait for an older update of its sender, and everything
    with `hand_over=False`, is claimed later.
    """
    if not updates:
        return ()
    handed: list[Update] = []
    for update_ in updates:
        row = {
            "to_bot": bot_id,
            "number": update_.update_id,
            "who": update_.sender,
            "text": update_.payload,
            "now": now,
            "hand_over": int(hand_over),
            "by": handler,
        }
        kept = _keep(tx.dialect.name).one_or_none(tx, row)
        if kept is not None and kept[inbox.c.tries]:
            handed.append(
                Update(
                    id=kept[inbox.c.id],
                    update_id=update_.update_id,
                    sender=update_.sender,
                    payload=update_.payload,
                    received_at=now,
                    tries=1,
                )
            )
    return tuple(handed)


def claim(tx: Connection, *, now: datetime, limit: int, handler: int | None = None) -> tuple[Update, ...]:
    """Return updates to handle now, oldest first, at most one of each sender; commit before handling.

    A sender's oldest open update comes first, also when it has to wait for its next try. Several
    handlers share the rows (on PostgreSQL each leaves what another is just taking); `handler` is ours.
    """
    ids = [row[inbox.c.id] for row in _READY.rows(tx, {"now": now, "most": limit})]
    return _count_try(tx, ids=ids, handler=handler) if ids else ()


def take(tx: Connection, *, id: int, handler: int | None = None) -> Update | None:  # noqa: A002 - the field's name
    """Return one suspect to be handled alone, its try counted; None when it is settled."""
    return next(iter(_count_try(tx, ids=[id], handler=handler)), None)


def done(tx: Connection, *, id: int, now: datetime) -> bool:  # noqa: A002 - the field's name
    """Mark an update handled, in the transaction of its effects.

    Returns False when it was settled before: then nothing may be kept, and the caller rolls back.
    """
    return _DONE.one_or_none(tx, {"given": id, "now": now}) is not None


def failed(tx: Connection, *, update_: Update, now: datetime, trace_id: str, reason: str = "") -> bool:
    """Note that handling raised, in a transaction of its own; return whether it is set aside now.

    `reason` is the kind of the error, never its words: they may quote what somebody wrote.
    """
    dead = update_.tries >= MOST_TRIES
    tx.execute(
        update(inbox)
        .where(_still_ours(update_))
        .values(
            trace_id=trace_id,
            reason=reason[:64],
            state="dead" if dead else "new",
            handled_at=now if dead else None,
            retry_at=None if dead else now + RETRY_AFTER[update_.tries - 1],
        )
    )
    return dead


def give_back(tx: Connection, *, update_: Update, now: datetime) -> None:
    """Return an update that was claimed but not begun, as a stopping service does."""
    tx.execute(update(inbox).where(_still_ours(update_)).values(tries=inbox.c.tries - 1, retry_at=now))


def recover(
    tx: Connection, *, now: datetime, of: Collection[int] | None = None, handler: int | None = None
) -> Recovered:
    """Look at what was in hand when a process ended: ours at the start, or the handlers `of` that are gone.

    What is found belongs to `handler` from the commit on, so that of several that look one takes it.
    """
    left = select(inbox.c.id, inbox.c.tries).where(_is_new(), inbox.c.tries > 0, inbox.c.retry_at.is_(None))
    if of is not None:
        left = left.where(func.coalesce(inbox.c.handler, 0).in_(of)).with_for_update(skip_locked=True)
    rows = tx.execute(left.order_by(inbox.c.id)).all()
    if handler is not None and rows:
        ids = [row.id for row in rows]
        tx.execute(update(inbox).where(inbox.c.id.in_(ids)).values(handler=handler))
    dead = tuple(row.id for row in rows if row.tries >= MOST_CRASHES)
    for dead_id in dead:
        tx.execute(
            update(inbox)
            .where(inbox.c.id == dead_id)
            .values(state="dead", handled_at=now, trace_id=f"crash-{secrets.token_hex(5)}", reason="crash")
        )
    return Recovered(dead=dead, suspects=tuple(row.id for row in rows if row.tries < MOST_CRASHES))


def sender_of(tx: Connection, *, id: int) -> int:  # noqa: A002 - the field's name
    """Return who sent an update; 0 when nobody can be named."""
    sender: int = tx.execute(select(inbox.c.sender).where(inbox.c.id == id)).scalar_one()
    return sender


def next_retry_at(tx: Connection) -> datetime | None:
    """Return when the next failed update is to be tried again; None when none waits."""
    earliest: datetime | None = _NEXT_RETRY.one(tx, {})["earliest"]
    return earliest


def open_count(tx: Connection) -> int:
    """Return how many updates are not settled yet."""
    return int(tx.execute(select(func.count()).select_from(inbox).where(_is_new())).scalar_one())


def due_count(tx: Connection, *, now: datetime) -> int:
    """Return how many updates are being handled or could be at `now`.

    What waits for its next try is not counted, nor what the same person sent after it.
    """
    counted: int = _DUE_COUNT.one(tx, {"now": now})["rows"]
    return counted


def dead_count(tx: Connection) -> int:
    """Return how many updates were set aside and are still kept."""
    return tx.execute(select(func.count()).select_from(inbox).where(inbox.c.state == "dead")).scalar_one()


def prune(tx: Connection, *, now: datetime, limit: int = 1000) -> int:
    """Delete settled updates older than `KEPT`, at most `limit`; return how many that were."""
    return len(_PRUNE.rows(tx, {"cutoff": now - KEPT, "most": limit}))


def _is_new() -> ColumnElement[bool]:
    """Return the condition of the partial indexes, spelled out in the SQL text."""
    return inbox.c.state == literal_column("'new'")


def _still_ours(update_: Update) -> ColumnElement[bool]:
    """Return the condition that nobody has taken an update from us as from a dead handler, or settled it."""
    return and_(inbox.c.id == update_.id, _is_new(), inbox.c.tries == update_.tries)


def _count_try(tx: Connection, *, ids: Sequence[int], handler: int | None = None) -> tuple[Update, ...]:
    taken = tx.execute(
        update(inbox)
        .where(inbox.c.id.in_(ids), inbox.c.state == "new")
        .values(tries=inbox.c.tries + 1, retry_at=None, handler=handler)
        .returning(
            inbox.c.id, inbox.c.update_id, inbox.c.sender, inbox.c.payload, inbox.c.received_at, inbox.c.tries
        )
    )
    updates = (Update(**row) for row in taken.mappings())
    return tuple(sorted(updates, key=lambda update_: update_.id))


def _ready() -> Prepared:
    older = inbox.alias("older")
    waits = select(older.c.id).where(
        older.c.sender == inbox.c.sender,
        older.c.id < inbox.c.id,
        older.c.state == literal_column("'new'"),
    )
    return Prepared(
        select(inbox.c.id)
        .where(
            _is_new(),
            or_(inbox.c.tries == 0, inbox.c.retry_at <= bindparam("now")),
            ~waits.exists(),
        )
        .order_by(inbox.c.id)
        .limit(bindparam("most", type_=inbox.c.tries.type))
        .with_for_update(skip_locked=True)
    )


def _due_count() -> Prepared:
    older = inbox.alias("older")
    waits = select(older.c.id).where(
        older.c.sender == inbox.c.sender,
        older.c.id <= inbox.c.id,
        older.c.state == literal_column("'new'"),
        older.c.retry_at > bindparam("now"),
    )
    return Prepared(select(func.count().label("rows")).select_from(inbox).where(_is_new(), ~waits.exists()))


# Built once, because each update runs them: building a statement costs more than running it.
_READY = _ready()
_PRUNE = Prepared(
    delete(inbox)
    .where(
        inbox.c.id.in_(
            select(inbox.c.id)
            .where(inbox.c.received_at < bindparam("cutoff"), inbox.c.state != "new")
            .order_by(inbox.c.received_at)
            .limit(bindparam("most", type_=inbox.c.tries.type))
        )
    )
    .returning(inbox.c.id)
)
_DUE_COUNT = _due_count()
_NEXT_RETRY = Prepared(select(func.min(inbox.c.retry_at).label("earliest")).where(_is_new()))
_DONE = Prepared(
    update(inbox)
    .where(inbox.c.id == bindparam("given"), _is_new())
    .values(state="done", handled_at=bindparam("now"))
    .returning(inbox.c.id)
)


_CAME: dict[str, ColumnElement[Any]] = {
    "bot_id": bindparam("to_bot", type_=inbox.c.bot_id.type),
    "update_id": bindparam("number", type_=inbox.c.update_id.type),
    "sender": bindparam("who", type_=inbox.c.sender.type),
    "payload": bindparam("text", type_=inbox.c.payload.type),
    "received_at": bindparam("now", type_=inbox.c.received_at.type),
}


@cache
def _keep_done(dialect: str) -> Prepared:
    older = inbox.alias("older")
    waits = select(older.c.id).where(
        older.c.sender == bindparam("who"), older.c.state == literal_column("'new'")
    )
    kept = _CAME | {
        "state": literal("done", type_=inbox.c.state.type),
        "tries": literal(1, type_=inbox.c.tries.type),
        "handled_at": bindparam("now", type_=inbox.c.handled_at.type),
    }
    return Prepared(
        insert_in(dialect, inbox)
        .from_select(list(kept), select(*kept.values()).where(~waits.exists()))
        .on_conflict_do_nothing(index_elements=[inbox.c.bot_id, inbox.c.update_id])
        .returning(inbox.c.id)
    )


@cache
def _keep_suspect(dialect: str) -> Prepared:
    return Prepared(
        insert_in(dialect, inbox)
        .values(**_CAME, state="new", tries=1)
        .on_conflict_do_nothing(index_elements=[inbox.c.bot_id, inbox.c.update_id])
        .returning(inbox.c.id)
    )


@cache
def _keep(dialect: str) -> Prepared:
    older = inbox.alias("older")
    waits = select(older.c.id).where(
        older.c.sender == bindparam("who"), older.c.state == literal_column("'new'")
    )
    return Prepared(
        insert_in(dialect, inbox)
        .values(
            **_CAME,
            state="new",
            # A try is counted for what is handed over, and only if its sender has nothing older open.
            tries=case((waits.exists(), 0), else_=bindparam("hand_over", type_=inbox.c.tries.type)),
            handler=bindparam("by", type_=inbox.c.handler.type),
        )
        .on_conflict_do_nothing(index_elements=[inbox.c.bot_id, inbox.c.update_id])
        .returning(inbox.c.id, inbox.c.tries, *told(dialect, "inbox"))
    )
