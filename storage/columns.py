"""Column types that mean the same on SQLite and PostgreSQL, and how constraints are named."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, Dialect, Integer, MetaData
from sqlalchemy.types import TypeDecorator

from storage.moments import moment_of, number_of

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""64-bit identifiers; SQLite numbers rows by itself only in a column declared INTEGER.

Of the last rows that were erased it gives the numbers again, unless a table says `sqlite_autoincrement`:
those do whose rows buttons, keys and sent.log name. PostgreSQL never gives a number twice.
"""

ALL_TABLES = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Where every table is put down, and how its constraints are named."""


class UtcMoment(TypeDecorator[datetime]):
    """An aware UTC moment, kept as microseconds since 1970.

    SQLite returns what it was given without a zone, so a moment stored as text comes back
    naive and eight hours off for a server in Ulaanbaatar; a number cannot be misread.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return microseconds since 1970; raises ValueError for a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return number_of(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return an aware UTC moment."""
        return None if value is None else moment_of(value)


def digits_of(weekdays: Iterable[int]) -> str:
    """Return weekdays as kept in a column: `024` for Monday, Wednesday, Friday."""
    return "".join(str(day) for day in sorted(set(weekdays)))


def weekdays_of(digits: str) -> frozenset[int]:
    """Return the weekdays that `digits_of` kept, 0 = Monday."""
    return frozenset(int(digit) for digit in digits)
