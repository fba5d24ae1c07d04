"""A database with every table and nothing in it, migrated once for all the tests of a process.

Making the tables takes longer than most stories take to play. Tests about making them do it themselves.
"""

import contextlib
import sqlite3
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from storage.database import Database


def put(path: Path) -> None:
    """Put an empty database there, unless there is one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory(prefix="dusal-fresh-") as folder:
        path = Path(folder) / "fresh.db"
        database = Database.open(f"sqlite:///{path}")
        database.prepare(now=datetime(2026, 11, 23, tzinfo=UTC))
        database.close()
        # What stands in the log only is not in the file.
        with contextlib.closing(sqlite3.connect(path)) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()
