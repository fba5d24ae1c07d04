"""A database that takes nothing is said once, and once more when it does again.

Everybody who writes finds out by themselves and tries again, several times a second; a log full of
that would hide its own beginning, and fill the disk that may be full already.
"""

import time
from collections.abc import Callable

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from storage.errors import StorageError
from storage.sqlite_troubles import trouble

AWAY = (OperationalError, InterfaceError, StorageError)
"""What is raised when the database could not be reached or written: nobody's fault, and it may pass."""
_SURE_AFTER_SECONDS = 5.0


class Outage:
    """Whether what is to be kept can be kept, and since when not."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._since: float | None = None
        self._last = 0.0
        self.says: str | None = None
        """What is the matter now, for the log and for whoever asks how we are; None when all is well."""

    def failed(self, error: Exception) -> None:
        """Note what writing raised; only what says something about the database counts."""
        if not isinstance(error, AWAY):
            return
        self._last = self._monotonic()
        if self._since is not None:
            return
        self._since = self._last
        self.says = _in_words(error)
        structlog.get_logger(__name__).error(
            "nothing can be kept: sending and handling wait", says=self.says, error=_name(error)
        )

    def over(self) -> None:
        """Note that something was kept; a small thing may be where the next larger one is not."""
        if self._since is None or self._monotonic() - self._last < _SURE_AFTER_SECONDS:
            return
        waited = self._last - self._since
        self._since, self.says = None, None
        structlog.get_logger(__name__).info(
            "the database takes what is kept again", after_seconds=round(waited)
        )


def _in_words(error: Exception) -> str:
    if isinstance(error, StorageError):
        return str(error)
    name = _name(error)
    if name == "SQLITE_FULL" or name.startswith("53"):
        return "the disk under the database is full: make room, and everything goes on by itself"
    if trouble(error) == "unwritable":
        return "the database file cannot be written now: is its disk full, over quota or read-only?"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "another program keeps the database to itself"
    return "the database server cannot be reached or has lost us"


def _name(error: Exception) -> str:
    """Return SQLite's or PostgreSQL's own name of the error: never a text, which may hold contents."""
    found = getattr(error, "orig", None) or error
    return str(
        getattr(found, "sqlite_errorname", None) or getattr(found, "sqlstate", None) or type(found).__name__
    )
