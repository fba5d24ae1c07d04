"""F9: a lesson every day for 33 years, in every zone there is, at every odd hour.

For each zone and hour the slots of the plan are walked through from 2005 to the end of 2037. Each
local date that exists has to have exactly one, at the agreed wall-clock time or, where the clocks
skip it, moved by what they skip. Whether a date exists is found without the code under test: by
asking which dates the zone's own calendar shows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from random import Random
from zoneinfo import TZPATH, ZoneInfo, available_timezones

from faults.figures import Found, Size
from scheduler.local_time import QuietHours
from scheduler.pacing import Rhythm

FIRST_ON, LAST_ON = date(2005, 1, 1), date(2037, 12, 31)
HOURS = (time(0, 0), time(0, 30), time(2, 30), time(9, 0), time(23, 59))
"""At and around the hours at which clocks change, and an ordinary one."""
ZONES_OF_SMALL = 2
NEVER_QUIET = QuietHours(start=time(0), end=time(0))
ODD = ("Pacific/Apia", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Ulaanbaatar")
"""In every run: a day that was skipped, midnights that do not exist, half an hour, a short-lived rule."""


@dataclass(slots=True, kw_only=True)
class Walked:
    """What was found in some zones."""

    days: int = 0
    doubled: int = 0
    skipped: int = 0
    displaced: int = 0
    """Slots that were not at the agreed time though that time exists, or too far after it."""


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    """Walk through the days of all zones, or of a few."""
    zones = sorted(available_timezones())
    names, hours = len(zones), (time(9, 0),)
    if size == "small":
        random = Random(seed)
        zones = sorted({*random.sample(zones, ZONES_OF_SMALL), *ODD})
        names, hours = len(zones), (random.choice(HOURS),)
    walked = Walked()
    for name in different(zones):
        for hour in hours:
            walk(ZoneInfo(name), hour, walked)
    return (
        Found(
            figure="F9",
            what=f"a lesson a day, 2005-2037, in {names} zones: {walked.days:,} days",
            goal="0 doubled, 0 skipped days that exist, each at its hour",
            result=f"{walked.doubled} doubled, {walked.skipped} skipped, {walked.displaced} at another hour",
            holds=not (walked.doubled or walked.skipped or walked.displaced),
            seed=seed if size == "small" else None,
        ),
    )


def different(names: Sequence[str]) -> Iterator[str]:
    """Yield the first name of each set of rules: many zones are others by another name."""
    seen: set[bytes] = set()
    for name in names:
        rules = _rules_of(name)
        if rules not in seen:
            seen.add(rules)
            yield name


def _rules_of(name: str) -> bytes:
    for folder in TZPATH:
        if (file := Path(folder) / name).is_file():
            return file.read_bytes()
    return files("tzdata.zoneinfo").joinpath(*name.split("/")).read_bytes()


def walk(zone: ZoneInfo, hour: time, walked: Walked) -> None:
    """Compare the slots of one plan with the dates that the zone's calendar shows."""
    rhythm = Rhythm(weekdays=frozenset(range(7)), at=hour, zone=zone, quiet=NEVER_QUIET)
    before: datetime | None = None
    for day in _days():
        slot = rhythm.slot_on(day)
        if slot is None:
            walked.skipped += exists(day, zone)
            continue
        walked.days += 1
        walked.doubled += before is not None and slot <= before
        walked.displaced += not _in_place(slot, day, hour, zone)
        before = slot


def exists(day: date, zone: ZoneInfo) -> bool:
    """Return whether the calendar of a zone shows this date at any hour."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    return any((start + timedelta(hours=ahead)).astimezone(zone).date() == day for ahead in range(54))


def _in_place(slot: datetime, day: date, hour: time, zone: ZoneInfo) -> bool:
    shown = slot.astimezone(zone)
    if shown.date() != day:
        return False
    if (shown.hour, shown.minute) == (hour.hour, hour.minute):
        # Of a time that comes twice, the first one.
        return shown.fold == 0
    # Moved by the size of the skip: later, or earlier where that would be another day.
    moved = abs(datetime.combine(day, shown.time()) - datetime.combine(day, hour))
    return moved <= timedelta(hours=2) and _skipped(day, hour, zone)


def _skipped(day: date, hour: time, zone: ZoneInfo) -> bool:
    """Return whether no moment shows this time on this date."""
    wanted = datetime.combine(day, hour)
    start = wanted.replace(tzinfo=UTC) - timedelta(hours=15)
    return not any(
        (start + timedelta(minutes=15 * ahead) + timedelta(minutes=wanted.minute % 15))
        .astimezone(zone)
        .replace(tzinfo=None, second=0)
        == wanted
        for ahead in range(30 * 4)
    )


def _days() -> Iterator[date]:
    day = FIRST_ON
    while day <= LAST_ON:
        yield day
        day += timedelta(days=1)
