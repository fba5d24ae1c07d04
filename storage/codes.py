"""Wrong join codes, counted so that guessing is slow (guarantees A05)."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from storage.tables import code_guesses


def record_wrong(tx: Connection, *, address: int, now: datetime) -> None:
    """Keep that this number tried a code that lets nobody in."""
    tx.execute(insert(code_guesses).values(address=address, guessed_at=now))


def wrong_since(tx: Connection, *, address: int, since: datetime) -> int:
    """Return how many wrong codes came from this number after `since`."""
    return tx.execute(
        select(func.count())
        .select_from(code_guesses)
        .where(code_guesses.c.address == address, code_guesses.c.guessed_at > since)
    ).scalar_one()


def all_wrong_since(tx: Connection, *, since: datetime) -> int:
    """Return how many wrong codes came from anybody after `since`."""
    return tx.execute(
        select(func.count()).select_from(code_guesses).where(code_guesses.c.guessed_at > since)
    ).scalar_one()


def drop_before(tx: Connection, moment: datetime) -> None:
    """Drop what no limit counts any more."""
    tx.execute(delete(code_guesses).where(code_guesses.c.guessed_at <= moment))
