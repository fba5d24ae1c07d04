from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from scheduler.local_time import QuietHours
from scheduler.pacing import Rhythm, next_slot, slots_passed, welcome_from

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(start=time(19), end=time(8))
WORKDAYS_AT_NINE = Rhythm(weekdays=frozenset({0, 1, 2, 3, 4}), at=time(9), zone=BERLIN, quiet=NIGHT)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("after", "slot"),
    [
        pytest.param("2026-11-23 08:59", "2026-11-23 09:00", id="a minute before"),
        pytest.param("2026-11-23 09:00", "2026-11-24 09:00", id="strictly after"),
        pytest.param("2026-11-20 10:00", "2026-11-23 09:00", id="over the weekend"),
        pytest.param("2026-10-23 10:00", "2026-10-26 09:00", id="nine stays nine in winter"),
    ],
)
def test_next_slot(after: str, slot: str) -> None:
    assert next_slot(WORKDAYS_AT_NINE, after=berlin(after)) == berlin(slot)


def test_next_slot_can_be_kept_to_a_later_date() -> None:
    result = next_slot(WORKDAYS_AT_NINE, after=berlin("2026-11-23 07:00"), after_on=date(2026, 11, 23))

    assert result == berlin("2026-11-24 09:00")


def test_a_holiday_has_no_slot() -> None:
    rhythm = Rhythm(
        weekdays=frozenset({0}),
        at=time(9),
        zone=BERLIN,
        quiet=NIGHT,
        holidays=frozenset({date(2026, 11, 23)}),
    )

    assert next_slot(rhythm, after=berlin("2026-11-22 12:00")) == berlin("2026-11-30 09:00")


def test_an_hour_in_quiet_hours_gives_way_to_their_end_on_the_same_day() -> None:
    rhythm = Rhythm(weekdays=frozenset({0}), at=time(21), zone=BERLIN, quiet=NIGHT)

    assert next_slot(rhythm, after=berlin("2026-11-22 12:00")) == berlin("2026-11-23 08:00")


def test_a_day_that_the_zone_skipped_has_no_slot() -> None:
    apia = ZoneInfo("Pacific/Apia")
    workdays = Rhythm(weekdays=frozenset({0, 1, 2, 3, 4}), at=time(9), zone=apia, quiet=NIGHT)
    thursday = datetime(2011, 12, 29, 9, tzinfo=apia).astimezone(UTC)

    slot = next_slot(workdays, after=thursday)

    # Friday 30 December never came; Saturday is no learning day.
    assert slot.astimezone(apia) == datetime(2012, 1, 2, 9, tzinfo=apia)


@pytest.mark.parametrize(
    ("moment", "welcome"),
    [
        pytest.param("2026-11-23 14:00", "2026-11-23 14:00", id="by day: at once"),
        pytest.param("2026-11-23 22:00", "2026-11-24 08:00", id="by night: when the night is over"),
        pytest.param("2026-11-28 14:00", "2026-11-30 09:00", id="Saturday: on Monday at the learner's hour"),
        pytest.param("2026-11-27 22:00", "2026-11-30 09:00", id="Friday night: the same"),
    ],
)
def test_welcome_from(moment: str, welcome: str) -> None:
    assert welcome_from(WORKDAYS_AT_NINE, moment=berlin(moment)) == berlin(welcome)


def test_slots_passed_counts_what_has_come_by_now() -> None:
    friday_on = date(2026, 11, 20)

    assert slots_passed(WORKDAYS_AT_NINE, after_on=friday_on, now=berlin("2026-11-23 08:59")) == 0
    assert slots_passed(WORKDAYS_AT_NINE, after_on=friday_on, now=berlin("2026-11-23 09:00")) == 1
    assert slots_passed(WORKDAYS_AT_NINE, after_on=friday_on, now=berlin("2026-11-30 12:00")) == 6


def test_a_rhythm_without_a_learning_day_is_refused() -> None:
    never = Rhythm(weekdays=frozenset(), at=time(9), zone=BERLIN, quiet=NIGHT)

    with pytest.raises(ValueError, match="two years without a learning day"):
        next_slot(never, after=berlin("2026-11-23 12:00"))
