"""What time it is: the one real clock, and the type everybody else is given."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Returns the present moment, aware, in UTC."""


def system_clock() -> datetime:
    """Return the system's present moment."""
    return datetime.now(UTC)
