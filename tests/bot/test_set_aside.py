"""What becomes of an update that is set aside, from the fault to the operator's second try."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from academy.messages.facilitating import Notice
from academy.outgoing import OUTGOING, Show
from preview.faults import RefuseWith
from storage import dead_updates
from storage.tables import outbox
from tests.bot.routing_desk import NOON, Desk, desk


async def set_aside(at: Desk) -> str:
    """Bring an update that fails three times; return its trace id."""
    await at.acquaint(42)
    at.handlers.fail = 3
    await at.bring(at.message("/break"))
    for _ in range(2):
        at.clock.advance(timedelta(seconds=20))
        at.router.look()
        await at.router.idle()
    (dead,) = await at.database.read(dead_updates.dead_updates)
    assert (dead.person, dead.tries, dead.why) == (42, 3, "RuntimeError")
    return dead.trace


def notices(tx: Connection) -> list[Notice]:
    shown = [OUTGOING.validate_json(row) for row in tx.execute(select(outbox.c.content)).scalars()]
    return [
        one.message
        for one in shown
        if isinstance(one, Show) and isinstance(one.message, Notice) and one.message.what == "our_fault"
    ]


async def test_whoever_sent_it_is_told_the_number_that_the_operator_finds(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        trace = await set_aside(at)

        assert await at.database.read(notices) == [Notice(what="our_fault", trace=trace)]


async def test_handled_once_more_it_has_its_effect_and_nobody_is_told_twice(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        trace = await set_aside(at)

        again = await at.database.run(lambda tx: dead_updates.handle_again(tx, trace, now=NOON))
        at.router.look()
        await at.router.idle()

        assert again is True
        assert at.handlers.seen == ["42 /break"]
        assert await at.states() == [("done", 3)]
        assert len(await at.database.read(notices)) == 1


async def test_handled_once_more_in_vain_it_is_set_aside_at_once(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        trace = await set_aside(at)
        at.handlers.fail = 1

        await at.database.run(lambda tx: dead_updates.handle_again(tx, trace, now=NOON))
        at.router.look()
        await at.router.idle()

        assert await at.states() == [("dead", 3)]
        assert len(await at.database.read(notices)) == 1


async def test_a_press_that_is_too_old_to_be_answered_still_counts(tmp_path: Path) -> None:
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    async with desk(tmp_path) as at:
        await at.acquaint(42)
        at.server.faults.always("answerCallbackQuery", RefuseWith(code=400, description=too_old))

        await at.bring(at.tap("l_next:1"))

        assert at.handlers.seen == ["42 l_next 1"]
        assert await at.states() == [("done", 1)]
