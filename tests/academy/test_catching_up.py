from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from academy import delivering
from storage import counters, records
from tests.academy.school import ACADEMY, DAY, HOUR, MONDAY, Learner, join


def waiting_for_tuesday(tx: Connection, *, address: int = 7) -> Learner:
    """Somebody whose second lesson is due on Tuesday at nine, on weekdays."""
    learner = join(tx, address=address)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    at = MONDAY + HOUR
    records.change(tx, learner.open, replace(learner.open, started_at=MONDAY, finished_at=at))
    delivering.replan(tx, enrollment_id=learner.enrollment_id, now=at, academy=ACADEMY)
    return learner


@pytest.mark.parametrize(
    ("back_at", "lessons", "missed"),
    [
        pytest.param(MONDAY + DAY, 2, 0, id="on time"),
        pytest.param(MONDAY + DAY + timedelta(minutes=5), 2, 0, id="five minutes down"),
        pytest.param(MONDAY + DAY + 6 * HOUR, 2, 0, id="six hours down: the lesson comes late"),
        pytest.param(MONDAY + 2 * DAY + HOUR, 2, 1, id="a day: Wednesday's hour passed too"),
        pytest.param(MONDAY + 4 * DAY + HOUR, 2, 3, id="three days: Wednesday, Thursday, Friday"),
        # Until Wednesday 23 December: 22 learning days from Tuesday 24 November on, the first made up for.
        pytest.param(MONDAY + 30 * DAY + HOUR, 2, 21, id="thirty days, weekends without lessons"),
        pytest.param(MONDAY + 2 * DAY + 11 * HOUR, 1, 2, id="back at night: Thursday's lesson is on time"),
    ],
)
def test_one_late_lesson_and_the_rest_is_counted(
    tx: Connection, back_at: datetime, lessons: int, missed: int
) -> None:
    learner = waiting_for_tuesday(tx)

    for minute in range(3):
        delivering.tick(tx, now=back_at + timedelta(minutes=minute), academy=ACADEMY)

    assert len(learner.given) == lessons
    assert counters.value(tx, "missed_catch_up") == missed


def test_who_has_an_unfinished_lesson_misses_nothing(tx: Connection) -> None:
    learner = join(tx)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)

    delivering.tick(tx, now=MONDAY + 4 * DAY, academy=ACADEMY)

    assert counters.value(tx, "missed_catch_up") == 0


def test_a_service_that_runs_misses_nothing(tx: Connection) -> None:
    waiting_for_tuesday(tx)

    for half_hour in range(2 * 24 * 8):
        delivering.tick(tx, now=MONDAY + half_hour * HOUR / 2, academy=ACADEMY)

    assert counters.value(tx, "missed_catch_up") == 0


def test_the_count_goes_on_growing(tx: Connection) -> None:
    for address in (7, 8, 9):
        waiting_for_tuesday(tx, address=address)

    delivering.tick(tx, now=MONDAY + 2 * DAY + HOUR, academy=ACADEMY)

    assert counters.value(tx, "missed_catch_up") == 3
