"""Rounds of questions after the course: when they come, in every zone and after every outage."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.agenda import (
    FRESH_AFTER_DAYS,
    FRESH_APART_DAYS,
    KeepFresh,
    LearnerState,
    Rest,
    SendReview,
    WaitUntil,
    next_action,
    next_review_at,
)
from scheduler.local_time import QuietHours, is_quiet, local_date
from tests.scheduler.test_agenda_properties import CLOCKS, MINUTES, STARTS, ZONES

ULAANBAATAR = ZoneInfo("Asia/Ulaanbaatar")


def there(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ULAANBAATAR).astimezone(UTC)


# Finished on Friday 4 December 2026, and wished for questions on the same evening.
WISHED = LearnerState(
    lesson_ids=("one", "two"),
    weekdays=frozenset({0, 1, 2, 3, 4}),
    at=time(9),
    zone=ULAANBAATAR,
    quiet=QuietHours(start=time(19), end=time(8)),
    state="finished",
    finished=frozenset({"one", "two"}),
    started_at=there("2026-11-23 10:00"),
    fresh=KeepFresh(since_on=date(2026, 12, 4)),
)


@pytest.mark.parametrize(
    ("given", "last_on", "at"),
    [
        (0, None, "2026-12-11 09:00"),
        (1, date(2026, 12, 11), "2026-12-25 09:00"),
        # 45 days after the wish is a Monday.
        (2, date(2026, 12, 25), "2027-01-18 09:00"),
        # The one before came late: a week apart, all the same.
        (2, date(2027, 1, 15), "2027-01-22 09:00"),
        (3, date(2027, 1, 18), "2027-02-26 09:00"),
        (4, date(2027, 2, 26), None),
    ],
)
def test_four_rounds_come_further_and_further_apart(given: int, last_on: date | None, at: str | None) -> None:
    now = there("2026-12-04 18:00")
    state = replace(WISHED, fresh=KeepFresh(since_on=date(2026, 12, 4), given=given, last_on=last_on))

    assert next_action(state, now=now) == (Rest() if at is None else WaitUntil(at=there(at)))
    assert next_review_at(state, now=now) == (None if at is None else there(at))


def test_a_round_is_sent_at_its_hour_and_late_only_at_a_good_moment() -> None:
    assert next_action(WISHED, now=there("2026-12-11 09:00")) == SendReview(number=1)
    assert next_action(WISHED, now=there("2026-12-11 20:00")) == WaitUntil(at=there("2026-12-14 09:00"))
    assert next_action(WISHED, now=there("2026-12-12 12:00")) == WaitUntil(at=there("2026-12-14 09:00"))


@pytest.mark.parametrize(
    "state",
    [
        replace(WISHED, fresh=None),
        replace(WISHED, reachable=False),
        replace(WISHED, state="withdrawn"),
        replace(WISHED, state="joining"),
        replace(WISHED, state="paused"),
    ],
)
def test_nobody_else_gets_one(state: LearnerState) -> None:
    assert next_action(state, now=there("2026-12-14 12:00")) == Rest()


@st.composite
def wishes(draw: st.DrawFn) -> tuple[LearnerState, datetime]:
    """Learners who have just finished and wish for more, and the moment of the wish."""
    start, zone = draw(STARTS), draw(ZONES)
    first_on = local_date(start, zone=zone)
    holidays = draw(st.sets(st.integers(0, 100), max_size=12))
    return (
        LearnerState(
            lesson_ids=("one",),
            weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
            at=draw(CLOCKS),
            zone=zone,
            quiet=QuietHours(start=draw(CLOCKS), end=draw(CLOCKS)),
            holidays=frozenset(first_on + timedelta(days=ahead) for ahead in holidays),
            state="finished",
            finished=frozenset({"one"}),
            started_at=start - timedelta(days=30),
            fresh=KeepFresh(since_on=first_on),
        ),
        start,
    )


@settings(max_examples=25)
@given(wishes(), st.lists(st.tuples(MINUTES, MINUTES.map(lambda pause: pause * 12)), max_size=4))
def test_rounds_are_few_apart_and_never_at_a_quiet_hour(
    wish: tuple[LearnerState, datetime], outages: list[tuple[timedelta, timedelta]]
) -> None:
    state, now = wish
    sent: list[tuple[int, datetime]] = []
    down = list(outages)
    for _ in range(60):
        assert state.fresh is not None
        action = next_action(state, now=now)
        match action:
            case Rest():
                break
            case WaitUntil(at=at):
                assert at > now, "asking again would never end"
                now = at
                if down:
                    now += down.pop()[1]
            case SendReview(number=number):
                sent.append((number, now))
                today = local_date(now, zone=state.zone)
                state = replace(state, fresh=replace(state.fresh, given=state.fresh.given + 1, last_on=today))
            case _:
                raise AssertionError(f"nothing else was to happen: {action}")

    days = [local_date(at, zone=state.zone) for _, at in sent]
    assert [number for number, _ in sent] == [1, 2, 3, 4]
    assert state.fresh is not None
    for day, (_, at), after in zip(days, sent, FRESH_AFTER_DAYS, strict=True):
        assert day >= state.fresh.since_on + timedelta(days=after)
        assert day.weekday() in state.weekdays
        assert day not in state.holidays
        assert not is_quiet(at, zone=state.zone, quiet=state.quiet)
    assert all(later - earlier >= timedelta(days=FRESH_APART_DAYS) for earlier, later in pairwise(days))
