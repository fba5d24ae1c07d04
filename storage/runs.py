"""When the service has run: an end that was not noted was a crash."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from storage.tables import runs

KEPT: Final = timedelta(days=7)


def begin(tx: Connection, *, now: datetime) -> int:
    """Note that a service has taken over; return the number of its run."""
    tx.execute(delete(runs).where(runs.c.began_at < now - KEPT))
    made: int = tx.execute(insert(runs).values(began_at=now).returning(runs.c.id)).scalar_one()
    return made


def end(tx: Connection, *, run: int, now: datetime) -> None:
    """Note that a run has ended in order."""
    tx.execute(update(runs).where(runs.c.id == run).values(ended_at=now))


def crashes(tx: Connection, *, since: datetime, before_run: int) -> int:
    """Return how many runs before this one began since a moment and never ended in order."""
    statement = (
        select(func.count())
        .select_from(runs)
        .where(runs.c.began_at >= since, runs.c.ended_at.is_(None), runs.c.id < before_run)
    )
    return tx.execute(statement).scalar_one()
