"""What we are to say: kept in the transaction that decided it, claimed before it is sent.

Whoever decides adds a row and is done; `storage.send_attempts` takes it from there. A row that is
waiting may still be cancelled, one that has left our hands never.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal, TypeAlias, assert_never

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
    update,
)

from storage.conflicts import insert_given
from storage.notices import told
from storage.prepared import Prepared
from storage.tables import outbox, people, sending_limits

DeliveryState: TypeAlias = Literal["waiting", "sending", "sent", "refused", "uncertain", "held", "cancelled"]

Verdict: TypeAlias = Literal["send_again", "arrived", "drop"]
"""What a person says of a delivery that is held."""

PRIORITIES = (0, 1, 2)
"""Replies, lessons and reminders, announcements: in this order."""

OPEN_STATES = ("waiting", "sending", "uncertain")
"""Not settled yet: the partial indexes of the table hold these only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDelivery:
    """One row of the outbox as an operator sees it: no contents."""

    delivery: int
    person: int
    """The messenger's number of the person, not ours."""
    kind: str
    state: DeliveryState
    attempts: int
    """Sends that happened or may have happened."""
    maybe_doubled: bool
    not_before: datetime
    created_at: datetime
    settled_at: datetime | None
    key: str | None
    message_id: int | None
    reason: str | None


def state_is(state: DeliveryState) -> ColumnElement[bool]:
    """Return a condition spelled out in the SQL text, as partial indexes need it to be used."""
    return outbox.c.state == literal_column(f"'{state}'")


def add(
    tx: Connection,
    *,
    person_id: int,
    kind: str,
    priority: int,
    content: str,
    now: datetime,
    key: str | None,
    not_before: datetime,
    repeatable: bool = False,
) -> int | None:
    """Return the new row's id, or None when a row with this key exists already.

    `repeatable` says that a second copy does no harm: it takes no credit of the sender.
    """
    row = {
        "person_id": person_id,
        "kind": kind,
        "priority": priority,
        "content": content,
        "key": key,
        "not_before": not_before,
        "state": "waiting",
        "repeatable": repeatable,
        "created_at": now,
    }
    added = _add(tx.dialect.name).one_or_none(tx, row)
    return None if added is None else added[outbox.c.id]


def find_by_message(tx: Connection, *, person_id: int, message_id: int) -> str | None:
    """Return the content last shown in that message of ours; None when it is none that we know."""
    statement = (
        select(outbox.c.content)
        .where(outbox.c.person_id == person_id, outbox.c.message_id == message_id)
        .order_by(outbox.c.id.desc())
        .limit(1)
    )
    return tx.execute(statement).scalar_one_or_none()


def newest_shown(tx: Connection, *, person_id: int, limit: int) -> tuple[tuple[int, str], ...]:
    """Return id and content of the messages this person was shown last, newest first."""
    rows = _NEWEST_SHOWN.rows(tx, {"given": person_id, "most": limit})
    return tuple((row[outbox.c.message_id], row[outbox.c.content]) for row in rows)


def cancel(
    tx: Connection,
    *,
    now: datetime,
    reason: str,
    keys_like: str | None = None,
    person_id: int | None = None,
    kinds: Collection[str] | None = None,
) -> int:
    """Cancel what has not left yet and meets every condition given; return how many that were.

    `keys_like` is a LIKE pattern such as `announcement:12:%`. What was uncertain is cancelled too:
    it is not repeated. Raises ValueError without any condition: that would silence everybody.
    """
    conditions: list[ColumnElement[bool]] = []
    if keys_like is not None:
        conditions.append(outbox.c.key.like(keys_like))
    if person_id is not None:
        conditions.append(outbox.c.person_id == person_id)
    if kinds is not None:
        conditions.append(outbox.c.kind.in_(kinds))
    if not conditions:
        raise ValueError("say what to cancel")
    cancelled = tx.execute(
        update(outbox)
        .where(is_open(), outbox.c.state.in_(("waiting", "uncertain")), *conditions)
        .values(state="cancelled", reason=reason, settled_at=now)
        .returning(outbox.c.id)
    )
    return len(cancelled.all())


def is_open() -> ColumnElement[bool]:
    """Return the condition of the partial indexes, spelled out in the SQL text."""
    return one_of_open(outbox.c.state)


def one_of_open(state: ColumnElement[str]) -> ColumnElement[bool]:
    """Return `is_open` for a row by another name."""
    return state.in_([literal_column(f"'{name}'") for name in OPEN_STATES])


def is_unsent() -> ColumnElement[bool]:
    """Return the condition for what may still be sent or cancelled.

    Spelled out like the others: a list of values would make SQLAlchemy write the statement anew at
    each run.
    """
    return outbox.c.state.in_([literal_column("'waiting'"), literal_column("'uncertain'")])


def counts(tx: Connection) -> dict[DeliveryState, int]:
    """Return how many rows are in each state that occurs."""
    rows = tx.execute(select(outbox.c.state, func.count().label("rows")).group_by(outbox.c.state))
    return {row.state: row.rows for row in rows}


def due_count(tx: Connection, *, now: datetime) -> int:
    """Return how many rows are being sent or could be sent at `now`: 0 means all is said.

    What waits for the end of a pause is not counted: no clock but the messenger's ends it.
    """
    counted: int = _DUE_COUNT.one(tx, {"now": now})["rows"]
    return counted


def first_at(tx: Connection) -> datetime | None:
    """Return when the first of what waits may be sent; past for what is overdue, None for nothing."""
    moments = [row["moment"] for row in _FIRST.rows(tx, {})]
    return min((moment for moment in moments if moment is not None), default=None)


def is_due(tx: Connection, *, now: datetime) -> bool:
    """Return whether anything waits that may be sent by now; quicker to know than `first_at`."""
    return _IS_DUE.one_or_none(tx, {"now": now}) is not None


def next_at(tx: Connection, *, now: datetime) -> datetime | None:
    """Return the earliest moment after `now` at which something more may be sent; None for never.

    What may be sent already is not considered: it waits for the sender, not for a moment.
    """
    moments = [row["moment"] for row in _NEXT.rows(tx, {"now": now})]
    return min((moment for moment in moments if moment is not None), default=None)


def listing(
    tx: Connection, *, states: Collection[DeliveryState] | None = None, limit: int | None = None
) -> tuple[ListedDelivery, ...]:
    """Return rows of the outbox, oldest first; with `limit` the newest of them."""
    statement = (
        select(
            outbox.c.id.label("delivery"),
            people.c.address.label("person"),
            outbox.c.kind,
            outbox.c.state,
            outbox.c.attempts,
            outbox.c.maybe_doubled,
            outbox.c.not_before,
            outbox.c.created_at,
            outbox.c.settled_at,
            outbox.c.key,
            outbox.c.message_id,
            outbox.c.reason,
        )
        .join(people, people.c.id == outbox.c.person_id)
        .order_by(outbox.c.id.desc())
        .limit(limit)
    )
    if states is not None:
        statement = statement.where(outbox.c.state.in_(states))
    rows = tx.execute(statement).mappings().all()
    return tuple(ListedDelivery(**row) for row in reversed(rows))


def decide_held(tx: Connection, *, delivery: int, verdict: Verdict, now: datetime) -> bool:
    """Settle by hand what two crashes left open; return False when it is not held."""
    held = tx.execute(
        update(outbox)
        .where(outbox.c.id == delivery, outbox.c.state == "held")
        .values(**_decided(verdict, now=now))
        .returning(outbox.c.id)
    )
    return held.one_or_none() is not None


def decide_all_held(tx: Connection, *, verdict: Verdict, now: datetime) -> int:
    """Settle everything that is held in the same way; return how many that were."""
    held = tx.execute(
        update(outbox).where(state_is("held")).values(**_decided(verdict, now=now)).returning(outbox.c.id)
    )
    return len(held.all())


def _decided(verdict: Verdict, *, now: datetime) -> dict[str, object]:
    match verdict:
        case "send_again":
            # Copies may be there already: whoever decided this knows it.
            again = {"state": "waiting", "not_before": now, "settled_at": None}
            return {**again, "maybe_doubled": True, "reason": "decided"}
        case "arrived":
            return {"state": "sent", "settled_at": now, "reason": "arrived"}
        case "drop":
            return {"state": "cancelled", "settled_at": now, "reason": "dropped"}
        case _:
            assert_never(verdict)


# Built once: the sender's hot path spends more on building a statement than on running it.
@cache
def _add(dialect: str) -> Prepared:
    made = insert_given(dialect, outbox, *_GIVEN)
    return Prepared(
        made.on_conflict_do_nothing(index_elements=[outbox.c.key]).returning(
            outbox.c.id, *told(dialect, "outbox")
        )
    )


_GIVEN = (
    "person_id",
    "kind",
    "priority",
    "content",
    "key",
    "not_before",
    "state",
    "repeatable",
    "created_at",
)


def _first_of_each(*also: ColumnElement[bool]) -> list[Select[tuple[datetime]]]:
    """Return the moment of the first row of each kind: each has a stretch of an index to itself."""
    kinds = [
        state_is("uncertain"),
        *(and_(state_is("waiting"), outbox.c.priority == priority) for priority in PRIORITIES),
    ]
    return [
        select(
            select(outbox.c.not_before.label("moment"))
            .where(kind, *also)
            .order_by(outbox.c.not_before, outbox.c.id)
            .limit(1)
            .subquery()
        )
        for kind in kinds
    ]


_LATER = outbox.c.not_before > bindparam("now")
_FIRST = Prepared(union_all(*_first_of_each()), by_name=True)
_NEXT = Prepared(
    union_all(
        *_first_of_each(_LATER),
        select(func.min(sending_limits.c.paused_until)).where(
            sending_limits.c.paused_until > bindparam("now")
        ),
    ),
    by_name=True,
)
_NEWEST_SHOWN = Prepared(
    select(outbox.c.message_id, outbox.c.content)
    .where(outbox.c.person_id == bindparam("given"), outbox.c.message_id.is_not(None))
    .order_by(outbox.c.id.desc())
    .limit(bindparam("most", type_=outbox.c.attempts.type))
)
_DUE_COUNT = Prepared(
    select(func.count().label("rows"))
    .select_from(outbox.join(people, people.c.id == outbox.c.person_id))
    .where(
        is_open(),
        state_is("sending") | (outbox.c.not_before <= bindparam("now")),
        ~select(sending_limits.c.address)
        .where(
            sending_limits.c.address.in_((literal_column("0"), people.c.address)),
            sending_limits.c.paused_until > bindparam("now"),
        )
        .exists(),
    )
)
_IS_DUE = Prepared(
    select(outbox.c.id)
    .where(
        state_is("waiting"),
        outbox.c.priority.in_([literal_column(str(priority)) for priority in PRIORITIES]),
        outbox.c.not_before <= bindparam("now"),
    )
    .limit(literal_column("1"))
)
