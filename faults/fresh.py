"""Databases to break, made quickly: the tables are migrated once for each process and then copied."""

import sqlite3
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from storage.database import Database


def fresh(path: Path) -> str:
    """Return the address of a new SQLite database with every table and nothing in them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_template())
    return f"sqlite:///{path}"


@cache
def _template() -> bytes:
    with tempfile.TemporaryDirectory(prefix="dusal-fresh-") as folder:
        path = Path(folder) / "fresh.db"
        database = Database.open(f"sqlite:///{path}")
        database.prepare(now=datetime.now(UTC))
        database.close()
        direct = sqlite3.connect(path)
        # The log is not copied: what stands in it goes into the file first.
        direct.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        direct.close()
        return path.read_bytes()
