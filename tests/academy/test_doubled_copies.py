from datetime import datetime, timedelta

from sqlalchemy import Connection

from academy import delivering, sending
from academy.doubled_copies import DELETABLE, settle_doubt
from academy.messages import Message
from academy.messages.learning import CardShown
from academy.messenger import Outcome, Sent, Uncertain
from academy.outgoing import Delete, Outgoing, RemoveButtons, Screen
from storage import bots, doubled, health_facts, outbox
from storage.bots import Bot
from storage.outbox import DeliveryState
from storage.send_attempts import Room
from tests.academy.school import ACADEMY, MONDAY, Learner, join

BOT = 4242
LATER = MONDAY + sending.QUARANTINE
BROKEN = Uncertain(reason="timed out")


def is_card(message: Message) -> bool:
    return isinstance(message, CardShown)


def begun(tx: Connection, *outcomes: Outcome) -> Learner:
    """Return a learner to whom the first card was sent, once for each outcome."""
    learner = join(tx)
    bots.bind(tx, bot=Bot(bot_id=BOT, username="d", name="D"), now=MONDAY)
    epoch, _ = sending.take_over(tx, bot_id=BOT, now=MONDAY)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    for number, outcome in enumerate(outcomes):
        now = MONDAY + number * sending.QUARANTINE
        room = Room(credits=4, repeatable=4)
        (delivery,) = sending.claim(tx, bot_id=BOT, epoch=epoch, now=now, room=room).deliveries
        sending.settle(
            tx, delivery=delivery, outcome=outcome, bot_id=BOT, epoch=epoch, now=now, second_refusal=False
        )
    return learner


def press(learner: Learner, message_id: int, *, now: datetime = LATER) -> list[Outgoing]:
    """Press the card on this message; return what is sent because of it."""
    before = len(learner.heard())
    settle_doubt(
        learner.tx,
        person=learner.person,
        screen=Screen(message_id=message_id, has_media=False),
        carries=is_card,
        now=now,
    )
    return learner.heard()[before:]


def rows(tx: Connection) -> list[tuple[DeliveryState, int | None, bool]]:
    return [(row.state, row.message_id, row.maybe_doubled) for row in outbox.listing(tx)][:1]


def test_the_copy_that_was_pressed_stays_and_the_other_one_goes(tx: Connection) -> None:
    learner = begun(tx, BROKEN, Sent(message_id=32))

    sent = press(learner, 31)

    assert sent == [Delete(message_id=32)]
    assert rows(tx) == [("sent", 31, True)]
    assert doubled.proved_count(tx) == health_facts.standing(tx, now=LATER).proved_doubled == 1
    assert learner.person.in_doubt_since is None
    assert outbox.find_by_message(tx, person_id=learner.person_id, message_id=31) is not None


def test_a_press_that_comes_again_proves_nothing_more(tx: Connection) -> None:
    learner = begun(tx, BROKEN, Sent(message_id=32))

    assert [press(learner, 31), press(learner, 31), press(learner, 32)] == [[Delete(message_id=32)], [], []]
    assert doubled.proved_count(tx) == 1


def test_a_press_on_the_copy_we_know_proves_nothing(tx: Connection) -> None:
    learner = begun(tx, BROKEN, Sent(message_id=32))

    assert press(learner, 32) == []
    assert (doubled.proved_count(tx), rows(tx)) == (0, [("sent", 32, True)])


def test_a_press_in_the_quarantine_says_that_it_arrived(tx: Connection) -> None:
    learner = begun(tx, BROKEN)

    assert press(learner, 31) == []
    assert rows(tx) == [("sent", 31, False)]
    assert doubled.proved_count(tx) == 0


def test_a_press_on_what_is_held_decides_it(tx: Connection) -> None:
    learner = begun(tx, BROKEN, BROKEN)
    assert rows(tx) == [("held", None, True)]

    press(learner, 31)

    assert rows(tx) == [("sent", 31, True)]
    assert outbox.decide_held(tx, delivery=outbox.listing(tx)[0].delivery, verdict="drop", now=LATER) is False


def test_a_message_that_carries_another_button_is_no_copy(tx: Connection) -> None:
    learner = begun(tx, BROKEN, Sent(message_id=32))
    unlike = Screen(message_id=31, has_media=False)

    settle_doubt(tx, person=learner.person, screen=unlike, carries=lambda _: False, now=LATER)

    assert (doubled.proved_count(tx), rows(tx)) == (0, [("sent", 32, True)])


def test_after_two_days_telegram_deletes_nothing_and_only_the_buttons_go(tx: Connection) -> None:
    learner = begun(tx, BROKEN, Sent(message_id=32))
    # In doubt again later: the search goes on, though the first copies are old.
    doubled.doubt(tx, person_id=learner.person_id, now=LATER + DELETABLE)

    sent = press(learner, 31, now=LATER + DELETABLE)

    assert sent == [RemoveButtons(screen=Screen(message_id=32, has_media=False))]
    assert doubled.proved_count(tx) == 1


def test_nobody_looks_any_more_after_two_days(tx: Connection) -> None:
    learner = begun(tx, BROKEN, Sent(message_id=32))

    assert press(learner, 31, now=MONDAY + DELETABLE + timedelta(seconds=1)) == []
    assert (doubled.proved_count(tx), learner.person.in_doubt_since) == (0, None)


def test_somebody_to_whom_everything_arrived_is_never_in_doubt(tx: Connection) -> None:
    learner = begun(tx, Sent(message_id=32))

    assert learner.person.in_doubt_since is None
    assert press(learner, 31) == []


def test_a_crash_puts_whoever_was_written_to_in_doubt(tx: Connection) -> None:
    learner = join(tx)
    bots.bind(tx, bot=Bot(bot_id=BOT, username="d", name="D"), now=MONDAY)
    epoch, _ = sending.take_over(tx, bot_id=BOT, now=MONDAY)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    sending.claim(tx, bot_id=BOT, epoch=epoch, now=MONDAY, room=Room(credits=4, repeatable=4))

    sending.take_over(tx, bot_id=BOT, now=LATER)

    assert (learner.person.in_doubt_since, rows(tx)) == (LATER, [("uncertain", None, False)])
