"""What a sender finds when it takes over from one that is gone."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from storage import doubled
from storage.outbox import DeliveryState, is_open, state_is
from storage.tables import outbox, send_attempts


def recover(
    tx: Connection,
    *,
    epoch: int,
    now: datetime,
    quarantine: timedelta,
    held_kinds: Collection[str] = (),
) -> dict[DeliveryState, int]:
    """Take over what earlier senders left `sending`; return how many rows went into which state.

    Nobody knows whether they arrived. What may be repeated without harm simply waits again. The
    rest is uncertain and waits out the quarantine, so that a crash loop cannot repeat it again and
    again; what was uncertain before, and what is of one of `held_kinds`, is held for a person to
    decide (guarantees 4.1).
    """
    left = tx.execute(
        select(outbox.c.id, outbox.c.person_id, outbox.c.kind, outbox.c.repeatable).where(
            is_open(), state_is("sending"), func.coalesce(outbox.c.epoch, -1) < epoch
        )
    ).all()
    found: dict[DeliveryState, int] = {}
    for row in left:
        doubted = tx.execute(
            select(func.count()).where(
                send_attempts.c.outbox_id == row.id, send_attempts.c.outcome == "uncertain"
            )
        ).scalar_one()
        state: DeliveryState = "waiting" if row.repeatable else "uncertain"
        if state == "uncertain":
            state = "held" if doubted or row.kind in held_kinds else "uncertain"
            doubled.doubt(tx, person_id=row.person_id, now=now)
        tx.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(
                state=state,
                reason="crash",
                not_before=now + quarantine if state == "uncertain" else outbox.c.not_before,
                settled_at=now if state == "held" else None,
                held_for=None,
            )
        )
        tx.execute(
            update(send_attempts)
            .where(send_attempts.c.outbox_id == row.id, send_attempts.c.outcome.is_(None))
            .values(outcome="uncertain", reason="crash", settled_at=now)
        )
        found[state] = found.get(state, 0) + 1
    return found


def give_back_unknown(tx: Connection, *, epoch: int, known: Collection[int], now: datetime) -> None:
    """Let what is marked as sent by `epoch` wait again, except for the rows `known` to be on their way.

    Only for rows that surely have not left: see app.claims.
    """
    ours = tx.execute(
        select(outbox.c.id, outbox.c.repeatable).where(
            is_open(), state_is("sending"), outbox.c.epoch == epoch
        )
    ).all()
    for row in ours:
        if row.id in known:
            continue
        doubts = tx.execute(
            select(func.count()).where(
                send_attempts.c.outbox_id == row.id, send_attempts.c.outcome == "uncertain"
            )
        ).scalar_one()
        tx.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(
                state="uncertain" if doubts and not row.repeatable else "waiting",
                attempts=outbox.c.attempts - 1,
            )
        )
        tx.execute(
            update(send_attempts)
            .where(send_attempts.c.outbox_id == row.id, send_attempts.c.outcome.is_(None))
            .values(outcome="not_sent", reason="commit", settled_at=now)
        )
