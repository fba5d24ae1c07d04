import asyncio
import threading

import pytest
from structlog.testing import capture_logs

from app.pulse import Pulse, WatchDog, watched


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_the_lag_is_that_of_the_loops_own_timers() -> None:
    pulse = Pulse(monotonic=Hand())
    assert pulse.lag_seconds(0.99) == 0.0

    for late_by in (0.001,) * 98 + (0.3, 0.4):
        pulse.beat(late_by=late_by)

    assert pulse.lag_seconds(0.5) == 0.001
    assert pulse.lag_seconds(0.99) == 0.4


def test_a_loop_that_stands_still_is_told_once_with_its_stack() -> None:
    hand = Hand()
    pulse = Pulse(monotonic=hand)
    dog = WatchDog(pulse, stack_of=threading.get_ident(), monotonic=hand)

    with capture_logs() as told:
        for _ in range(10):
            hand.seconds += 1.25
            dog.look()
        pulse.beat(late_by=12.5)
        hand.seconds += 1.25
        dog.look()

    (found,) = told
    assert (found["event"], found["seconds"]) == ("loop_stands_still", 5.0)
    assert "test_a_loop_that_stands_still_is_told_once_with_its_stack" in found["stack"]
    assert dog.episodes == 1


def test_standing_still_again_is_told_again() -> None:
    hand = Hand()
    pulse = Pulse(monotonic=hand)
    dog = WatchDog(pulse, stack_of=threading.get_ident(), monotonic=hand)

    for _ in range(2):
        pulse.beat(late_by=0.0)
        for _ in range(6):
            hand.seconds += 1.25
            dog.look()

    assert dog.episodes == 2


def test_a_machine_that_slept_is_no_fault_of_the_loop() -> None:
    hand = Hand()
    pulse = Pulse(monotonic=hand)
    dog = WatchDog(pulse, stack_of=threading.get_ident(), monotonic=hand)

    hand.seconds += 3600.0
    dog.look()
    pulse.beat(late_by=3600.0)
    hand.seconds += 1.25
    dog.look()

    assert dog.episodes == 0


@pytest.mark.fault
async def test_a_loop_that_moves_is_left_alone() -> None:
    pulse = Pulse()

    async with watched(pulse) as dog:
        await asyncio.sleep(0)
        threads = [thread.name for thread in threading.enumerate()]

    assert "watch-dog" in threads
    assert dog.episodes == 0
