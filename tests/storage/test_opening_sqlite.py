import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

from storage import counters
from storage.database import Database

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)


def test_a_command_waits_for_whoever_has_the_file_to_themselves_for_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "dusal.db"
    database = Database.open(f"sqlite:///{path}")
    database.prepare(now=NOW)
    # As SQLite does when the last connection is closed: then the log goes, and nobody may open it meanwhile.
    closing = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    closing.execute("PRAGMA locking_mode=EXCLUSIVE")
    closing.execute("BEGIN EXCLUSIVE")
    closing.execute("COMMIT")
    threading.Timer(0.2, closing.close).start()

    assert database.run_here(lambda tx: counters.value(tx, "missed_catch_up")) == 0
    database.close()
