"""The router on a real database against the preview's Bot API, with handlers of its own."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.pace_limit import PaceLimit
from storage import inbox
from storage.inbox import Received
from storage.tables import inbox as inbox_rows
from storage.tables import people as people_rows
from tests.bot.raw_server import free_port
from tests.bot.routing_desk import NOON, desk


async def test_updates_of_one_person_keep_their_order_and_each_counts_once(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42, 43)
        updates = [at.message(str(n), sender=42 + n % 2) for n in range(40)]

        await at.bring(*updates)
        await at.bring(*reversed(updates), *updates)

        assert [seen for seen in at.handlers.seen if seen.startswith("42 ")] == [
            f"42 {n}" for n in range(0, 40, 2)
        ]
        assert [seen for seen in at.handlers.seen if seen.startswith("43 ")] == [
            f"43 {n}" for n in range(1, 40, 2)
        ]
        assert await at.states() == [("done", 1)] * 40


async def test_more_people_than_hands_are_all_served(tmp_path: Path) -> None:
    async with desk(tmp_path, at_once=3) as at:
        addresses = tuple(range(100, 130))
        await at.acquaint(*addresses)

        await at.bring(*(at.message("hello", sender=address) for address in addresses))

        assert sorted(at.handlers.seen) == [f"{address} hello" for address in addresses]


async def test_updates_kept_before_the_start_are_handled_after_it(tmp_path: Path) -> None:
    async with desk(tmp_path, running=False) as before:
        await before.acquaint(42)
        await before.router.keep([before.message("one"), before.message("two")])
        assert before.handlers.seen == []

    async with desk(tmp_path) as at:
        await at.router.idle()

        assert at.handlers.seen == ["42 one", "42 two"]


async def test_a_suspect_of_a_crash_is_tried_once_more_and_then_set_aside(tmp_path: Path) -> None:
    async with desk(tmp_path, running=False) as before:
        await before.acquaint(42)
        # A process that dies with the update in hand leaves a counted try behind, and nothing else.
        await before.database.run(
            lambda tx: inbox.receive(
                tx, bot_id=before.server.bot_id, updates=[before.message("deadly")], now=NOON
            )
        )

    async with desk(tmp_path, running=False) as at:
        found = await at.database.run(lambda tx: inbox.recover(tx, now=NOON))
        await at.database.run(lambda tx: inbox.take(tx, id=found.suspects[0]))

    async with desk(tmp_path) as at:
        await at.router.idle()

        assert at.handlers.seen == []
        assert await at.states() == [("dead", 2)]
        assert await at.said() == ["our_fault"]


async def test_a_failing_update_is_tried_three_times_and_its_sender_told_once(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42, 43)
        at.handlers.fail = 3

        await at.bring(at.message("/break"), at.message("after it"), at.message("hello", sender=43))
        assert at.handlers.seen == ["43 hello"]
        for seconds in (2, 10):
            at.clock.advance(timedelta(seconds=seconds))
            at.router.look()
            await at.router.idle()

        assert at.handlers.seen == ["43 hello", "42 after it"]
        assert await at.said() == ["our_fault"]
        assert await at.states() == [("dead", 3), ("done", 1), ("done", 1)]


async def test_a_failure_that_passes_leaves_one_effect(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42)
        at.handlers.fail = 1

        await at.bring(at.message("/break"))
        at.clock.advance(timedelta(seconds=2))
        at.router.look()
        await at.router.idle()

        assert at.handlers.seen == ["42 /break"]
        assert await at.said() == ["cancelled"]


@pytest.mark.parametrize(
    ("data", "toast", "seen"),
    [
        ("l_next:1z", "", ["42 l_next 71"]),
        ("l_say", "Saved.", []),
        ("l_next:!", "This button is no longer in use.", []),
        ("l_next", "This button is no longer in use.", []),
        ("x_unknown:1", "This button is no longer in use.", []),
        ("<script>", "This button is no longer in use.", []),
    ],
)
async def test_a_press_is_answered_once_whatever_it_carries(
    tmp_path: Path, data: str, toast: str, seen: list[str]
) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42)

        await at.bring(at.tap(data))

        assert at.handlers.seen == seen
        assert at.answers() == [("c1", toast)]
        assert await at.states() == [("done", 1)]


async def test_a_press_that_fails_first_is_answered_once_in_all(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42)
        at.handlers.fail = 1

        await at.bring(at.tap("l_break:1"))
        at.clock.advance(timedelta(seconds=2))
        at.router.look()
        await at.router.idle()

        assert at.handlers.seen == ["42 l_break 1"]
        assert at.answers() == [("c1", "")]


async def test_strangers_reach_the_way_in_and_nothing_else(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.bring(at.tap("l_next:1", sender=50), at.tap("j_code:2", sender=51))
        await at.bring(at.message("", sender=52, voice={"file_id": "V"}))
        await at.bring(at.message("K7Q4 MXPR", sender=53), at.message("/today", sender=54))
        await at.bring(at.message("/help me", sender=55))

        assert sorted(at.handlers.seen) == ["51 j_code 2", "53 K7Q4 MXPR", "54 /start", "55 /help me"]


async def test_what_nobody_reads_gets_a_sentence(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42)

        await at.bring(at.message("", voice={"file_id": "V"}), at.message("/nonsense"))

        assert await at.said() == ["unsupported_content", "unknown_command"]


async def test_files_are_fetched_for_admins_only(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42)
        await at.acquaint(43, role="admin")
        document = {"file_id": "F", "file_name": "course.yaml", "file_size": 7}

        await at.bring(at.message("", document=document), at.message("", sender=43, document=document))

        assert at.handlers.seen == ["43 course.yaml 7 bytes"]


async def test_blocking_and_coming_back_are_kept(tmp_path: Path) -> None:
    def member(status: str) -> dict[str, Any]:
        person = {"id": 42, "is_bot": False, "first_name": "Olena"}
        chat = {"id": 42, "type": "private"}
        return {"my_chat_member": {"from": person, "chat": chat, "new_chat_member": {"status": status}}}

    async with desk(tmp_path) as at:
        await at.acquaint(42)
        since = select(people_rows.c.unreachable_since)

        await at.bring(at.update(**member("kicked")))
        blocked = await at.database.read(lambda tx: tx.execute(since).scalar_one())
        await at.bring(at.update(**member("member")))
        back = await at.database.read(lambda tx: tx.execute(since).scalar_one())

        assert (blocked, back) == (NOON, None)


async def test_one_person_who_writes_too_much_is_told_once_a_minute(tmp_path: Path) -> None:
    moment = 1000.0
    async with desk(tmp_path, pace=PaceLimit(seconds=lambda: moment)) as at:
        await at.acquaint(42, 43)

        await at.bring(*(at.message(str(n)) for n in range(50)), at.message("quiet", sender=43))
        moment += 61
        await at.bring(at.message("again"))

        assert len([seen for seen in at.handlers.seen if seen.startswith("42 ")]) == 31
        assert "43 quiet" in at.handlers.seen
        assert at.handlers.seen[-1] == "42 again"
        assert await at.said() == ["slow_down"]


async def test_malformed_updates_are_settled_without_effect(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        odd = [
            Received(update_id=1, sender=0, payload="null"),
            Received(update_id=2, sender=0, payload='{"update_id": 2, "message": {"chat": 7}}'),
            Received(update_id=3, sender=0, payload="[" * 5000),
            Received(update_id=4, sender=0, payload='{"channel_post": {}}'),
        ]

        await at.bring(*odd)

        assert await at.states() == [("done", 1)] * 4
        assert await at.said() == []
        assert at.router.ignored == {"malformed": 2, "no sender": 1, "kind": 1}


async def test_the_sender_is_woken_after_the_commit(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42)

        await at.bring(at.message("hello"))

        assert at.woken == [1]


async def test_when_telegram_is_away_a_press_still_has_its_effect(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42)
        # Telegram goes away between the press and its answer.
        at.bot._base_url = f"http://127.0.0.1:{free_port()}/bot{at.server.token}"

        await at.bring(at.tap("l_next:1"))

        assert at.handlers.seen == ["42 l_next 1"]
        assert (
            await at.database.read(lambda tx: tx.execute(select(func.count(inbox_rows.c.id))).scalar_one())
            == 1
        )
