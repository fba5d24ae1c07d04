"""A child that is the whole `dusal serve`, on a disk that takes nothing while a file says so."""

from pathlib import Path

from faults import serving_child
from faults.watched_files import FULL, WRITE_REFUSED, Transparent, watch

_ANSWERS = {b"full": FULL, b"read-only": WRITE_REFUSED}


class _Refusing(Transparent):
    """Refuses every write while `order` is there; what it says is the reason."""

    def __init__(self, order: Path) -> None:
        self._order = order

    def write(self, file: Path, offset: int, content: bytes) -> int:
        try:
            return _ANSWERS[self._order.read_bytes()]
        except FileNotFoundError:
            return 0


async def live(*, config: str, data: str, order: str) -> int:
    """Serve with these settings until SIGTERM; return the exit code of the command."""
    watch(_Refusing(Path(order)))
    return await serving_child.live(config=config, data=data)
