"""Wrong join codes, counted so that guessing is slow (guarantees A05)."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from storage.prepared import Prepared
from storage.tables import code_guesses


def record_wrong(tx: Connection, *, address: int, now: datetime) -> None:
    """Keep that this number tried a code that lets nobody in."""
    tx.execute(insert(code_guesses).values(address=address, guessed_at=now))


def wrong_since(tx: Connection, *, address: int, since: datetime) -> int:
    """Return how many wrong codes came from this number after `since`."""
    wrong: int = _WRONG_SINCE.one(tx, {"given": address, "since": since})["wrong"]
    return wrong


def all_wrong_since(tx: Connection, *, since: datetime) -> int:
    """Return how many wrong codes came from anybody after `since`."""
    wrong: int = _ALL_WRONG_SINCE.one(tx, {"since": since})["wrong"]
    return wrong


def drop_before(tx: Connection, moment: datetime) -> None:
    """Drop what no limit counts any more."""
    _DROP_BEFORE.rows(tx, {"moment": moment})


# Built once, because each arrival or tick runs them: building a statement costs more than running it.
_ALL_WRONG_SINCE = Prepared(
    select(func.count().label("wrong"))
    .select_from(code_guesses)
    .where(code_guesses.c.guessed_at > bindparam("since"))
)
_WRONG_SINCE = Prepared(
    select(func.count().label("wrong"))
    .select_from(code_guesses)
    .where(code_guesses.c.address == bindparam("given"), code_guesses.c.guessed_at > bindparam("since"))
)
_DROP_BEFORE = Prepared(delete(code_guesses).where(code_guesses.c.guessed_at <= bindparam("moment")))
