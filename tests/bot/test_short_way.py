"""Presses that nothing comes before: one commit each, and nothing lost when something is in the way."""

import asyncio
from pathlib import Path

from bot.short_way import MOST
from storage import inbox
from storage.in_hand import InHand, in_hand_file
from tests.bot.routing_desk import NOON, Desk, desk


def left_by_a_crash(folder: Path, *numbers: int) -> None:
    """Write down that these updates were in hand when a process was killed."""
    noted = InHand(in_hand_file(folder / "desk.db"))
    for number in numbers:
        noted.enter(number)
    noted.close()


async def settled(at: Desk) -> None:
    """Return once the router has found that nothing waits: from then on presses take the short way."""
    await at.router.idle()


async def test_a_press_is_on_disk_and_handled_when_keeping_returns(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42)
        await settled(at)

        await at.router.keep([at.tap("l_next:1")])

        assert at.handlers.seen == ["42 l_next 1"]
        assert await at.states() == [("done", 1)]


async def test_a_press_that_comes_again_counts_once(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42)
        await settled(at)
        press = at.tap("l_next:1")

        await at.bring(press)
        await at.bring(press)
        await at.bring(press, at.tap("l_next:2"))

        assert at.handlers.seen == ["42 l_next 1", "42 l_next 2"]
        assert await at.states() == [("done", 1), ("done", 1)]


async def test_a_press_waits_for_what_the_same_person_sent_before(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42, 43)
        await settled(at)
        at.handlers.fail = 1

        await at.bring(at.message("/break"))
        await at.bring(at.tap("l_next:1"), at.tap("l_next:1", sender=43))

        # The message waits two seconds for its second try, and the press behind it.
        assert at.handlers.seen == ["43 l_next 1"]
        assert sorted(await at.states()) == [("done", 1), ("new", 0), ("new", 1)]


async def test_two_posts_of_a_webhook_at_the_same_time_keep_their_order(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42)
        await settled(at)

        await asyncio.gather(
            at.router.keep([at.tap("l_next:1")]), at.router.keep([at.message("and then words")])
        )
        await at.router.idle()

        assert at.handlers.seen == ["42 l_next 1", "42 and then words"]


async def test_a_batch_of_many_takes_the_long_way_together(tmp_path: Path) -> None:
    people = range(100, 101 + MOST)
    async with desk(tmp_path) as at:
        await at.acquaint(*people)
        await settled(at)

        await at.bring(*(at.tap("l_next:1", sender=sender) for sender in people))

        assert sorted(at.handlers.seen) == [f"{sender} l_next 1" for sender in people]
        assert await at.states() == [("done", 1)] * (MOST + 1)


async def test_a_press_goes_on_when_listening_ends_in_the_middle(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42)
        await settled(at)

        keeping = asyncio.create_task(at.router.keep([at.tap("l_next:1")]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await at.router.finish(within_seconds=5)

        assert at.handlers.seen == ["42 l_next 1"]
        assert await at.states() == [("done", 1)]


async def test_what_was_in_hand_at_a_crash_is_handled_alone_with_its_try_counted(tmp_path: Path) -> None:
    left_by_a_crash(tmp_path, 1)
    async with desk(tmp_path) as at:
        await at.acquaint(42, 43)
        await settled(at)

        await at.bring(at.tap("l_next:1"), at.tap("l_next:1", sender=43))

        assert at.handlers.seen == ["42 l_next 1", "43 l_next 1"]
        assert await at.states() == [("done", 2), ("done", 1)]


async def test_what_ends_the_process_twice_is_set_aside(tmp_path: Path) -> None:
    left_by_a_crash(tmp_path, 1)
    async with desk(tmp_path, running=False) as second:
        await second.acquaint(42)
        # As far as the second process comes: it takes the press, counts the try, and dies.
        deadly, bot_id = second.tap("l_next:1"), second.server.bot_id
        row = await second.database.run(
            lambda tx: inbox.receive_suspect(tx, bot_id=bot_id, update_=deadly, now=NOON)
        )
        assert row is not None
        await second.database.run(lambda tx: inbox.take(tx, id=row))

    async with desk(tmp_path) as third:
        await third.router.idle()

        assert third.handlers.seen == []
        assert await third.states() == [("dead", 2)]
        assert await third.said() == ["our_fault"]


async def test_a_suspect_that_was_handled_just_before_the_crash_has_no_second_effect(tmp_path: Path) -> None:
    async with desk(tmp_path) as first:
        await first.acquaint(42)
        await settled(first)
        await first.bring(first.tap("l_next:1"))
    left_by_a_crash(tmp_path, 1)

    async with desk(tmp_path) as at:
        await settled(at)
        await at.bring(at.tap("l_next:1"))

        assert at.handlers.seen == []
        assert await at.states() == [("done", 1)]
