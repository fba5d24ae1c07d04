"""Having a database to oneself: on SQLite a second service is refused in milliseconds (guarantees 4.3).

The kernel (SQLite) or the server (PostgreSQL) gives the lock back when its holder dies, however it
dies, so nobody needs a time-out or a clock to take over.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from storage.errors import AlreadyRunningError, DatabaseAwayError
from storage.lease_names import OURS, RUNNING


@contextmanager
def lifetime_lock(database: Path, *, now: datetime) -> Iterator[None]:
    """Hold the SQLite database for ourselves; raises AlreadyRunningError at once when it is held."""
    path = database.with_name(database.name + ".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _running(os.pread(descriptor, 200, 0)) from None
        # On a full disk nobody can read who we are; the lock holds all the same.
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "since": now.isoformat()}).encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def session_lock(url: URL) -> Iterator[None]:
    """Hold the PostgreSQL database for ourselves, as a command does that no service may run beside.

    Raises AlreadyRunningError at once when one runs, DatabaseAwayError when the server is not there.
    Services share this lock among themselves (storage.lock_session).
    """
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        holding = engine.connect()
    except OperationalError as away:
        raise DatabaseAwayError from away
    with holding as connection:
        if not connection.execute(
            text("SELECT pg_try_advisory_lock(:space, :key)"), {"space": OURS, "key": RUNNING}
        ).scalar_one():
            raise AlreadyRunningError(pid=None, since=None)
        yield


def _running(note: bytes) -> AlreadyRunningError:
    try:
        held = json.loads(note)
        return AlreadyRunningError(pid=int(held["pid"]), since=datetime.fromisoformat(held["since"]))
    except (ValueError, KeyError, TypeError):
        # The holder has the lock but has not written its name yet.
        return AlreadyRunningError(pid=None, since=None)
