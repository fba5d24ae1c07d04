"""INSERT … ON CONFLICT, which both databases speak and SQLAlchemy spells twice.

Ask `RETURNING` what happened: psycopg counts no rows for an insert that met a conflict.
"""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(tx: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert with `on_conflict_…` in the dialect of `tx`."""
    return sqlite.insert(table) if tx.dialect.name == "sqlite" else postgresql.insert(table)
