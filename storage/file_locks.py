"""Locks that the kernel takes back by itself: on files beside the database that are never unlinked.

Unlinking a lock file gives two processes two different files of the same name, and so two locks.
A child made by `os.fork()` inherits the lock and keeps it; start children with `subprocess`.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def writers_lock(database: Path) -> Path:
    """Return the file that commands hold shared while they write, and a checkpoint exclusively.

    SQLite 3.7.0 to 3.51.2 can corrupt a log that is reset while another connection commits
    (sqlite.org/wal.html#walresetbug), so the two are never let happen at the same time.
    """
    return database.with_name(database.name + ".writers.lock")


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold the lock together with other sharers; waits while somebody holds it exclusively."""
    with _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock alone; waits for everybody else."""
    with _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


class TriedLock:
    """A lock that is tried often: the file stays open between tries."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self) -> bool:
        """Return whether we hold it exclusively now; never waits."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait(self) -> None:
        """Hold it exclusively, however long the sharers take."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def give_back(self) -> None:
        """Let the others in."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give it back and forget the file."""
        os.close(self._descriptor)
