from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.local_time import QuietHours, at_local_time, is_quiet, local_date, next_waking
from scheduler.pacing import Rhythm

NIGHT = QuietHours(start=time(19), end=time(8))
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
MOMENTS = st.integers(1_104_537_600, 2_114_380_800).map(lambda at: datetime.fromtimestamp(at, UTC))
"""From 2005 to 2036."""
CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "local", "moment"),
    [
        pytest.param(
            "Asia/Ulaanbaatar", "2026-11-23 09:00", "2026-11-23 01:00", id="no summer time since 2017"
        ),
        pytest.param("Asia/Ulaanbaatar", "2016-07-01 09:00", "2016-07-01 00:00", id="but in 2016"),
        pytest.param("Asia/Choibalsan", "2026-11-23 09:00", "2026-11-23 01:00", id="an old name"),
        pytest.param("Asia/Hovd", "2026-11-23 09:00", "2026-11-23 02:00", id="west of the country"),
        pytest.param("Asia/Kathmandu", "2026-11-23 09:00", "2026-11-23 03:15", id="45 minutes"),
        pytest.param("Europe/Skopje", "2026-03-29 02:30", "2026-03-29 01:30", id="skipped: 03:30"),
        pytest.param("Europe/Skopje", "2026-10-25 02:30", "2026-10-25 00:30", id="twice: the first"),
        pytest.param(
            "Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:45", id="skip of 30 minutes: 02:45"
        ),
        pytest.param("Africa/Cairo", "2024-04-26 00:20", "2024-04-25 22:20", id="midnight skipped: 01:20"),
        pytest.param("Pacific/Apia", "2011-12-30 09:00", "2011-12-30 19:00", id="a day skipped: 31st, 09:00"),
        pytest.param("Africa/Casablanca", "2026-02-20 09:00", "2026-02-20 09:00", id="Ramadan"),
        pytest.param("Africa/Casablanca", "2026-04-01 09:00", "2026-04-01 08:00", id="after Ramadan"),
    ],
)
def test_at_local_time(zone: str, local: str, moment: str) -> None:
    there = datetime.fromisoformat(local)

    result = at_local_time(there.date(), there.time(), zone=ZoneInfo(zone))

    assert result == utc(moment)


def test_where_the_clocks_skip_the_end_of_a_day_a_lesson_comes_before_the_skip() -> None:
    # Nuuk, 28 March 2026: 22:59:59 is followed by 00:00:00 of Sunday.
    nuuk = ZoneInfo("America/Nuuk")
    rhythm = Rhythm(
        weekdays=frozenset(range(7)), at=time(23, 30), zone=nuuk, quiet=QuietHours(start=time(0), end=time(0))
    )

    slots = [rhythm.slot_on(date(2026, 3, day)) for day in (27, 28, 29)]

    assert slots == [utc("2026-03-28 01:30"), utc("2026-03-29 00:30"), utc("2026-03-30 00:30")]
    assert Rhythm.slot_on(replace(rhythm, zone=ZoneInfo("Pacific/Apia")), date(2011, 12, 30)) is None


@pytest.mark.parametrize(
    ("day", "at"),
    [
        pytest.param("2028-02-29", "2028-02-29 01:00", id="29 February"),
        pytest.param("2038-01-19", "2038-01-19 01:00", id="when 32-bit seconds end"),
        pytest.param("2026-12-31", "2026-12-31 01:00", id="the last day of week 53"),
        pytest.param("9999-12-30", "9999-12-30 01:00", id="nearly the last day there is"),
    ],
)
def test_days_that_calendars_find_odd(day: str, at: str) -> None:
    moment = at_local_time(date.fromisoformat(day), time(9), zone=ZoneInfo("Asia/Ulaanbaatar"))

    assert moment == utc(at)


@pytest.mark.parametrize(
    ("quiet", "clock", "expected"),
    [
        (NIGHT, "18:59", False),
        (NIGHT, "19:00", True),
        (NIGHT, "00:00", True),
        (NIGHT, "07:59", True),
        (NIGHT, "08:00", False),
        (QuietHours(start=time(12), end=time(14)), "13:00", True),
        (QuietHours(start=time(12), end=time(14)), "14:00", False),
        (QuietHours(start=time(22), end=time(0)), "23:59", True),
        (QuietHours(start=time(22), end=time(0)), "00:00", False),
        (QuietHours(start=time(8), end=time(8)), "08:00", False),
    ],
)
def test_quiet_hours_hold_their_first_moment_and_not_their_last(
    quiet: QuietHours, clock: str, expected: bool
) -> None:
    assert quiet.covers(time.fromisoformat(clock)) is expected


@pytest.mark.parametrize(
    ("moment", "waking"),
    [
        pytest.param("2026-11-23 06:00", "2026-11-23 06:00", id="14:00 there: at once"),
        pytest.param("2026-11-23 11:00", "2026-11-24 00:00", id="19:00 there: tomorrow"),
        pytest.param("2026-11-23 23:59", "2026-11-24 00:00", id="07:59 there: in a minute"),
    ],
)
def test_next_waking_in_ulaanbaatar(moment: str, waking: str) -> None:
    result = next_waking(utc(moment), zone=ZoneInfo("Asia/Ulaanbaatar"), quiet=NIGHT)

    assert result == utc(waking)


def test_next_waking_finds_the_second_end_on_the_night_the_clocks_go_back() -> None:
    quiet = QuietHours(start=time(22), end=time(2, 30))
    second_quarter_past_two = utc("2026-10-25 01:15")

    result = next_waking(second_quarter_past_two, zone=ZoneInfo("Europe/Skopje"), quiet=quiet)

    assert result == utc("2026-10-25 01:30")


@given(moment=MOMENTS, zone=ZONES, start=CLOCKS, end=CLOCKS)
def test_next_waking_is_never_quiet_never_earlier_and_never_far(
    moment: datetime, zone: ZoneInfo, start: time, end: time
) -> None:
    quiet = QuietHours(start=start, end=end)

    result = next_waking(moment, zone=zone, quiet=quiet)

    assert not is_quiet(result, zone=zone, quiet=quiet)
    assert moment <= result <= moment + timedelta(hours=50)


@given(day=st.dates(date(2005, 1, 1), date(2037, 12, 31)), at=CLOCKS, zone=ZONES)
def test_a_wall_clock_time_stays_on_its_date_or_the_date_does_not_exist(
    day: date, at: time, zone: ZoneInfo
) -> None:
    shown = at_local_time(day, at, zone=zone).astimezone(zone)

    if shown.date() == day:
        # Never earlier than agreed, and later only by what the clocks skip.
        assert time(at.hour, at.minute) <= shown.time()
    else:
        noon = datetime.combine(day, time(12), tzinfo=zone).astimezone(UTC)
        assert local_date(noon, zone=zone) != day or at >= time(23)
