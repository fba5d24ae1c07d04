"""Announcements that may have arrived, where the settings say to hold them."""

from sqlalchemy import Connection

from academy import saying, sending
from academy.messages.facilitating import Announcement
from academy.messages.joining import TypeCode
from academy.messenger import NotSent, Outcome, Sent, Uncertain
from academy.outgoing import Kind
from app.settings import LimitSettings
from lessons.markup import RichText
from storage import bots, outbox, people
from storage.bots import Bot
from storage.send_attempts import Room
from tests.academy.school import MONDAY

BOT = 4242
HELD = LimitSettings(uncertain_announcements="hold").held_kinds
BROKEN = Uncertain(reason="timed out")


def said(tx: Connection, kind: Kind) -> None:
    person = people.add(tx, address=7, name="Ann", language="en", now=MONDAY)
    announced = Announcement(text=RichText("The hall is closed."))
    message = announced if kind == "announcement" else TypeCode(academy="A")
    saying.say(tx, person_id=person.id, message=message, now=MONDAY, kind=kind)


def take_over(tx: Connection) -> int:
    bots.bind(tx, bot=Bot(bot_id=BOT, username="d", name="D"), now=MONDAY)
    return sending.take_over(tx, bot_id=BOT, now=MONDAY, held_kinds=HELD)[0]


def send(tx: Connection, epoch: int, outcome: Outcome) -> None:
    room = Room(credits=4, repeatable=4)
    (delivery,) = sending.claim(tx, bot_id=BOT, epoch=epoch, now=MONDAY, room=room).deliveries
    sending.settle(
        tx, delivery=delivery, outcome=outcome, bot_id=BOT, epoch=epoch, now=MONDAY,
        second_refusal=False, held_kinds=HELD,
    )  # fmt: skip


def states(tx: Connection) -> list[tuple[str, bool]]:
    return [(row.state, row.maybe_doubled) for row in outbox.listing(tx)]


def test_an_announcement_is_held_at_once_and_everything_else_is_sent_once_more(tx: Connection) -> None:
    epoch = take_over(tx)
    said(tx, "lesson")
    send(tx, epoch, BROKEN)
    lesson = states(tx)
    outbox.cancel(tx, now=MONDAY, reason="over", kinds=["lesson"])
    said(tx, "announcement")

    send(tx, epoch, BROKEN)

    assert (lesson, states(tx)[-1]) == ([("uncertain", False)], ("held", False))


def test_what_surely_did_not_leave_is_not_held(tx: Connection) -> None:
    epoch = take_over(tx)
    said(tx, "announcement")

    send(tx, epoch, NotSent(reason="refused"))

    assert states(tx) == [("waiting", False)]


def test_a_crash_holds_an_announcement_too(tx: Connection) -> None:
    epoch = take_over(tx)
    said(tx, "announcement")
    sending.claim(tx, bot_id=BOT, epoch=epoch, now=MONDAY, room=Room(credits=4, repeatable=4))

    take_over(tx)

    assert states(tx) == [("held", False)]


def test_sent_again_by_a_person_it_is_marked_as_maybe_doubled(tx: Connection) -> None:
    epoch = take_over(tx)
    said(tx, "announcement")
    send(tx, epoch, BROKEN)
    (held,) = outbox.listing(tx)

    outbox.decide_held(tx, delivery=held.delivery, verdict="send_again", now=MONDAY)
    send(tx, epoch, Sent(message_id=5))

    assert states(tx) == [("sent", True)]


def test_without_the_setting_an_announcement_is_sent_once_more() -> None:
    assert LimitSettings().held_kinds == frozenset()
