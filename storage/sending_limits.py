"""Until when the messenger wants to hear nothing from us: survives a restart, unlike a bucket."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from storage.conflicts import insert
from storage.tables import sending_limits


def pause(tx: Connection, *, bot_id: int, address: int, until: datetime) -> None:
    """Send nothing to this address, or with `scheduler.budget.WHOLE_BOT` to any, before `until`.

    A shorter pause never ends a longer one early.
    """
    longest = func.max if tx.dialect.name == "sqlite" else func.greatest
    statement = insert(tx, sending_limits).values(bot_id=bot_id, address=address, paused_until=until)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=[sending_limits.c.bot_id, sending_limits.c.address],
            set_={"paused_until": longest(sending_limits.c.paused_until, statement.excluded.paused_until)},
        )
    )


def paused_until(tx: Connection, *, bot_id: int, address: int) -> datetime | None:
    """Return the end of the pause of this address or, with `WHOLE_BOT`, of the bot; it may be past."""
    return tx.execute(
        select(sending_limits.c.paused_until).where(
            sending_limits.c.bot_id == bot_id, sending_limits.c.address == address
        )
    ).scalar_one_or_none()


def forget_past(tx: Connection, *, now: datetime) -> None:
    """Delete the pauses that are over."""
    tx.execute(delete(sending_limits).where(sending_limits.c.paused_until <= now))
