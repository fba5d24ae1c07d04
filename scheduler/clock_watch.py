"""Whether the system's clock can be believed, so that a wrong one sends nothing and erases nobody.

The clock that people can set is compared with one that nobody can. When the two part by more than
five minutes the clock is in doubt, and stays so until the messenger, in an answer that came after the
jump, tells about the same time: a jump from a wrong clock to the right one ends by itself within
moments, a jump to a wrong clock waits for a person (guarantees T07). Only the system's own clocks
are looked at, never the clock of a preview or a demo, which is there to be moved.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias

from scheduler.clock import elapsed_seconds, system_clock

JUMP: Final = timedelta(minutes=5)
"""NTP slews or steps by seconds; more than this is somebody's hand, a dead battery or a restored machine."""

TOO_FAR_AHEAD: Final = timedelta(days=1)
"""A clock so far ahead of the messenger's would send tomorrow's lessons and erase people too early."""

WRITTEN_AT: Final = datetime(2026, 6, 1, tzinfo=UTC)
"""This program did not exist before; raised with each release."""

News: TypeAlias = Literal["jumped", "confirmed"]


class Reading(NamedTuple):
    """Both clocks at one moment."""

    wall: datetime
    elapsed: float
    """Seconds, by `elapsed_seconds`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardTime:
    """What time the messenger said it was, in whole seconds."""

    wall: datetime
    elapsed: float
    """When its answer came, by `elapsed_seconds`."""


def system_reading() -> Reading:
    """Return both clocks now."""
    return Reading(wall=system_clock(), elapsed=elapsed_seconds())


def jump_seconds(before: Reading, now: Reading) -> float:
    """Return by how much the wall clock was set between two readings; negative for back."""
    return (now.wall - before.wall).total_seconds() - (now.elapsed - before.elapsed)


def ahead(reading: Reading, heard: HeardTime) -> timedelta:
    """Return by how much the wall clock is ahead of the messenger's; negative when it is behind."""
    told = heard.wall + timedelta(seconds=reading.elapsed - heard.elapsed)
    return reading.wall - told


def refusal(reading: Reading, heard: HeardTime | None) -> str | None:
    """Return why nothing may be begun by such a clock, in words for an operator; None when it may."""
    shown = f"{reading.wall:%Y-%m-%d %H:%M} UTC"
    if reading.wall < WRITTEN_AT:
        return f"this computer's clock says {shown}, which is before this program was written: set it"
    if heard is not None and ahead(reading, heard) > TOO_FAR_AHEAD:
        told = f"{heard.wall:%Y-%m-%d %H:%M} UTC"
        return f"this computer's clock says {shown}, but Telegram's {told}: set it"
    return None


class ClockWatch:
    """Looks at the clocks again and again, and remembers whether they are in doubt."""

    def __init__(self, *, read: Callable[[], Reading] = system_reading) -> None:
        self._read = read
        self._last = read()
        self._jumped_at = 0.0
        self.doubt: timedelta | None = None
        """By how much the clock has jumped since it was last believed; None while it is."""

    def look(self, heard: HeardTime | None) -> News | None:
        """Compare the clocks; return what is new. `heard` is the messenger's newest answer."""
        before, now = self._last, self._read()
        self._last = now
        moved = jump_seconds(before, now)
        if abs(moved) > JUMP.total_seconds():
            self.doubt = (self.doubt or timedelta(0)) + timedelta(seconds=moved)
            # By the clock that was not set: the answer has to be newer than the jump.
            self._jumped_at = now.elapsed
            return "jumped"
        if self.doubt is None or heard is None or heard.elapsed < self._jumped_at:
            return None
        if abs(ahead(now, heard)) > JUMP:
            return None
        self.doubt = None
        return "confirmed"
