"""Of somebody whom we do not know nothing stays, once what they sent is handled."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bot.pace_limit import PaceLimit
from storage import people, personal_data
from storage.tables import inbox as rows
from tests.bot.routing_desk import Desk, desk

NOTHING = ("done", 0, "{}")


async def kept(at: Desk) -> list[tuple[str, int, str]]:
    def read(tx: Connection) -> list[tuple[str, int, str]]:
        found = tx.execute(select(rows.c.state, rows.c.sender, rows.c.payload).order_by(rows.c.id))
        return [(row.state, row.sender, row.payload) for row in found]

    return await at.database.read(read)


def blocks(at: Desk, *, sender: int) -> Any:  # an update
    person = {"id": sender, "is_bot": False, "first_name": "Olena"}
    chat = {"id": sender, "type": "private"}
    return at.update(my_chat_member={"from": person, "chat": chat, "new_chat_member": {"status": "kicked"}})


async def test_whatever_a_stranger_sends_only_its_number_stays(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        sent = [
            at.tap("l_next:1", sender=50),
            at.tap("j_code:2", sender=51),
            at.tap("j_code:x", sender=52),
            at.message("I am Olena", sender=53),
            at.message("", sender=54, voice={"file_id": "V"}),
            at.message("from a group", sender=55, chat={"id": -5, "type": "group", "title": "Olena's"}),
            blocks(at, sender=56),
        ]
        await at.bring(*sent)
        seen = list(at.handlers.seen)

        await at.bring(*sent)

        assert await kept(at) == [NOTHING] * 7
        assert at.handlers.seen == seen, "it still counts once"


async def test_who_comes_in_or_is_in_keeps_what_they_sent(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42)
        typed, pressed, came = at.message("mine"), at.tap("l_next:1"), at.message("/start", sender=60)

        await at.bring(typed)
        await at.bring(pressed)
        await at.bring(came)

        assert await kept(at) == [("done", one.sender, one.payload) for one in (typed, pressed, came)]


async def test_what_somebody_sends_after_they_were_erased_is_emptied(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.acquaint(42)
        await at.bring(at.message("before"))
        await at.database.run(lambda tx: personal_data.forget(tx, _known(tx)))

        await at.bring(at.tap("l_next:1"))

        assert await kept(at) == [NOTHING]


async def test_a_stranger_who_sends_too_much_leaves_nothing_either(tmp_path: Path) -> None:
    async with desk(tmp_path, pace=PaceLimit(seconds=lambda: 1000.0)) as at:
        await at.bring(*(at.message(f"Olena {number}", sender=50) for number in range(40)))

        assert await kept(at) == [NOTHING] * 40


def _known(tx: Connection) -> Any:  # learners.people.Person
    return people.by_address(tx, 42)
