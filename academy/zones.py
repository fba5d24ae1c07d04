"""Which clocks to offer somebody whose time is not the group's.

Nobody is asked for a zone by name: what they see is what time it is there now. Two zones that
show the same time now are one choice; the academy's own country comes first.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

A_PAGE = 6
"""Choices on one screen: three rows of two."""

_COMMON = (
    "Pacific/Honolulu",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Halifax",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Atlantic/South_Georgia",
    "Atlantic/Azores",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Asia/Tehran",
    "Asia/Dubai",
    "Asia/Kabul",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Yangon",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Adelaide",
    "Australia/Brisbane",
    "Australia/Sydney",
    "Pacific/Noumea",
    "Pacific/Auckland",
    "Pacific/Tongatapu",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Africa/Nairobi",
)
_DAY_MINUTES = 24 * 60


def nearby(
    zone: str, *, country: str, now: datetime, page: int = 0
) -> tuple[tuple[tuple[str, str], ...], bool]:
    """Return zones with their local time `HH:MM`, other than the time in `zone`, and whether more follow.

    The country's own clocks come on the first page, then the clocks nearest to `zone`; each page
    is in order from the earliest clock to the latest.
    """
    here = _minutes(zone, now)
    shown = {here}
    found: list[tuple[int, str]] = []
    for candidate in (*_of_country(country), *sorted(_COMMON, key=lambda one: _apart(here, one, now))):
        minutes = _minutes(candidate, now)
        if minutes not in shown:
            shown.add(minutes)
            found.append((_signed(minutes - here), candidate))
    chosen = found[page * A_PAGE : (page + 1) * A_PAGE]
    choices = tuple((candidate, clock_in(candidate, now=now)) for _, candidate in sorted(chosen))
    return choices, len(found) > (page + 1) * A_PAGE


def clock_in(zone: str, *, now: datetime) -> str:
    """Return the local time `HH:MM` in `zone`."""
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"


def is_zone(name: str) -> bool:
    """Return whether this is an IANA zone we know; buttons are not trusted."""
    return name in _known()


@cache
def _known() -> frozenset[str]:
    # Read once: it opens six hundred files, and anybody can press a button as often as they like.
    return frozenset(available_timezones())


@lru_cache(maxsize=8)
def _of_country(country: str) -> tuple[str, ...]:
    """Return the zones of a country (ISO 3166-1 alpha-2) as the tz database lists them."""
    if not country:
        return ()
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows: Iterable[list[str]] = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return tuple(row[2] for row in rows if row[0] == country.upper())


def _minutes(zone: str, now: datetime) -> int:
    local = now.astimezone(ZoneInfo(zone))
    return local.hour * 60 + local.minute


def _signed(minutes: int) -> int:
    """Return how far ahead a clock is, from 12 hours behind to 12 hours ahead."""
    return (minutes + _DAY_MINUTES // 2) % _DAY_MINUTES - _DAY_MINUTES // 2


def _apart(here: int, zone: str, now: datetime) -> int:
    """Return the minutes between two clocks; those not whole hours apart are rarer, and come later."""
    apart = abs(_signed(_minutes(zone, now) - here))
    return apart if apart % 60 == 0 else apart + 3 * 60
