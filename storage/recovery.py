"""What a sender finds when it takes over from one that is gone."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from storage.outbox import DeliveryState, is_open, state_is
from storage.tables import outbox, send_attempts


def recover(tx: Connection, *, epoch: int, now: datetime, quarantine: timedelta) -> dict[DeliveryState, int]:
    """Take over what earlier senders left `sending`; return how many rows went into which state.

    Nobody knows whether they arrived. What may be repeated without harm simply waits again. The
    rest is uncertain and waits out the quarantine, so that a crash loop cannot repeat it again and
    again; what was uncertain before is held for a person to decide (guarantees 4.1).
    """
    left = tx.execute(
        select(outbox.c.id, outbox.c.repeatable).where(
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
        state: DeliveryState = "waiting" if row.repeatable else "held" if doubted else "uncertain"
        tx.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(
                state=state,
                reason="crash",
                not_before=now + quarantine if state == "uncertain" else outbox.c.not_before,
                settled_at=now if state == "held" else None,
            )
        )
        tx.execute(
            update(send_attempts)
            .where(send_attempts.c.outbox_id == row.id, send_attempts.c.outcome.is_(None))
            .values(outcome="uncertain", reason="crash", settled_at=now)
        )
        found[state] = found.get(state, 0) + 1
    return found
