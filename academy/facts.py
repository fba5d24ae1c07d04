"""What every part of the academy knows about itself: plain values, read from the settings once."""

from dataclasses import dataclass
from datetime import time, timedelta

from scheduler.local_time import QuietHours

__all__ = ["AcademyFacts", "QuietHours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcademyFacts:
    """Name, languages and rules of one academy."""

    name: str
    languages: tuple[str, ...] = ("en",)
    """At least one; the first is used when nothing better is known."""
    zone: str = "UTC"
    country: str = ""
    """ISO 3166-1 alpha-2, for zones offered and public holidays."""
    contact: str = ""
    quiet: QuietHours = QuietHours(start=time(19), end=time(8))
    keep_months: int = 12
    """Months after the course until personal data go."""
    undo: timedelta = timedelta(seconds=20)
    """How long an announcement can be undone after it was confirmed."""
    bot_username: str = ""
    """Empty until the messenger has told it."""
