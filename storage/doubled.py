"""Messages that may have arrived twice, and those of which it is proved.

Of a message that was sent once more we know the number of one copy. A press on another message that
carries the same buttons can only come from the other copy.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select, update

from storage.outbox import DeliveryState
from storage.row_changes import change_row
from storage.tables import outbox, people

_LOOKED_AT = 20
"""Messages in doubt of one person that a press is compared with, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InDoubt:
    """A message that may have arrived without our knowing its number, or twice."""

    delivery: int
    state: DeliveryState
    content: str
    message_id: int | None
    """Of the copy we know; None while we know of none."""
    settled_at: datetime | None


def doubt(tx: Connection, *, person_id: int, now: datetime) -> None:
    """Compare this person's presses with what is recorded from now on: something may have arrived."""
    change_row(tx, people, person_id, in_doubt_since=now)


def trust(tx: Connection, *, person_id: int) -> None:
    """Compare no more."""
    change_row(tx, people, person_id, in_doubt_since=None)


def in_doubt(tx: Connection, *, person_id: int) -> tuple[InDoubt, ...]:
    """Return what may have arrived unknown to us, or twice, newest first; at most twenty."""
    rows = tx.execute(
        select(
            outbox.c.id.label("delivery"),
            outbox.c.state,
            outbox.c.content,
            outbox.c.message_id,
            outbox.c.settled_at,
        )
        .where(
            outbox.c.person_id == person_id,
            outbox.c.repeatable.is_(False),
            or_(
                outbox.c.state.in_(("uncertain", "held")),
                # Given up since: it is not sent again, but an earlier try may stand in the chat.
                and_(outbox.c.state == "refused", outbox.c.maybe_doubled, outbox.c.message_id.is_(None)),
                and_(outbox.c.state == "cancelled", outbox.c.attempts > 0, outbox.c.message_id.is_(None)),
                and_(
                    outbox.c.state == "sent",
                    outbox.c.maybe_doubled,
                    outbox.c.message_id.is_not(None),
                    outbox.c.surplus_message_id.is_(None),
                ),
            ),
        )
        .order_by(outbox.c.id.desc())
        .limit(_LOOKED_AT)
    ).mappings()
    return tuple(InDoubt(**row) for row in rows)


def arrived(tx: Connection, *, delivery: int, message_id: int, now: datetime) -> bool:
    """Note that what nobody knew of has arrived; False when it is being sent again at this moment."""
    found = tx.execute(
        update(outbox)
        .where(outbox.c.id == delivery, outbox.c.state.in_(("uncertain", "held")))
        .values(state="sent", reason="arrived", message_id=message_id, settled_at=now)
        .returning(outbox.c.id)
    )
    return found.one_or_none() is not None


def proved(tx: Connection, *, delivery: int, person_id: int, surplus: int, message_id: int) -> None:
    """Note that `message_id` and `surplus` are copies; from now on the first one is the one we know."""
    tx.execute(
        update(outbox)
        .where(outbox.c.person_id == person_id, outbox.c.message_id == surplus)
        .values(message_id=message_id)
    )
    change_row(tx, outbox, delivery, surplus_message_id=surplus)


def proved_count(tx: Connection) -> int:
    """Return how many deliveries are proved to have arrived twice."""
    return int(
        tx.execute(
            select(func.count()).select_from(outbox).where(outbox.c.surplus_message_id.is_not(None))
        ).scalar_one()
    )
