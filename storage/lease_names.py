"""Names and numbers of the advisory locks of one academy on PostgreSQL, in one place.

They stand apart from `storage.lock_session`, because SQLite needs no driver for PostgreSQL.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

LeaseName: TypeAlias = Literal["send", "tick", "receive"]
"""What only one process of an academy does at a time; `receive` is asking Telegram for updates."""

LEASES: Final[Mapping[LeaseName, int]] = {"send": 1, "tick": 2, "receive": 3}

OURS: Final = 0x64757361
"""The space of our locks: "dusa" in ASCII. The lock functions take two 32-bit numbers."""
RUNNING: Final = 4
"""Shared by every process of a service, so that the tables are not changed under them."""
HANDLERS: Final = 0x6475736C
"""The space in which each handler holds its own number: "dusl"."""
