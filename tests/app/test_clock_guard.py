import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from telegram.error import TimedOut

from app.clock_guard import ClockGuard, check, in_words
from app.sending_gate import SendingGate
from app.stopped import ClockWrongError
from scheduler.clock_watch import ClockWatch, HeardTime, Reading

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class World:
    """A computer whose clock can be set, and a messenger that can be asked for the time."""

    def __init__(self) -> None:
        self.reading = Reading(wall=NOON, elapsed=1000.0)
        self.telegram: datetime | None = None
        self.heard: HeardTime | None = None
        self.asked = 0
        self.set_right_by: list[timedelta] = []
        self.gate = SendingGate()
        self.guard = ClockGuard(
            ClockWatch(read=lambda: self.reading),
            gate=self.gate,
            heard=lambda: self.heard,
            ask=self.ask,
            set_right=self.set_right,
        )
        self.gate.look_first(self.guard.look)

    async def ask(self) -> None:
        self.asked += 1
        if self.telegram is None:
            raise TimedOut
        self.heard = HeardTime(wall=self.telegram, elapsed=self.reading.elapsed)

    async def set_right(self, wrong_by: timedelta) -> None:
        self.set_right_by.append(wrong_by)
        assert not self.gate.is_open, "nothing is sent before everything is planned anew"

    def jump(self, by: timedelta) -> None:
        self.reading = Reading(
            wall=self.reading.wall + by + timedelta(seconds=1), elapsed=self.reading.elapsed + 1.0
        )

    async def tick(self) -> None:
        await self.guard.tick()
        # What was asked is answered before the next tick.
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_the_question_whether_something_may_be_sent_finds_the_jump() -> None:
    world = World()
    assert world.gate.is_open

    world.jump(DAY)

    assert not world.gate.is_open
    assert not world.guard.believed
    assert world.gate.reasons == {
        "clock": "the computer's clock jumped by 1 days; sending goes on by itself once Telegram's clock"
        " agrees, or after a restart"
    }


async def test_a_jump_to_the_right_time_ends_by_itself_after_planning_anew() -> None:
    world = World()
    world.telegram = NOON + DAY
    world.jump(DAY)

    await world.tick()
    await world.tick()

    assert world.asked == 1
    assert world.set_right_by == [DAY]
    assert world.gate.is_open
    assert world.guard.believed


async def test_a_jump_to_a_wrong_time_waits_until_it_is_mended() -> None:
    world = World()
    world.telegram = NOON
    world.jump(DAY)
    for _ in range(5):
        await world.tick()
    still_shut = not world.gate.is_open

    world.jump(-DAY)
    await world.tick()
    await world.tick()
    await world.guard.stop()

    assert still_shut
    assert world.asked == 2, "asked again after half a minute or another jump, and not at each tick"
    assert world.guard.jumps == 1
    assert world.set_right_by == [timedelta(0)]
    assert world.gate.is_open


async def test_planning_anew_that_fails_is_tried_again_and_nothing_goes_meanwhile() -> None:
    world = World()
    world.telegram = NOON + DAY
    fails = [True]

    async def set_right(wrong_by: timedelta) -> None:
        if fails.pop() if fails else False:
            raise OSError("the database is away")
        world.set_right_by.append(wrong_by)

    world.guard._set_right = set_right
    world.jump(DAY)
    await world.tick()
    with pytest.raises(OSError, match="away"):
        await world.guard.tick()
    shut = not world.gate.is_open
    await world.tick()

    assert shut
    assert world.set_right_by == [DAY]
    assert world.gate.is_open


async def test_a_messenger_that_cannot_be_reached_keeps_the_doubt() -> None:
    world = World()
    world.jump(-timedelta(hours=1))

    await world.tick()
    await world.tick()
    await world.guard.stop()

    assert not world.gate.is_open


def test_a_clock_that_cannot_be_right_ends_the_start() -> None:
    ten_years_ahead = Reading(wall=NOON + 3652 * DAY, elapsed=1000.0)
    heard = HeardTime(wall=NOON, elapsed=1000.0)

    with pytest.raises(ClockWrongError, match="2036-11-22"):
        check(heard, reading=ten_years_ahead)
    check(heard, reading=Reading(wall=NOON - 30 * DAY, elapsed=1000.0))


@pytest.mark.parametrize(
    ("jumped", "words"),
    [
        (timedelta(hours=3), "3 hours"),
        (-timedelta(days=1, minutes=10), "-1 days 10 minutes"),
        (3652 * DAY, "3652 days"),
        (-timedelta(seconds=3), "0 minutes"),
    ],
)
def test_a_jump_in_words(jumped: timedelta, words: str) -> None:
    assert in_words(jumped) == words
