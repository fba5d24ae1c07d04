"""The two halves around a send, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from academy import saying, sending
from academy.messages.joining import TypeCode
from academy.messenger import NotSent, Outcome, Refused, Sent, Uncertain
from academy.outgoing import Screen
from academy.sending import Delivery
from scheduler.budget import WHOLE_BOT
from storage import bots, outbox, sending_limits
from storage.bots import Bot
from storage.send_attempts import Room
from storage.tables import outbox as outbox_table
from storage.tables import people

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
BOT = 4242
PLENTY = Room(credits=10, repeatable=10)


@pytest.fixture
def epoch(tx: Connection) -> int:
    bots.bind(tx, bot=Bot(bot_id=BOT, username="dusal_bot", name="Dusal"), now=NOW)
    return sending.take_over(tx, bot_id=BOT, now=NOW)[0]


def person(tx: Connection, address: int) -> int:
    statement = insert(people).values(address=address, created_at=NOW).returning(people.c.id)
    return int(tx.execute(statement).scalar_one())


def say(tx: Connection, person_id: int, *, edits: Screen | None = None) -> None:
    saying.say(tx, person_id=person_id, message=TypeCode(academy="A"), now=NOW, edits=edits)


def claim(tx: Connection, epoch: int, *, now: datetime = NOW) -> Delivery:
    [delivery] = sending.claim(tx, bot_id=BOT, epoch=epoch, now=now, room=PLENTY).deliveries
    return delivery


def settle(
    tx: Connection, epoch: int, delivery: Delivery, outcome: Outcome, *, second: bool = False
) -> sending.Settled:
    return sending.settle(
        tx, delivery=delivery, outcome=outcome, bot_id=BOT, epoch=epoch, now=NOW, second_refusal=second
    )


def states(tx: Connection) -> list[tuple[str, int, bool]]:
    return [(row.state, row.attempts, row.maybe_doubled) for row in outbox.listing(tx)]


def test_what_was_said_is_found_by_its_message(tx: Connection, epoch: int) -> None:
    ann = person(tx, 7)
    say(tx, ann)
    say(tx, ann, edits=Screen(message_id=31, has_media=False))

    first = claim(tx, epoch)
    settle(tx, epoch, first, Sent(message_id=31))
    second = claim(tx, epoch)
    settle(tx, epoch, second, Sent(message_id=None))

    assert (first.claimed.repeatable, second.claimed.repeatable) == (False, True)
    assert outbox.find_by_message(tx, person_id=ann, message_id=31) == second.claimed.content
    assert states(tx) == [("sent", 1, False), ("sent", 1, False)]


def test_429_pauses_the_chat_and_a_second_one_the_bot(tx: Connection, epoch: int) -> None:
    say(tx, person(tx, 7))
    delivery = claim(tx, epoch)

    settle(tx, epoch, delivery, NotSent(reason="429", retry_after_seconds=5))
    assert sending_limits.paused_until(tx, bot_id=BOT, address=7) == NOW + timedelta(seconds=5)
    assert sending_limits.paused_until(tx, bot_id=BOT, address=WHOLE_BOT) is None

    again = claim(tx, epoch, now=NOW + timedelta(seconds=5))
    settle(tx, epoch, again, NotSent(reason="429", retry_after_seconds=9), second=True)
    assert sending_limits.paused_until(tx, bot_id=BOT, address=WHOLE_BOT) == NOW + timedelta(seconds=9)
    assert states(tx) == [("waiting", 0, False)]


def test_a_pause_outlives_the_sender(tx: Connection, epoch: int) -> None:
    say(tx, person(tx, 7))
    settle(tx, epoch, claim(tx, epoch), NotSent(reason="429", retry_after_seconds=3600))

    newer, _ = sending.take_over(tx, bot_id=BOT, now=NOW)

    assert sending.claim(tx, bot_id=BOT, epoch=newer, now=NOW, room=PLENTY) == sending.Claim(
        deliveries=(), next_at=NOW + timedelta(hours=1), held_up=True
    )


def test_blocked_makes_the_person_unreachable(tx: Connection, epoch: int) -> None:
    ann = person(tx, 7)
    say(tx, ann)
    saying.say(tx, person_id=ann, message=TypeCode(academy="A"), now=NOW, kind="lesson")

    settle(tx, epoch, claim(tx, epoch), Refused(reason="blocked", unreachable=True))

    assert [(row.state, row.reason) for row in outbox.listing(tx)] == [
        ("refused", "blocked"),
        ("refused", "unreachable"),
    ]
    assert tx.execute(select(people.c.unreachable_since)).scalar_one() == NOW


def test_a_moved_chat_is_written_to_once_more(tx: Connection, epoch: int) -> None:
    say(tx, person(tx, 7))

    settle(tx, epoch, claim(tx, epoch), Refused(reason="moved", moved_to=-1007))
    again = claim(tx, epoch)
    settle(tx, epoch, again, Sent(message_id=1))

    assert (again.to.address, states(tx)) == (-1007, [("sent", 1, False)])


def test_a_message_is_sent_twice_at_most(tx: Connection, epoch: int) -> None:
    say(tx, person(tx, 7))
    later = NOW + sending.QUARANTINE

    settle(tx, epoch, claim(tx, epoch), Uncertain(reason="timed out"))
    assert states(tx) == [("uncertain", 1, False)]
    settle(tx, epoch, claim(tx, epoch, now=later), NotSent(reason="refused"))
    settle(tx, epoch, claim(tx, epoch, now=later), Uncertain(reason="timed out"))

    assert states(tx) == [("held", 2, True)]
    nothing = sending.claim(tx, bot_id=BOT, epoch=epoch, now=NOW + timedelta(days=1), room=PLENTY)
    assert nothing.deliveries == ()


def test_the_result_of_a_replaced_sender_does_not_count(tx: Connection, epoch: int) -> None:
    say(tx, person(tx, 7))
    delivery = claim(tx, epoch)
    sending.take_over(tx, bot_id=BOT, now=NOW)

    settled = settle(tx, epoch, delivery, Sent(message_id=1))

    assert (settled.ours, states(tx)) == (False, [("uncertain", 1, False)])


def test_a_row_that_nobody_can_read_stops_nobody_else(tx: Connection, epoch: int) -> None:
    say(tx, person(tx, 7))
    tx.execute(update(outbox_table).values(content='{"action": "sing"}'))
    say(tx, person(tx, 8))

    delivery = claim(tx, epoch)

    assert delivery.to.address == 8
    assert [(row.state, row.reason) for row in outbox.listing(tx)] == [
        ("refused", "unreadable"),
        ("sending", None),
    ]
