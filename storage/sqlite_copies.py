"""Copies of a SQLite file, made while the service writes, and judged before anybody relies on them.

The file itself is opened as our readers open it, and copied by SQLite (sqlite.org/backup.html): a copy
of its bytes would tear, and closing any other descriptor of it would drop this process's locks on it.
"""

import hashlib
import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from storage.errors import StorageError

_CHUNK: Final = 1024 * 1024


class CopyFaultyError(StorageError):
    """A copy is not what it should be; it was not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a file that is at rest holds."""

    version: str | None
    """Of the tables; None when they are not ours."""
    rows: dict[str, int]
    """By table, ours and any other."""


def copy_running(source: Path, *, target: Path) -> dict[str, int]:
    """Copy a database that may be written to meanwhile; return how many rows the copy must have.

    `target` must not exist; it is readable by its owner only, and one file, without a log beside it.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    reading = _opened_to_read(source)
    writing = sqlite3.connect(target, timeout=10, isolation_level=None)
    try:
        # One snapshot for the numbers and for the copy.
        reading.execute("BEGIN")
        rows = _row_counts(reading)
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE").fetchall()
    finally:
        writing.close()
        reading.close()
    sync(target)
    return rows


def rest(path: Path) -> None:
    """Make one file, without a log beside it, of a database that nobody has open."""
    raw = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        raw.execute("PRAGMA journal_mode=DELETE").fetchall()
    finally:
        raw.close()
    sync(path)


def copy_at_rest(source: Path, *, target: Path) -> str:
    """Copy a file that nobody writes to; return the SHA-256 of what was read, in hex digits."""
    digest = hashlib.sha256()
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with source.open("rb") as reading, os.fdopen(descriptor, "wb") as writing:
        while chunk := reading.read(_CHUNK):
            digest.update(chunk)
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()


def examine(path: Path) -> Examined:
    """Read a database at rest from end to end; raises CopyFaultyError when it is damaged or none."""
    raw = _opened_to_read(path)
    try:
        damage = [str(row[0]) for row in raw.execute("PRAGMA integrity_check(3)")]
        if damage != ["ok"]:
            raise CopyFaultyError(f"the file is damaged: {damage[0]}")
        orphans = raw.execute("PRAGMA foreign_key_check").fetchmany(1)
        if orphans:
            raise CopyFaultyError(f"a row of {orphans[0][0]} points at nothing")
        rows = _row_counts(raw)
        version = None
        if "alembic_version" in rows:
            found = raw.execute("SELECT version_num FROM alembic_version").fetchone()
            version = None if found is None else str(found[0])
    except sqlite3.DatabaseError as error:
        raise CopyFaultyError(f"the file cannot be read as a database ({error})") from error
    finally:
        raw.close()
    return Examined(version=version, rows=rows)


def put_in_place(copy: Path, *, target: Path, aside: Path) -> None:
    """Put `copy`, a file at rest, where `target` is, and keep what was there as `aside`.

    Nobody may have either open. Killed in between, what was there is under one of the two names.
    """
    if target.exists():
        _empty_log(target)
        log = _beside(target, "-wal")
        if log.exists() and log.stat().st_size:
            # It could not be emptied: a damaged database goes aside with its log.
            log.rename(_beside(aside, "-wal"))
        target.rename(aside)
    for left in ("-wal", "-shm"):
        _beside(target, left).unlink(missing_ok=True)
    copy.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Return once a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def free_for(path: Path, *, folder: Path) -> bool:
    """Return whether a copy of `path` and a copy of that fit into a folder."""
    return shutil.disk_usage(folder).free > 2 * path.stat().st_size + _CHUNK


def _row_counts(raw: sqlite3.Connection) -> dict[str, int]:
    tables = raw.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY 1"
    )
    return {
        name: raw.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - a name of the file's own
        for (name,) in tables.fetchall()
    }


def _opened_to_read(path: Path) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=10, isolation_level=None)


def _empty_log(database: Path) -> None:
    raw = sqlite3.connect(database, timeout=10, isolation_level=None)
    try:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.DatabaseError:
        pass
    finally:
        raw.close()


def _beside(database: Path, end: str) -> Path:
    return database.with_name(database.name + end)
