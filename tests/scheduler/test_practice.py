from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learners.records import Verdict
from scheduler.memory import Rating
from scheduler.practice import (
    BEFORE_A_LESSON,
    Encounter,
    History,
    Tried,
    due,
    least_remembered,
    memories,
    next_due_on,
    rating_of,
)

ZONE = ZoneInfo("Asia/Ulaanbaatar")
MONDAY = datetime(2026, 11, 23, 1, 10, tzinfo=UTC)  # 09:10 in Ulaanbaatar
DAY = timedelta(days=1)
COURSE = tuple(f"q{number}" for number in range(1, 9))


def met(question_id: str, rating: Rating, day: int = 0) -> Encounter:
    return Encounter(question_id=question_id, at=MONDAY + day * DAY, rating=rating)


@pytest.mark.parametrize(
    ("tries", "rating"),
    [
        ([("right", 0)], "good"),
        ([("right", 1)], "hard"),
        ([("wrong", 0), ("right", 1)], "hard"),
        ([("partly", 0), ("right", 0)], "hard"),
        ([("wrong", 0), ("wrong", 1)], "again"),
        ([("wrong", 0)], "again"),
        ([("partly", 0)], "again"),
        ([("shown", 0)], "again"),
        ([("wrong", 0), ("shown", 1)], "again"),
    ],
)
def test_the_rating_follows_from_tries_and_hints(tries: list[tuple[Verdict, int]], rating: Rating) -> None:
    assert rating_of([Tried(verdict=verdict, hints=hints) for verdict, hints in tries]) == rating


def test_a_question_that_is_due_later_today_is_due() -> None:
    # Right on Monday at 09:10, so on Wednesday; the lesson comes ten minutes earlier.
    history = History(encounters=(met("q1", "good"),))

    early = due(history, among=COURSE, now=MONDAY + DAY, zone=ZONE, most=2)
    on_time = due(history, among=COURSE, now=MONDAY + 2 * DAY - timedelta(minutes=10), zone=ZONE, most=2)

    assert (early, on_time) == ((), ("q1",))


def test_the_least_remembered_comes_first_and_equals_in_the_order_of_the_course() -> None:
    history = History(
        encounters=(met("q3", "good"), met("q2", "again"), met("q1", "good"), met("q4", "again"))
    )

    chosen = due(history, among=COURSE, now=MONDAY + 5 * DAY, zone=ZONE, most=3)

    assert chosen == ("q2", "q4", "q1")


def test_what_is_not_in_the_course_any_more_or_never_was_asked_does_not_come() -> None:
    history = History(encounters=(met("gone", "again"), met("q2", "again")))

    assert due(history, among=("q1", "q2"), now=MONDAY + 9 * DAY, zone=ZONE, most=5) == ("q2",)


def test_a_question_that_was_left_out_rests_for_three_days() -> None:
    history = History(encounters=(met("q1", "again"),), left_out={"q1": MONDAY + DAY})

    def on(day: int) -> tuple[str, ...]:
        return due(history, among=COURSE, now=MONDAY + day * DAY, zone=ZONE, most=2)

    assert (on(1), on(3), on(4)) == ((), (), ("q1",))
    assert next_due_on(history, among=COURSE, after=date(2026, 11, 24), zone=ZONE) == date(2026, 11, 27)


def test_known_questions_rest_and_come_after_the_course_when_nothing_else_does() -> None:
    history = History(
        encounters=(met("q1", "good"), met("q1", "good", 8), met("q2", "again"), met("q3", "good"))
    )
    later = MONDAY + 60 * DAY

    assert memories(history)["q1"].retired
    assert due(history, among=COURSE, now=later, zone=ZONE, most=5) == ("q2", "q3")
    assert least_remembered(history, among=COURSE, now=later, most=5) == ("q2", "q3", "q1")
    assert next_due_on(History(encounters=(met("q1", "good"),)), among=(), after=date.min, zone=ZONE) is None


def test_the_next_day_is_never_today() -> None:
    history = History(encounters=(met("q1", "again"), met("q2", "good")))

    assert next_due_on(history, among=COURSE, after=date(2026, 11, 30), zone=ZONE) == date(2026, 12, 1)
    assert next_due_on(history, among=("q2",), after=date(2026, 11, 23), zone=ZONE) == date(2026, 11, 25)


@settings(max_examples=20)
@given(
    answers=st.lists(
        st.tuples(st.sampled_from(COURSE), st.sampled_from(["again", "hard", "good"]), st.integers(0, 20)),
        max_size=30,
    ),
    away=st.integers(0, 90),
)
def test_after_a_break_everything_comes_by_twos_and_nothing_is_lost(
    answers: list[tuple[str, Rating, int]], away: int
) -> None:
    history = History(encounters=tuple(met(*answer) for answer in answers))
    back = MONDAY + (21 + away) * DAY
    heap = due(history, among=COURSE, now=back, zone=ZONE, most=len(COURSE))
    seen: set[str] = set()
    for day in range(40):
        now = back + day * DAY
        chosen = due(history, among=COURSE, now=now, zone=ZONE, most=BEFORE_A_LESSON)
        assert len(chosen) == len(set(chosen)) <= BEFORE_A_LESSON
        seen |= set(chosen)
        asked = tuple(Encounter(question_id=one, at=now, rating="good") for one in chosen)
        history = History(encounters=(*history.encounters, *asked))

    assert set(heap) <= seen
