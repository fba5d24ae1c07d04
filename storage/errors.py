"""What can be wrong with the database itself, told to whoever runs the service.

Each message says what is the matter and what to do; nothing here is ever shown to a learner.
"""

from datetime import datetime


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
