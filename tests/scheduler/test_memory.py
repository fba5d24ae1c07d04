import random
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.memory import RETENTION, WEEK, Memory, Rating, retrievability, review

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
DAY = timedelta(days=1)
RATINGS: tuple[Rating, ...] = get_args(Rating)

histories = st.lists(
    st.tuples(st.sampled_from(RATINGS), st.integers(0, 400), st.integers(0, 86_399)), min_size=1, max_size=12
)
"""Ratings with the days and seconds since the one before."""


def remembered(*answers: tuple[Rating, int]) -> Memory:
    """The memory after these ratings, each so many days after Monday."""
    memory = None
    for rating, days in answers:
        memory = review(memory, rating, at=MONDAY + days * DAY)
    assert memory is not None
    return memory


@settings(max_examples=30)
@given(histories)
def test_a_memory_is_positive_and_due_after_it_was_asked(history: list[tuple[Rating, int, int]]) -> None:
    memory, at = None, MONDAY
    for rating, days, seconds in history:
        at += timedelta(days=days, seconds=seconds)
        memory = review(memory, rating, at=at)

        assert memory.stability_days > 0
        assert 1 <= memory.difficulty <= 10
        assert DAY <= memory.due_at - at <= 365 * DAY
        assert 0 < retrievability(memory, at=at + 30 * DAY) <= retrievability(memory, at=at) == 1


@settings(max_examples=30)
@given(histories)
def test_a_better_rating_never_comes_again_sooner(history: list[tuple[Rating, int, int]]) -> None:
    memory, at = None, MONDAY
    for rating, days, seconds in history:
        at += timedelta(days=days, seconds=seconds)
        due = [review(memory, one, at=at).due_at for one in RATINGS]
        memory = review(memory, rating, at=at)

        assert all(worse <= better for worse, better in pairwise(due))


@settings(max_examples=30)
@given(histories)
def test_the_same_answers_give_the_same_memory_and_draw_nothing(
    history: list[tuple[Rating, int, int]],
) -> None:
    def played() -> Memory | None:
        memory, at = None, MONDAY
        for rating, days, seconds in history:
            at += timedelta(days=days, seconds=seconds)
            memory = review(memory, rating, at=at)
        return memory

    drawn = random.getstate()

    assert played() == played()
    assert random.getstate() == drawn


def test_what_was_right_comes_at_growing_distances() -> None:
    # FSRS 6, published weights: first stability 2.3065 days after "good", 0.212 after "again".
    first = review(None, "good", at=MONDAY)
    second = review(first, "good", at=first.due_at)

    assert first.stability_days == pytest.approx(2.3065)
    assert first.due_at == MONDAY + 2 * DAY
    assert second.due_at == first.due_at + 11 * DAY
    assert review(None, "again", at=MONDAY).due_at == MONDAY + DAY
    assert retrievability(second, at=second.due_at) == pytest.approx(RETENTION, abs=0.01)


@pytest.mark.parametrize(
    ("answers", "retired"),
    [
        ((("good", 0),), False),
        ((("good", 0), ("good", 2)), False),
        ((("good", 0), ("good", 2), ("good", 7)), True),
        ((("good", 0), ("again", 2), ("good", 7)), False),
        ((("good", 0), ("again", 2), ("good", 7), ("good", 13)), False),
        ((("good", 0), ("again", 2), ("good", 7), ("good", 14)), True),
        ((("hard", 0), ("good", 8)), False),
        ((("good", 0), ("good", 8), ("again", 60)), False),
    ],
)
def test_two_right_answers_in_a_row_a_week_apart_retire_a_question(
    answers: tuple[tuple[Rating, int], ...], retired: bool
) -> None:
    assert WEEK == 7 * DAY
    assert remembered(*answers).retired is retired


def test_a_moment_before_the_last_one_counts_as_the_same() -> None:
    memory = review(None, "good", at=MONDAY)

    assert review(memory, "good", at=MONDAY - DAY) == review(memory, "good", at=MONDAY)


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    there = MONDAY.astimezone(timezone(timedelta(hours=8)))

    assert review(None, "good", at=there) == review(None, "good", at=MONDAY)
