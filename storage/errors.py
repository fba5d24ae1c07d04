"""What can be wrong with the database itself, told to whoever runs the service.

Each message says what is the matter and what to do; nothing here is ever shown to a learner.
"""

from datetime import datetime
from pathlib import Path


class StorageError(Exception):
    """Something about the database has to be put right by whoever runs the service."""


class AlreadyRunningError(StorageError):
    """Another copy of the service works on this database: stop it first."""

    def __init__(self, *, pid: int | None, since: datetime | None) -> None:
        who = f" as pid {pid}" if pid is not None else ""
        when = f" since {since.astimezone():%H:%M}" if since is not None else ""
        super().__init__(f"already running{who}{when}")
        self.pid = pid
        self.since = since


class SchemaIsNewerError(StorageError):
    """A newer version of the program has been here: start that one."""

    def __init__(self, *, found: str, known: str) -> None:
        super().__init__(f"database is version {found}, this program knows {known}")
        self.found = found
        self.known = known


class PoolerError(StorageError):
    """A pooler in transaction mode stands before the server: give the service a direct connection."""

    def __init__(self) -> None:
        super().__init__(
            "database.url leads to a pooler that shares sessions (transaction mode); no lock holds there. "
            "Give the direct address of the PostgreSQL server, or a pooler in session mode"
        )


class StillRunningError(StorageError):
    """Processes of another version work on this database: stop them all, then start this one."""

    def __init__(self) -> None:
        super().__init__(
            "the tables have to be changed for this version, and processes of another one still run: "
            "stop them all, then start this one"
        )


class DatabaseBusyError(StorageError):
    """Another program has kept the database to itself for too long."""


class WrongDatabaseError(StorageError):
    """The address of the database is none that this program can use."""


class DatabaseAwayError(StorageError):
    """The database server cannot be reached or does not let us in: start it, or mend database.url."""

    def __init__(self) -> None:
        super().__init__(
            "the database server cannot be reached, or refuses us: start it, or mend database.url"
        )


class UnwritableError(StorageError):
    """The database, or the folder it lies in, may not be written by the user we run as."""

    def __init__(self, path: Path, *, user: str, why: str) -> None:
        super().__init__(
            f"{path} cannot be written by {user} ({why}): let {user} write there, or choose another folder "
            "with --data"
        )


class NoRoomError(StorageError):
    """The disk is full, or takes nothing more for another reason."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"there is no room left to write {path}: make room on its disk, then start again")


class DiskFailedError(StorageError):
    """The disk did not take what was to be kept: nothing more is written through this handle."""

    def __init__(self, path: Path, *, why: str) -> None:
        super().__init__(
            f"the disk under {path} failed ({why}), so the service has ended; nothing that was confirmed is "
            "lost. Look at the disk, and start again"
        )


class WriterEndedError(StorageError):
    """Writing to the database has ended by a fault of the program."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"writing to the database ended by itself ({why}), so the service has ended: start it again"
        )


class DatabaseDamagedError(StorageError):
    """The database file is damaged: nothing more is written to it."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is damaged, and nothing more is written to it. Keep the file and those beside it as "
            "they are, look at the disk, and go back to the last backup: see docs/operating.md, Backups"
        )
