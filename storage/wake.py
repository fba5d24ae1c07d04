"""How a command tells the running service that there is something to do: one datagram.

A datagram may get lost and nobody may be listening; the service looks by itself now and then, so
waking only saves waiting.
"""

import asyncio
import contextlib
import hashlib
import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

_LONGEST_ADDRESS = 100
"""Unix socket addresses hold 108 bytes on Linux and 104 on macOS, the final zero included."""


def wake_address(database: Path) -> Path:
    """Return where the service listens: beside the database, or in the temporary folder if too long."""
    beside = database.absolute().with_name(database.name + ".wake")
    if len(os.fsencode(beside)) <= _LONGEST_ADDRESS:
        return beside
    digest = hashlib.sha256(os.fsencode(beside)).hexdigest()[:24]
    return Path(tempfile.gettempdir()) / f"dusal-{digest}.wake"


def wake(database: Path) -> None:
    """Wake the service that works on this database; nothing happens when there is none."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.settimeout(0)
        # Not there, refused (left behind by a killed service) or full (it is awake already).
        with contextlib.suppress(OSError):
            sender.sendto(b"!", str(wake_address(database)))


class Listener:
    """The service's end; made and closed on its event loop."""

    def __init__(self, database: Path, *, woken: Callable[[], None]) -> None:
        self._address = wake_address(database)
        self._woken = woken
        # A socket left behind by a killed service is in the way of `bind`; the lifetime lock
        # makes sure that it is not a living one.
        self._address.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(0)
        self._socket.bind(str(self._address))
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._read)

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._socket.recv(16):
                pass
        self._woken()

    def close(self) -> None:
        """Stop listening."""
        self._loop.remove_reader(self._socket)
        self._socket.close()
        self._address.unlink(missing_ok=True)
