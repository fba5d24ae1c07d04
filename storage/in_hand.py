"""Which presses are in hand, in a few bytes beside the database that survive the end of the process.

A press is received and handled in one transaction, so that nobody waits for two. Should handling it
kill the process, the database knows nothing of it, and Telegram hands it over again and again. This
file knows: the kernel keeps what was written whenever the process ends. It is not synced, since
only a power cut could lose it, and that is no update's fault.
"""

import os
import struct
from collections import deque
from pathlib import Path

from storage.errors import NoRoomError

SLOTS = 64
"""As many as may be in hand at the same time (bot.routing.AT_ONCE)."""
_SLOT = struct.Struct("<q")
"""An update's number, never 0 (Bot API: `update_id` starts from a positive number)."""


def in_hand_file(database: Path) -> Path:
    """Return the file beside a SQLite database."""
    return database.with_name(database.name + ".in-hand")


class InHand:
    """The file of one running service; opening it tells what was in hand when the last one ended.

    Raises NoRoomError when there is no room for it.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        left = os.pread(self._descriptor, SLOTS * _SLOT.size, 0)
        whole = len(left) - len(left) % _SLOT.size
        self.at_the_end = frozenset(number for (number,) in _SLOT.iter_unpack(left[:whole]) if number)
        """Numbers of the updates in hand when the last process ended; empty after a stop in order."""
        try:
            os.pwrite(self._descriptor, bytes(SLOTS * _SLOT.size), 0)
        except OSError as error:
            raise NoRoomError(path) from error
        self._free = deque(range(SLOTS))

    def enter(self, update_id: int) -> int | None:
        """Note an update before it is handled; return its slot, or None when all are taken."""
        if not self._free:
            return None
        slot = self._free.popleft()
        os.pwrite(self._descriptor, _SLOT.pack(update_id), slot * _SLOT.size)
        return slot

    def leave(self, slot: int) -> None:
        """Note that handling has ended, well or not."""
        os.pwrite(self._descriptor, bytes(_SLOT.size), slot * _SLOT.size)
        self._free.append(slot)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)
