"""Which version the tables have, and how they get the one this program needs.

A migration is all or nothing on both databases, because both can roll back CREATE and ALTER.
Alembic is imported only when there is something to migrate: commands start without it.
"""

import sqlite3
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from storage.errors import AlreadyRunningError, DatabaseAwayError, SchemaIsNewerError, WrongDatabaseError
from storage.instance_lock import lifetime_lock
from storage.sqlite_connections import turn_on_log, writing_engine

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


def prepare_server(url: URL) -> None:
    """Bring a PostgreSQL database to `KNOWN_VERSION`; raises DatabaseAwayError when it is not there."""
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
                migrate(connection)
    finally:
        engine.dispose()


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


def _needs_migration(found: str | None) -> bool:
    if found is not None and found > KNOWN_VERSION:
        raise SchemaIsNewerError(found=found, known=KNOWN_VERSION)
    return found != KNOWN_VERSION


def _version_of_file(path: Path) -> str | None:
    """Ask SQLite directly: this runs at the start of each command."""
    if not path.exists():
        return None
    raw = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
    try:
        row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        return None
    except sqlite3.DatabaseError as error:
        raise WrongDatabaseError(
            f"{path} is not a database of ours: move it away, or mend database.url"
        ) from error
    finally:
        raw.close()
    return None if row is None else str(row[0])


def _migrate_file(path: Path) -> None:
    turn_on_log(path)
    engine = writing_engine(path, patience_seconds=10, polite=False)
    with engine.connect() as connection, connection.begin():
        migrate(connection)
