import asyncio
from dataclasses import dataclass, field

import pytest

from academy.messenger import Recipient
from academy.outgoing import Delete
from academy.sending import Delivery
from app.turns import Turns
from scheduler.budget import Budget
from storage.send_attempts import Claimed

RATE = 500
"""A second: fast for a test, and far apart enough to be told from each other on a busy machine."""


def delivery(number: int, *, edit: bool = False) -> Delivery:
    return Delivery(
        claimed=Claimed(
            delivery=number,
            attempt=1,
            person_id=number,
            address=number,
            language="en",
            kind="announcement",
            content="",
            repeatable=edit,
            resent=False,
        ),
        outgoing=Delete(message_id=1),
        to=Recipient(person_id=number, address=number, language="en"),
    )


@dataclass
class Bench:
    """Turns, and what left when, by a clock that a busy loop can be made to overrun."""

    budget: Budget = field(default_factory=lambda: Budget(rate_per_second=RATE, credits=100))
    left: list[tuple[int, float]] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    overrun_seconds: float = 0.0

    def __post_init__(self) -> None:
        loop = asyncio.get_running_loop()
        # Nothing to be made up for.
        self.budget.pacer.free_at = loop.time()

        def now_() -> float:
            return loop.time() + self.overrun_seconds

        def begin(delivery: Delivery, epoch: int) -> None:
            now = now_()
            self.budget.took(delivery.claimed.address, now=now, credit=not delivery.claimed.repeatable)
            self.left.append((delivery.claimed.delivery, now))

        self.turns = Turns(self.budget, begin=begin, monotonic=now_, tasks=self.tasks)

    async def end(self) -> None:
        while self.tasks:
            await asyncio.wait(self.tasks)

    @property
    def order(self) -> list[int]:
        return [number for number, _ in self.left]


async def test_what_may_leave_now_leaves_at_once() -> None:
    bench = Bench()

    bench.turns.give(delivery(1), epoch=1)

    assert bench.order == [1]
    assert not bench.tasks


async def test_the_rest_waits_for_the_pace_and_keeps_its_order() -> None:
    bench = Bench()

    for number in range(1, 21):
        bench.turns.give(delivery(number), epoch=1)

    assert bench.order == [1]
    assert bench.turns.messages == 19
    assert bench.turns.seconds == pytest.approx(19 / RATE)
    await bench.end()
    assert bench.order == list(range(1, 21))
    assert bench.turns.messages == 0
    first, last = bench.left[0][1], bench.left[-1][1]
    # Nineteen distances, of which a late wake-up may make up for a few milliseconds.
    assert last - first > 19 / RATE - 0.01


async def test_the_answer_to_a_button_goes_before_all_that_wait() -> None:
    bench = Bench()
    for number in range(1, 6):
        bench.turns.give(delivery(number), epoch=1)

    bench.turns.give(delivery(9, edit=True), epoch=1, first=True)

    assert (bench.turns.messages, bench.turns.edits) == (4, 1)
    await bench.end()
    assert bench.order == [1, 9, 2, 3, 4, 5]


async def test_nobody_overtakes_those_who_wait_even_when_the_pacer_is_free() -> None:
    bench = Bench()
    for number in range(1, 4):
        bench.turns.give(delivery(number), epoch=1)
    bench.overrun_seconds = 10 / RATE

    for number in range(4, 8):
        bench.turns.give(delivery(number), epoch=1)
    await bench.end()
    bench.turns.give(delivery(8), epoch=1)
    await bench.end()

    assert bench.order == list(range(1, 9))


async def test_what_has_been_begun_leaves_before_the_next_is() -> None:
    bench = Bench()
    seen: list[tuple[int, int]] = []

    def begin(delivery: Delivery, epoch: int) -> None:
        bench.budget.took(delivery.claimed.address, now=asyncio.get_running_loop().time())
        # As the sender does: the request leaves in the first step of a task.
        task = asyncio.create_task(leave(delivery.claimed.delivery))
        bench.tasks.add(task)
        task.add_done_callback(bench.tasks.discard)

    async def leave(number: int) -> None:
        seen.append((number, begun))

    begun = 0

    def counted(delivery: Delivery, epoch: int) -> None:
        nonlocal begun
        begun = delivery.claimed.delivery
        begin(delivery, epoch)

    loop = asyncio.get_running_loop()
    # So fast that the pacer is free for all of them at any time.
    bench.budget = Budget(rate_per_second=1_000_000, credits=100)
    bench.budget.pacer.free_at = loop.time() + 0.01
    turns = Turns(bench.budget, begin=counted, monotonic=loop.time, tasks=bench.tasks)
    for number in range(1, 11):
        turns.give(delivery(number), epoch=1)
    await bench.end()

    assert seen == [(number, number) for number in range(1, 11)]
