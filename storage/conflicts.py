"""INSERT … ON CONFLICT, which both databases speak and SQLAlchemy spells twice.

Ask `RETURNING` what happened: psycopg counts no rows for an insert that met a conflict.
"""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, bindparam
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def insert(tx: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Return an insert with `on_conflict_…` in the dialect of `tx`."""
    return insert_in(tx.dialect.name, table)


def insert_in(dialect: str, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Return the same by the dialect's name, for statements that are built once for each."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    # Its many types take long to import, and an academy on SQLite never needs them.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def insert_given(dialect: str, table: Table, *names: str) -> "sqlite.Insert | postgresql.Insert":
    """Return the same with the values of these columns to be given by their names (`storage.prepared`)."""
    return insert_in(dialect, table).values(
        {name: bindparam(name, type_=table.c[name].type) for name in names}
    )
