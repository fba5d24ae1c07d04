"""What time it is: the real clocks, and the type everybody else is given."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Returns the present moment, aware, in UTC."""

_ELAPSED: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Goes on while a laptop sleeps, where the kernel has such a clock: waking up is no jump."""


def system_clock() -> datetime:
    """Return the system's present moment."""
    return datetime.now(UTC)


def elapsed_seconds() -> float:
    """Return the seconds since some moment of the past, by a clock that nobody can set."""
    return time.clock_gettime(_ELAPSED)
