from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert

from storage import bots, outbox, send_attempts, sending_limits
from storage.bots import Bot
from storage.send_attempts import Claimed, Room
from storage.tables import people

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
BOT = 4242


@pytest.fixture
def epoch(tx: Connection) -> int:
    bots.bind(tx, bot=Bot(bot_id=BOT, username="dusal_bot", name="Dusal"), now=NOW)
    return bots.next_epoch(tx, bot_id=BOT)


def person(tx: Connection, address: int) -> int:
    statement = insert(people).values(address=address, language="mn", created_at=NOW)
    return int(tx.execute(statement.returning(people.c.id)).scalar_one())


def add(
    tx: Connection, person_id: int, text: str, *, edits: bool = True, kind: str = "reply", at: datetime = NOW
) -> int:
    made = outbox.add(
        tx,
        person_id=person_id,
        kind=kind,
        priority=0 if kind == "reply" else 1,
        content=text,
        now=NOW,
        key=None,
        not_before=at,
        repeatable=edits,
    )
    assert made is not None
    return made


def claim(tx: Connection, epoch: int, address: int = 7) -> list[Claimed]:
    return list(send_attempts.claim_edit(tx, bot_id=BOT, epoch=epoch, now=NOW, address=address))


def test_an_edit_is_claimed_for_its_person_only(tx: Connection, epoch: int) -> None:
    ann, ben = person(tx, 7), person(tx, 8)
    add(tx, ben, "for ben")
    row = add(tx, ann, "for ann")

    assert claim(tx, epoch) == [
        Claimed(
            delivery=row,
            attempt=1,
            person_id=ann,
            address=7,
            language="mn",
            kind="reply",
            content="for ann",
            repeatable=True,
            resent=False,
        )
    ]
    assert outbox.counts(tx) == {"sending": 1, "waiting": 1}


def test_what_comes_first_goes_first(tx: Connection, epoch: int) -> None:
    ann = person(tx, 7)
    add(tx, ann, "a new message", edits=False)
    add(tx, ann, "an edit after it")

    assert claim(tx, epoch) == []


def test_nothing_is_claimed_while_something_is_under_way(tx: Connection, epoch: int) -> None:
    ann = person(tx, 7)
    add(tx, ann, "first")
    add(tx, ann, "second")

    assert [[one.content for one in claim(tx, epoch)] for _ in range(2)] == [["first"], []]


@pytest.mark.parametrize("what", ["planned for later", "no reply", "the chat is paused", "another sender"])
def test_what_may_not_leave_now_is_left_alone(tx: Connection, epoch: int, what: str) -> None:
    ann = person(tx, 7)
    later = NOW + timedelta(minutes=1) if what == "planned for later" else NOW
    add(tx, ann, what, kind="lesson" if what == "no reply" else "reply", at=later)
    if what == "the chat is paused":
        sending_limits.pause(tx, bot_id=BOT, address=7, until=NOW + timedelta(seconds=5))
    if what == "another sender":
        bots.next_epoch(tx, bot_id=BOT)

    assert claim(tx, epoch) == []
    assert outbox.counts(tx) == {"waiting": 1}


def test_the_first_moment_is_that_of_what_waits(tx: Connection, epoch: int) -> None:
    ann, ben = person(tx, 7), person(tx, 8)
    later = NOW + timedelta(hours=1)
    nothing = outbox.first_at(tx)
    add(tx, ben, "later", kind="lesson", at=later)
    planned = outbox.first_at(tx)
    add(tx, ann, "now")
    due = outbox.first_at(tx)
    send_attempts.claim(tx, bot_id=BOT, epoch=epoch, now=NOW, room=Room(credits=4, repeatable=4))

    assert (nothing, planned, due, outbox.first_at(tx)) == (None, later, NOW, later)
