"""Whether anything is due now, and what is due next: read from the tables, so that time may leap."""

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_DUE: Final = """
SELECT EXISTS (SELECT 1 FROM inbox WHERE state = 'new' AND coalesce(retry_at, 0) <= :now)
  OR EXISTS (SELECT 1 FROM due WHERE due_at <= :now)
  OR EXISTS (
    SELECT 1 FROM outbox o JOIN people p ON p.id = o.person_id
    WHERE o.state = 'sending' OR (
      o.state IN ('waiting', 'uncertain') AND o.not_before <= :now
      AND NOT EXISTS (
        SELECT 1 FROM sending_limits l WHERE l.address IN (0, p.address) AND l.paused_until > :now
      )
      AND NOT EXISTS (
        SELECT 1 FROM outbox u
        WHERE u.person_id = o.person_id AND u.state = 'uncertain' AND u.not_before > :now
      )
    )
  )
"""
_NEXT: Final = """
SELECT min(at) FROM (
  SELECT min(due_at) AS at FROM due WHERE due_at > :now
  UNION ALL SELECT min(not_before) FROM outbox WHERE state IN ('waiting', 'uncertain') AND not_before > :now
  UNION ALL SELECT min(paused_until) FROM sending_limits WHERE paused_until > :now
  UNION ALL SELECT min(retry_at) FROM inbox WHERE state = 'new' AND retry_at > :now
  UNION ALL SELECT min(send_at) FROM announcements WHERE send_at > :now
  UNION ALL SELECT min(planned_at) FROM announcements WHERE planned_at > :now
)
"""


def nothing_is_due(raw: sqlite3.Connection, *, now: datetime) -> bool:
    """Return whether nothing waits that could be handled, decided or said now."""
    return not raw.execute(_DUE, {"now": kept(now)}).fetchone()[0]


def next_moment(raw: sqlite3.Connection, *, now: datetime) -> datetime | None:
    """Return the next moment at which something is due; None for never."""
    at = raw.execute(_NEXT, {"now": kept(now)}).fetchone()[0]
    return None if at is None else _EPOCH + timedelta(microseconds=at)


def kept(moment: datetime) -> int:
    """Return a moment as the tables keep it."""
    return round((moment - _EPOCH) / timedelta(microseconds=1))
