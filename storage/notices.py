"""What a commit tells the other processes on PostgreSQL: that there is something to do, and nothing else.

The notice is part of the statement that adds the row, so it costs no way to the server, and it leaves
with the commit or not at all. SQLite has one process, which knows.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import ColumnElement, func, literal_column

Channel: TypeAlias = Literal["inbox", "outbox"]

CHANNELS: Final[Mapping[Channel, str]] = {"inbox": "dusal_inbox", "outbox": "dusal_outbox"}
"""Names on the server; a notice carries no contents."""


def told(dialect: str, channel: Channel) -> tuple[ColumnElement[Any], ...]:
    """Return what an insert returns beside its row, so that whoever listens hears of it."""
    if dialect != "postgresql":
        return ()
    notice = func.pg_notify(literal_column(f"'{CHANNELS[channel]}'"), literal_column("''"))
    return (notice.label("told"),)
