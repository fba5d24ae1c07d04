from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from learners.groups import EnrollmentState
from scheduler.agenda import (
    Action,
    Complete,
    LearnerState,
    OfferAgain,
    OpenLesson,
    Remind,
    Rest,
    Resume,
    SendLesson,
    WaitUntil,
    next_action,
    next_lesson_at,
)
from scheduler.local_time import QuietHours

ULAANBAATAR = ZoneInfo("Asia/Ulaanbaatar")


def there(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ULAANBAATAR).astimezone(UTC)


# Monday 23 November 2026: lesson 1 was done on joining, at ten.
AFTER_ONE = LearnerState(
    lesson_ids=("one", "two", "three"),
    weekdays=frozenset({0, 1, 2, 3, 4}),
    at=time(9),
    zone=ULAANBAATAR,
    quiet=QuietHours(start=time(19), end=time(8)),
    state="active",
    finished=frozenset({"one"}),
    last_assigned_on=date(2026, 11, 23),
    last_finished_at=there("2026-11-23 10:05"),
    last_active_at=there("2026-11-23 10:05"),
    started_at=there("2026-11-23 10:00"),
)
TWO = OpenLesson(lesson_id="two", assigned_at=there("2026-11-24 09:00"), assigned_on=date(2026, 11, 24))
TWO_OPEN = replace(AFTER_ONE, open=TWO, last_assigned_on=date(2026, 11, 24))


def at(text: str) -> WaitUntil:
    return WaitUntil(at=there(text))


@pytest.mark.parametrize(
    ("now", "action"),
    [
        pytest.param("2026-11-23 10:06", at("2026-11-24 09:00"), id="finished: tomorrow at nine"),
        pytest.param("2026-11-24 08:59", at("2026-11-24 09:00"), id="not a minute early"),
        pytest.param("2026-11-24 09:00", SendLesson(lesson_id="two"), id="on the minute"),
        pytest.param("2026-11-24 15:00", SendLesson(lesson_id="two"), id="back after an outage: late, today"),
        pytest.param("2026-11-24 22:00", at("2026-11-25 08:00"), id="back at night: in the morning"),
        pytest.param("2026-11-28 12:00", at("2026-11-30 09:00"), id="back on Saturday: Monday at nine"),
        pytest.param("2026-12-24 12:00", SendLesson(lesson_id="two"), id="a month later: one, no burst"),
    ],
)
def test_the_next_lesson(now: str, action: Action) -> None:
    assert next_action(AFTER_ONE, now=there(now)) == action


def test_a_late_lesson_finished_at_ten_does_not_bring_another_at_once() -> None:
    state = replace(
        AFTER_ONE,
        finished=frozenset({"one", "two"}),
        last_assigned_on=date(2026, 11, 24),
        last_finished_at=there("2026-11-26 10:00"),
    )

    assert next_action(state, now=there("2026-11-26 10:00")) == at("2026-11-27 09:00")


def test_finishing_just_before_the_hour_brings_the_next_lesson_on_the_hour() -> None:
    state = replace(AFTER_ONE, last_finished_at=there("2026-11-24 08:30"))

    assert next_action(state, now=there("2026-11-24 08:31")) == at("2026-11-24 09:00")


def test_nothing_starts_on_a_holiday() -> None:
    state = replace(AFTER_ONE, holidays=frozenset({date(2026, 11, 24), date(2026, 11, 25)}))

    assert next_action(state, now=there("2026-11-24 09:00")) == at("2026-11-26 09:00")


def test_never_two_lessons_on_one_date_after_a_journey_west() -> None:
    state = replace(
        AFTER_ONE, zone=ZoneInfo("America/Los_Angeles"), last_finished_at=there("2026-11-23 08:00")
    )

    action = next_action(state, now=there("2026-11-24 01:30"))  # Monday 09:30 in Los Angeles

    assert action == WaitUntil(at=datetime(2026, 11, 24, 17, tzinfo=UTC))  # Tuesday 09:00 there


def test_everything_finished_is_complete() -> None:
    state = replace(AFTER_ONE, finished=frozenset({"one", "two", "three"}))

    assert next_action(state, now=there("2026-11-24 22:00")) == Complete()


@pytest.mark.parametrize(
    ("now", "action"),
    [
        pytest.param("2026-11-24 09:01", at("2026-11-24 12:00"), id="three hours after the offer"),
        pytest.param("2026-11-24 12:00", Remind(lesson_id="two"), id="then once"),
        pytest.param("2026-11-24 20:00", at("2026-11-25 08:00"), id="not in quiet hours"),
        pytest.param("2026-11-27 20:00", at("2026-11-30 09:00"), id="not at the weekend"),
    ],
)
def test_the_reminder(now: str, action: Action) -> None:
    assert next_action(TWO_OPEN, now=there(now)) == action


def test_the_reminder_comes_three_hours_after_the_last_sign() -> None:
    state = replace(
        TWO_OPEN,
        open=replace(TWO, started_at=there("2026-11-24 11:30")),
        last_active_at=there("2026-11-24 11:40"),
    )

    assert next_action(state, now=there("2026-11-24 12:00")) == at("2026-11-24 14:40")


def test_after_the_reminder_there_is_silence_for_good() -> None:
    state = replace(TWO_OPEN, open=replace(TWO, reminded_at=there("2026-11-24 12:00")))

    assert next_action(state, now=there("2026-12-24 12:00")) == Rest()


@pytest.mark.parametrize(
    ("until", "now", "action"),
    [
        pytest.param("2026-11-24 15:00", "2026-11-24 14:00", at("2026-11-24 15:00"), id="waits, unreminded"),
        pytest.param("2026-11-24 15:00", "2026-11-24 15:00", OfferAgain(lesson_id="two"), id="as asked"),
        pytest.param("2026-11-24 21:00", "2026-11-24 21:00", at("2026-11-25 08:00"), id="not in quiet hours"),
        pytest.param(
            "2026-11-28 10:00", "2026-11-28 10:00", OfferAgain(lesson_id="two"), id="a chosen Saturday"
        ),
    ],
)
def test_later(until: str, now: str, action: Action) -> None:
    state = replace(TWO_OPEN, open=replace(TWO, snoozed_until=there(until)))

    assert next_action(state, now=there(now)) == action


def test_later_is_forgotten_once_the_lesson_is_started() -> None:
    started = replace(TWO, snoozed_until=there("2026-11-24 15:00"), started_at=there("2026-11-24 10:00"))
    state = replace(TWO_OPEN, open=started, last_active_at=there("2026-11-24 10:10"))

    assert next_action(state, now=there("2026-11-24 10:11")) == at("2026-11-24 13:10")


# Put off until three, offered again then, as asked.
OFFERED_AGAIN = replace(TWO, snoozed_until=there("2026-11-24 15:00"), reminded_at=there("2026-11-24 15:00"))


@pytest.mark.parametrize(
    ("lesson", "action"),
    [
        pytest.param(OFFERED_AGAIN, Rest(), id="left alone: the offer asked for was the reminder"),
        pytest.param(
            replace(OFFERED_AGAIN, started_at=there("2026-11-24 15:05")),
            at("2026-11-24 18:10"),
            id="begun then: reminded like everybody else",
        ),
        pytest.param(
            replace(
                OFFERED_AGAIN,
                started_at=there("2026-11-24 15:05"),
                reminded_at=there("2026-11-24 18:10"),
            ),
            Rest(),
            id="and once",
        ),
        pytest.param(
            replace(OFFERED_AGAIN, snoozed_until=there("2026-11-25 09:00")),
            at("2026-11-25 09:00"),
            id="put off once more",
        ),
        pytest.param(
            replace(
                OFFERED_AGAIN,
                snoozed_until=there("2026-11-25 09:00"),
                started_at=there("2026-11-24 15:05"),
            ),
            Rest(),
            id="reminded, put off, then begun all the same",
        ),
    ],
)
def test_later_and_the_reminder(lesson: OpenLesson, action: Action) -> None:
    state = replace(TWO_OPEN, open=lesson, last_active_at=there("2026-11-24 15:10"))

    assert next_action(state, now=there("2026-11-24 15:10")) == action


@pytest.mark.parametrize(
    ("until", "now", "action"),
    [
        pytest.param(None, "2026-11-24 09:00", Rest(), id="until the learner says so"),
        pytest.param("2026-11-30 00:00", "2026-11-24 09:00", at("2026-11-30 08:00"), id="out of quiet hours"),
        pytest.param("2026-11-30 08:00", "2026-11-30 08:00", Resume(), id="over"),
    ],
)
def test_a_pause(until: str | None, now: str, action: Action) -> None:
    state = replace(AFTER_ONE, state="paused", paused_until=there(until) if until else None)

    assert next_action(state, now=there(now)) == action


def test_hours_that_passed_in_a_pause_are_not_made_up_for() -> None:
    state = replace(AFTER_ONE, paused_until=there("2026-11-30 08:00"))

    assert next_action(state, now=there("2026-11-30 08:00")) == at("2026-11-30 09:00")


@pytest.mark.parametrize("state", ["joining", "finished", "withdrawn"])
def test_who_does_not_learn_is_left_alone(state: EnrollmentState) -> None:
    assert next_action(replace(AFTER_ONE, state=state), now=there("2026-11-24 09:00")) == Rest()


def test_who_cannot_be_reached_is_left_alone() -> None:
    assert next_action(replace(AFTER_ONE, reachable=False), now=there("2026-11-24 09:00")) == Rest()


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        pytest.param(AFTER_ONE, "2026-11-23 10:06", "2026-11-24 09:00", id="nothing waits"),
        pytest.param(AFTER_ONE, "2026-11-24 15:00", "2026-11-24 15:00", id="late: now"),
        pytest.param(TWO_OPEN, "2026-11-24 09:05", "2026-11-25 09:00", id="after the one that waits"),
        pytest.param(replace(AFTER_ONE, state="paused"), "2026-11-24 09:00", None, id="paused"),
        pytest.param(
            replace(AFTER_ONE, state="paused", paused_until=there("2026-11-30 00:00")),
            "2026-11-24 09:00",
            "2026-11-30 09:00",
            id="paused until Monday",
        ),
        pytest.param(
            replace(TWO_OPEN, finished=frozenset({"one", "three"})),
            "2026-11-24 09:05",
            None,
            id="the last one",
        ),
        pytest.param(replace(AFTER_ONE, state="withdrawn"), "2026-11-24 09:05", None, id="left"),
    ],
)
def test_next_lesson_at(state: LearnerState, now: str, expected: str | None) -> None:
    assert next_lesson_at(state, now=there(now)) == (there(expected) if expected else None)


def test_a_late_lesson_finished_before_the_same_days_hour_is_that_days_lesson() -> None:
    evenings = replace(
        AFTER_ONE,
        at=time(18),
        last_assigned_on=date(2026, 11, 25),
        last_finished_at=there("2026-11-25 08:05"),
    )

    assert next_action(evenings, now=there("2026-11-25 08:06")) == at("2026-11-26 18:00")
    assert next_lesson_at(evenings, now=there("2026-11-25 08:06")) == there("2026-11-26 18:00")
