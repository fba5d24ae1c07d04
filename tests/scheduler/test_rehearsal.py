from datetime import UTC, datetime, timedelta

import pytest

from scheduler.rehearsal import Habit, Load, Prompt, acts_at, heaviest, seconds_needed

NINE = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("habit", "prompt", "after"),
    [
        ("keen", "lesson", timedelta(0)),
        ("busy", "lesson", timedelta(hours=2)),
        ("busy", "reminder", None),
        ("late", "lesson", None),
        ("late", "reminder", timedelta(0)),
        ("silent", "lesson", None),
        ("silent", "reminder", None),
    ],
)
def test_a_habit_decides_when_somebody_learns(habit: Habit, prompt: Prompt, after: timedelta | None) -> None:
    assert acts_at(habit, prompt, at=NINE) == (None if after is None else NINE + after)


def test_the_heaviest_minute_is_multiplied_by_the_learners() -> None:
    moments = [
        NINE,
        NINE + timedelta(seconds=59),
        NINE + timedelta(minutes=1),
        NINE + timedelta(days=1),
    ]

    load = heaviest(moments, played=2, learners=2376, rate_per_second=30)

    # 2,376 messages at 29.7 a second: the pacer stays one percent below Telegram's 30.
    assert load == Load(at=NINE, messages=2376, seconds=80.0)
    assert not load.fits_its_minute


def test_of_two_heavy_minutes_the_earlier_one_counts() -> None:
    load = heaviest([NINE + timedelta(days=1), NINE], played=4, learners=10, rate_per_second=30)

    # One of four gets it: three of ten, because nobody gets half a message.
    assert load == Load(at=NINE, messages=3, seconds=3 / 29.7)
    assert load.fits_its_minute


def test_nothing_sent_is_no_load() -> None:
    assert heaviest([], played=1, learners=30, rate_per_second=30) is None


def test_a_slower_academy_needs_longer() -> None:
    assert seconds_needed(990, rate_per_second=10) == 100.0
