"""Rows that were written while the clock was wrong, put right once it is known to be right again.

What happened stays as it was written. Only waiting is put right: a message that was to leave at once,
a pause of five seconds or a second try must not wait for years because the clock was years ahead.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select, update

from storage.outbox import is_open, is_unsent
from storage.tables import inbox, outbox, sending_limits

LONGEST_PAUSE: Final = timedelta(hours=1)
"""Longer pauses than this are not asked for (guarantees D08), and an update is tried again much sooner."""


def put_right(tx: Connection, *, now: datetime) -> int:
    """Return how many rows waited for a moment that a wrong clock had given them."""
    # Nothing can have been written later than now. What a person has planned keeps its own hour.
    written = tx.execute(
        select(outbox.c.id, outbox.c.created_at, outbox.c.not_before).where(
            is_open(), is_unsent(), outbox.c.created_at > now, outbox.c.kind != "announcement"
        )
    ).all()
    for row in written:
        waits = max(timedelta(0), row.not_before - row.created_at)
        tx.execute(update(outbox).where(outbox.c.id == row.id).values(not_before=now + waits))
    paused = tx.execute(
        update(sending_limits)
        .where(sending_limits.c.paused_until > now + LONGEST_PAUSE)
        .values(paused_until=now + LONGEST_PAUSE)
        .returning(sending_limits.c.address)
    ).all()
    tried = tx.execute(
        update(inbox)
        .where(inbox.c.state == "new", inbox.c.retry_at > now + LONGEST_PAUSE)
        .values(retry_at=now)
        .returning(inbox.c.id)
    ).all()
    return len(written) + len(paused) + len(tried)
