"""Several `dusal serve` as real processes on one PostgreSQL: killed, frozen, cut off."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from preview.phone_client import Phone
from tests.app.machines import (
    LEASE_SECONDS,
    handled,
    line,
    ready_database,
    say_to_all,
    sending_begins,
    start,
    what_was_sent,
)
from tests.app.serving_process import KILLED, Town, town

pytestmark = pytest.mark.fault


@pytest.fixture
async def place(tmp_path: Path, postgresql_url: str, postgresql_template: str) -> AsyncIterator[Town]:
    name = f"many_{uuid4().hex[:12]}"
    database = ready_database(postgresql_url, name, template=postgresql_template)
    async with town(tmp_path, database=database) as made:
        made.settle(
            database={"url": database, "lease_seconds": LEASE_SECONDS},
            limits={"messages_per_second": 20, "sends_in_flight": 4},
        )
        yield made


async def phones(place: Town, count: int) -> list[Phone]:
    """People who have written to the bot once, so that it may write to them."""
    made = [await place.phones.add(f"Phone {number}") for number in range(count)]
    for phone in made:
        await phone.write("/start")
    return made


async def test_killing_the_sender_loses_nothing_and_the_standby_goes_on(place: Town) -> None:
    people = await phones(place, 4)
    first = await start(place, "send", "web")
    await first.becomes("leading")
    second = await start(place, "send", "web")
    await second.becomes("standby")
    say_to_all(place, people, times=10)
    await sending_begins(place)

    first.serve.process.kill()
    seconds = await second.becomes("leading")
    sent = await what_was_sent(place, people)
    ended = await second.serve.stop()

    assert (await first.serve.end()).code == KILLED
    assert seconds < 30
    assert sent.states == {"sent": 40}
    assert sum(sent.copies.values()) == 40
    assert set(sent.copies) <= {1, 2}
    assert sent.copies.get(2, 0) <= sent.doubled <= 4
    assert len(sent.epochs) == 2
    assert sent.last_claim_before_first
    assert ended.code == 0


async def test_a_sender_whose_lock_is_cut_off_stops_before_the_other_begins(place: Town) -> None:
    people = await phones(place, 4)
    async with line(place.database) as cut:
        first = await start(place, "send", "web", database=cut.address)
        await first.becomes("leading")
        second = await start(place, "send", "web")
        await second.becomes("standby")
        say_to_all(place, people, times=25)
        await sending_begins(place)

        # The server sees the end at once and gives the lock to the second; the first sees nothing.
        cut.cut_locks()
        await second.becomes("leading")
        shown = await first.role()
        sent = await what_was_sent(place, people)
        for process in (first, second):
            await process.serve.stop()

    assert shown == "standby"
    assert sent.states == {"sent": 100}
    assert sent.copies.get(1, 0) + sent.copies.get(2, 0) == 100
    assert sent.copies.get(2, 0) <= sent.doubled <= 4
    assert len(sent.epochs) == 2
    assert sent.last_claim_before_first


async def test_handlers_share_the_work_and_finish_what_a_killed_one_had_in_hand(place: Town) -> None:
    # Nobody takes over here, so the lease is as it is set.
    place.settle(database={"url": place.database})
    # Several commit at the same time: at the fourth passage one has done so.
    first = await start(place, "handle", "web", crash_at="before_handler_commit:4")
    second = await start(place, "handle", "web")
    # Both are there before there is anything to do: whoever starts first would do it all.
    for handler in (first, second):
        await handler.becomes("working")
    people = [await place.phones.add(f"Phone {number}") for number in range(6)]
    async with place.served_here(chosen=frozenset({"receive", "send", "tick"})):
        for number in range(6):
            for phone in people:
                await phone.write(f"/start {number}")
        ended = await first.serve.end()
        async with asyncio.timeout(60):
            while len(done := [row for row in handled(place) if row[4] == "done"]) < 36:  # noqa: ASYNC110
                await asyncio.sleep(0.3)
        assert (await second.serve.stop()).code == 0

    assert ended.code == KILLED
    by_sender: dict[int, list[int]] = {}
    for sender, row, _, _, _ in done:
        by_sender.setdefault(sender, []).append(row)
    # Each person's in their order, whoever handled them.
    assert {sender: sorted(rows) for sender, rows in by_sender.items()} == by_sender
    assert len({handler for _, _, _, handler, _ in done}) == 2
    # What the killed one had in hand was tried a second time by the other, and nothing else was.
    assert {tries for _, _, tries, _, _ in done} == {1, 2}
    assert len(done) == 36
