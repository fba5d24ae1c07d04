"""What an error of SQLite means for the service: it passes, or nothing may be written any more.

A disk that is full or read-only is waited for. A sync that failed is not tried again on the same
handle: the kernel forgets what it could not write and says yes the next time
(https://wiki.postgresql.org/wiki/Fsync_Errors), so the process ends, as after `kill -9`, and the next
one begins with what is really there. A damaged file is not written to either.
"""

import os
import pwd
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, TypeAlias

from storage.errors import DatabaseDamagedError, DiskFailedError, StorageError, UnwritableError

Trouble: TypeAlias = Literal["unwritable", "failing", "damaged"]

End: TypeAlias = Callable[[StorageError], None]
"""Ends the process; what it is given says why."""

FATAL: Final = frozenset({"failing", "damaged"})
"""Nothing may be written after these."""
EXIT_FAILED = 1
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_UNWRITABLE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})
_FOR_WANT_OF_SPACE = frozenset(
    {
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_SHMMAP,
        sqlite3.SQLITE_IOERR_SHMOPEN,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_NOMEM,
    }
)
"""Nothing was written, and that is known: a quota, a file system that was made read-only."""


def trouble(error: BaseException | None) -> Trouble | None:
    """Return what `error`, or what SQLAlchemy made it of, says about the disk; None for nothing."""
    found = getattr(error, "orig", None) or error
    code = getattr(found, "sqlite_errorcode", None)
    if not isinstance(found, sqlite3.Error) or code is None:
        return None
    family = code & 0xFF
    if family in _DAMAGED:
        return "damaged"
    if family in _UNWRITABLE or code in _FOR_WANT_OF_SPACE:
        return "unwritable"
    return "failing" if family == sqlite3.SQLITE_IOERR else None


def fatal(error: BaseException | None, path: Path) -> StorageError | None:
    """Return what to say about an error after which nothing may be written; None for every other."""
    match trouble(error):
        case "failing":
            found = getattr(error, "orig", None) or error
            return DiskFailedError(path, why=getattr(found, "sqlite_errorname", "") or str(found))
        case "damaged":
            return DatabaseDamagedError(path)
        case _:
            return None


def end_at_once(why: StorageError) -> None:
    """Say why and end this process as a crash would: closing the file would write to it once more."""
    sys.stderr.write(f"dusal: {why}\n")
    sys.stderr.flush()
    os._exit(EXIT_FAILED)


def check_place(path: Path) -> None:
    """Raise UnwritableError, which names the path and the user, when the file could not be written."""
    folder = path.absolute().parent
    try:
        if not folder.is_dir():
            return
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UnwritableError(folder, user=_user(), why=_why_not(folder))
        for one in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            if one.exists() and not os.access(one, os.R_OK | os.W_OK):
                raise UnwritableError(one, user=_user(), why=_why_not(one))
    except PermissionError as error:
        raise UnwritableError(folder, user=_user(), why="Permission denied") from error


def _why_not(path: Path) -> str:
    try:
        os.close(os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR))
    except OSError as error:
        return os.strerror(error.errno or 0)
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        return "the file system is read-only"
    owner = path.stat().st_uid
    return f"it belongs to {_name(owner)}" if owner != os.geteuid() else "it may not be changed"


def _user() -> str:
    return _name(os.geteuid())


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def assert_sound(path: Path) -> None:
    """Raise DatabaseDamagedError when the pages of the file do not fit together; reads all of it."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        raw = sqlite3.connect(address, uri=True, timeout=10, isolation_level=None)
        try:
            found = [row[0] for row in raw.execute("PRAGMA quick_check(1)")]
        finally:
            raw.close()
    except sqlite3.Error as error:
        if trouble(error) != "damaged":
            raise
        found = [str(error)]
    if found != ["ok"]:
        raise DatabaseDamagedError(path)
