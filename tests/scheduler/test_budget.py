import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transport import KEEP_ALIVE_SECONDS
from scheduler.budget import (
    CATCH_UP_SECONDS,
    COLD_SECONDS,
    FIRST_WINDOW,
    REPLY_BURST,
    WHOLE_BOT,
    Budget,
    Pacer,
    even_fraction,
    silence_seconds,
)

DELAYS = st.lists(
    st.floats(0, 0.2) | st.floats(0, 0.02) | st.just(0.0) | st.floats(0, 5), min_size=1, max_size=200
)


@given(rate=st.integers(1, 200) | st.just(1000), late=DELAYS, began=st.floats(0, 1e6))
def test_no_window_of_one_second_holds_more_starts_than_the_rate(
    rate: int, late: list[float], began: float
) -> None:
    pacer = Pacer(rate_per_second=rate)
    starts: list[float] = []
    now = began
    for seconds in late:
        now = pacer.next_free_at(now) + seconds
        pacer.took(now)
        starts.append(now)

    # Half-open windows: the start that is `rate` places later lies outside of the second.
    assert all(later - first > 1 for first, later in zip(starts, starts[rate:], strict=False))


def test_late_wake_ups_of_a_few_milliseconds_cost_no_rate() -> None:
    pacer = Pacer(rate_per_second=30)
    now = 0.0
    for _ in range(300):
        now = pacer.next_free_at(now) + 0.004
        pacer.took(now)

    # 299 distances of 1/29.7 s are 10.067 s: 98.5 % of the allowed rate would take 10.118 s.
    assert now < 10.118


def test_the_pacer_does_not_begin_with_a_burst() -> None:
    pacer = Pacer(rate_per_second=30, free_at=6.0)

    pacer.took(6.0)

    assert pacer.next_free_at(6.0) == pytest.approx(6.0 + 1 / 29.7)


def test_the_pacer_refuses_who_did_not_ask() -> None:
    pacer = Pacer(rate_per_second=30)
    pacer.took(1.0)

    with pytest.raises(ValueError, match="before the pacer was free"):
        pacer.took(1.01)


def send(budget: Budget, address: int, *, now: float) -> None:
    budget.took(address, now=now)
    budget.give_back(now=now)


def test_what_we_start_comes_one_a_second_to_one_chat() -> None:
    budget = Budget()
    send(budget, 7, now=10.0)

    assert budget.chat_free_at(7, reply=False, now=10.5) == 11.0
    assert budget.chat_free_at(8, reply=False, now=10.5) == 10.5


def test_replies_may_follow_at_once_up_to_a_small_burst() -> None:
    budget = Budget()
    for count in range(REPLY_BURST):
        now = 10.0 + count * 0.05
        assert budget.chat_free_at(7, reply=True, now=now) == now
        send(budget, 7, now=now)

    # Four messages from 10.0 on use the chat up to 14.0; three seconds may be borrowed.
    assert budget.chat_free_at(7, reply=True, now=10.2) == pytest.approx(11.0)
    assert budget.chat_free_at(7, reply=False, now=10.2) == pytest.approx(14.0)


def test_a_chat_is_free_again_though_the_bot_has_just_sent() -> None:
    budget = Budget()
    for address in range(30):
        send(budget, address, now=10.0 + address / 29)

    # Just before the pacer lets the next one go: that says nothing about any chat.
    assert budget.bot_free_at(11.01) > 11.01
    assert set(budget.busy(11.01)) == set(range(1, 30))
    assert not budget.full(11.01)
    assert budget.next_chat_free_at(11.01) == pytest.approx(11.0 + 1 / 29)


def test_a_chat_that_used_up_the_burst_waits_even_for_answers() -> None:
    budget = Budget(rate_per_second=1000)
    for count in range(REPLY_BURST):
        send(budget, 7, now=10.0 + count * 0.05)
    send(budget, 8, now=10.2)

    assert set(budget.busy(10.2)) == {7, 8}
    assert set(budget.full(10.2)) == {7}
    assert budget.next_chat_free_at(10.2) == pytest.approx(11.0)
    # From 11.0 it may be answered, from 14.0 on anything may come.
    assert not budget.full(11.0)
    assert set(budget.busy(13.9)) == {7}
    assert not budget.busy(14.0)
    assert budget.next_chat_free_at(14.0) == math.inf


def test_a_pause_of_one_chat_leaves_the_others_alone() -> None:
    budget = Budget()
    budget.pause(7, until=20.0)
    budget.pause(7, until=15.0)

    assert budget.chat_free_at(7, reply=True, now=10.0) == 20.0
    assert budget.chat_free_at(8, reply=True, now=10.0) == 10.0
    assert (set(budget.busy(10.0)), set(budget.full(10.0))) == ({7}, {7})
    assert not budget.busy(20.0)


def test_a_pause_of_the_whole_bot_concerns_every_chat() -> None:
    budget = Budget()
    budget.pause(WHOLE_BOT, until=20.0)

    assert budget.bot_free_at(10.0) == 20.0
    assert budget.bot_free_at(20.0) == 20.0


MESSAGES = st.lists(st.tuples(st.integers(1, 4), st.floats(0.034, 3)), max_size=60)


@given(MESSAGES)
def test_who_is_busy_is_who_is_not_free(messages: list[tuple[int, float]]) -> None:
    budget, now = Budget(), 0.0
    for address, later in messages:
        now += later
        if budget.chat_free_at(address, reply=True, now=now) > now:
            continue
        send(budget, address, now=now)
        frees = {chat: budget.chat_free_at(chat, reply=False, now=now) for chat in range(1, 5)}
        answers = {chat: budget.chat_free_at(chat, reply=True, now=now) for chat in range(1, 5)}
        assert set(budget.busy(now)) == {chat for chat, free in frees.items() if free > now}
        assert set(budget.full(now)) == {chat for chat, free in answers.items() if free > now}
        next_ends = [free for free in (*frees.values(), *answers.values()) if free > now]
        assert now < budget.next_chat_free_at(now) <= min(next_ends)


def test_credits_are_the_messages_under_way() -> None:
    budget = Budget(credits=2)
    budget.took(1, now=1.0)
    budget.took(2, now=2.0)

    assert not budget.has_credit
    with pytest.raises(ValueError, match="without a credit"):
        budget.took(3, now=3.0)
    budget.took(3, now=3.0, credit=False)
    budget.give_back(now=3.0)
    assert budget.has_credit


def test_a_credit_is_given_back_once() -> None:
    with pytest.raises(ValueError, match="nobody took"):
        Budget().give_back(now=0.0)


def credits_left_after(budget: Budget, *, settled: int, now: float) -> int:
    for number in range(settled):
        budget.took(number, now=now + number)
        budget.give_back(now=now + number)
    return budget.credits_left(now + settled)


def test_four_at_once_are_four_from_the_start() -> None:
    budget = Budget(credits=4)

    assert budget.credits_left(0.0) == 4
    assert credits_left_after(budget, settled=30, now=0.0) == 4
    budget.took(1, now=100.0)
    assert budget.credits_left(100.0) == 3


def test_many_at_once_begin_with_few_and_grow_with_what_comes_back() -> None:
    budget = Budget(rate_per_second=1000, credits=64)

    assert budget.credits_left(0.0) == FIRST_WINDOW
    assert credits_left_after(budget, settled=20, now=0.0) == FIRST_WINDOW + 10
    assert credits_left_after(budget, settled=200, now=20.0) == 64


def test_after_a_silence_they_begin_with_few_again_but_never_while_one_is_under_way() -> None:
    budget = Budget(rate_per_second=1000, credits=64)
    credits_left_after(budget, settled=200, now=0.0)

    budget.took(1, now=300.0)
    assert budget.credits_left(300.0 + 10 * COLD_SECONDS) == 63
    budget.give_back(now=301.0)
    assert budget.credits_left(301.0 + COLD_SECONDS) == 64
    assert budget.credits_left(301.1 + COLD_SECONDS) == FIRST_WINDOW


def test_it_is_cold_when_its_connections_are_closed() -> None:
    assert COLD_SECONDS == KEEP_ALIVE_SECONDS


def test_what_is_made_up_for_and_what_differs_on_the_way_fits_into_a_second() -> None:
    assert even_fraction(30) + CATCH_UP_SECONDS <= 1
    assert even_fraction(1000) + CATCH_UP_SECONDS + 0.01 <= 1
    # Telegram's offers, both used to what speed.md asks for.
    assert (even_fraction(30), even_fraction(1000)) == (0.99, 0.98)


@pytest.mark.parametrize(
    ("ago", "silent"), [(0.0, 1.0), (0.1, 1.0), (0.4, 0.7), (1.1, 0.0), (3600.0, 0.0), (-5.0, 1.0)]
)
def test_a_new_process_is_silent_until_a_second_after_the_last_message(ago: float, silent: float) -> None:
    assert silence_seconds(ago) == pytest.approx(silent)
