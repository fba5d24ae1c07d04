"""Which version the tables have, and how they get the one this program needs.

A migration is all or nothing on both databases, because both can roll back CREATE and ALTER.
Alembic is imported only when there is something to migrate: commands start without it.
"""

import sqlite3
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from storage.crash_points import crash_here
from storage.errors import (
    AlreadyRunningError,
    DatabaseAwayError,
    DatabaseDamagedError,
    NoRoomError,
    SchemaIsNewerError,
    StillRunningError,
    WrongDatabaseError,
)
from storage.instance_lock import lifetime_lock
from storage.lease_names import OURS, RUNNING
from storage.sqlite_connections import turn_on_log, writing_engine
from storage.sqlite_troubles import check_place, fatal, trouble

KNOWN_VERSION = "0001"
"""The newest file in migrations/versions; they are numbered, so that older and newer are known."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_KEY = 0x6475732D6D6967
"""Keeps two programs from migrating one PostgreSQL database at once: "dus-mig" in ASCII."""
_FIRST_COMMAND_SECONDS = 10.0
"""How long a command waits for another one that is just making the tables."""


def prepare_file(path: Path, *, now: datetime | None) -> None:
    """Bring a SQLite file to `KNOWN_VERSION`.

    With `now` under the lifetime lock, taken here; None means that the caller holds it already.
    """
    if now is None:
        _turn_on_missing_log(path)
    give_up_at = time.monotonic() + _FIRST_COMMAND_SECONDS
    while _needs_migration(_version_of_file(path)):
        if now is None:
            _migrate_file(path)
            return
        try:
            with lifetime_lock(path, now=now):
                _migrate_file(path)
        except AlreadyRunningError:
            # Most likely another first command: look again whether it has finished.
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.01)


def prepare_server(url: URL, *, held: bool = False) -> None:
    """Bring a PostgreSQL database to `KNOWN_VERSION`.

    With `held` the caller has it to itself already. Raises DatabaseAwayError when it is not there,
    StillRunningError when it is old and services of another version work on it.
    """
    engine = create_engine(url)
    try:
        try:
            engine.connect().close()
        except OperationalError as away:
            raise DatabaseAwayError from away
        with engine.connect() as connection:
            found = version(connection)
        if _needs_migration(found):
            with engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_KEY})
                # Looked at again: another first process may just have done it, and run since.
                if not held and _needs_migration(version(connection)):
                    _wait_for_the_running(connection)
                migrate(connection)
    finally:
        engine.dispose()


def _wait_for_the_running(connection: Connection) -> None:
    """Return once no service runs on this server's database; raises StillRunningError when they stay.

    Programs of another version must not find other tables under their hands (guarantees P10).
    """
    give_up_at = time.monotonic() + _FIRST_COMMAND_SECONDS
    statement = text("SELECT pg_try_advisory_xact_lock(:space, :key)")
    while not connection.execute(statement, {"space": OURS, "key": RUNNING}).scalar_one():
        if time.monotonic() > give_up_at:
            raise StillRunningError
        time.sleep(0.1)


def version(connection: Connection) -> str | None:
    """Return the version of the tables; None when there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def migrate(connection: Connection) -> None:
    """Run the missing migrations in the transaction of `connection`; raises SchemaIsNewerError."""
    from alembic import command
    from alembic.config import Config

    if not _needs_migration(version(connection)):
        return
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    crash_here("inside_migration")


def _needs_migration(found: str | None) -> bool:
    if found is not None and found > KNOWN_VERSION:
        raise SchemaIsNewerError(found=found, known=KNOWN_VERSION)
    return found != KNOWN_VERSION


def _turn_on_missing_log(path: Path) -> None:
    """Give a log to a file that was put here by hand: a backup is one file, without one."""
    give_up_at = time.monotonic() + _FIRST_COMMAND_SECONDS
    while path.exists() and not _has_log(path):
        try:
            turn_on_log(path)
        except sqlite3.OperationalError:
            # A command reads just now; SQLite does not wait by itself for this.
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.02)


def _has_log(path: Path) -> bool:
    raw = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
    try:
        return bool(raw.execute("PRAGMA journal_mode").fetchone() == ("wal",))
    except sqlite3.DatabaseError:
        # What cannot be read is told by whoever has to read it.
        return True
    finally:
        raw.close()


def _version_of_file(path: Path) -> str | None:
    """Ask SQLite directly: this runs at the start of each command."""
    if not path.exists():
        return None
    raw = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
    try:
        row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise fatal(error, path) or error from error
        return None
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_CORRUPT:
            raise DatabaseDamagedError(path) from error
        raise WrongDatabaseError(
            f"{path} is not a database of ours: move it away, or mend database.url"
        ) from error
    finally:
        raw.close()
    return None if row is None else str(row[0])


def _migrate_file(path: Path) -> None:
    check_place(path)
    try:
        turn_on_log(path)
        engine = writing_engine(path, patience_seconds=10, polite=False)
        with engine.connect() as connection, connection.begin():
            migrate(connection)
    except OSError as error:
        raise NoRoomError(path) from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        if (why := fatal(error, path)) is not None:
            raise why from error
        if trouble(error) == "unwritable":
            raise NoRoomError(path) from error
        raise
