"""What was given up may stand in the chat all the same, and looks like what came after it."""

from sqlalchemy import Connection

from academy import delivering, sending
from academy.doubled_copies import settle_doubt
from academy.messages import Message
from academy.messages.learning import CardShown
from academy.messenger import Outcome, Refused, Uncertain
from academy.outgoing import Screen
from storage import bots, outbox
from storage.bots import Bot
from storage.send_attempts import Room
from tests.academy.school import ACADEMY, MONDAY, join

BOT = 4242
BROKEN = Uncertain(reason="timed out")
BLOCKED = Refused(reason="blocked", unreachable=True)


def is_card(message: Message) -> bool:
    return isinstance(message, CardShown)


def test_a_press_on_an_earlier_try_does_not_prove_that_a_later_message_arrived(tx: Connection) -> None:
    learner = join(tx)
    bots.bind(tx, bot=Bot(bot_id=BOT, username="d", name="D"), now=MONDAY)
    epoch, _ = sending.take_over(tx, bot_id=BOT, now=MONDAY)
    now = MONDAY

    def sent(outcome: Outcome) -> None:
        (delivery,) = sending.claim(
            tx, bot_id=BOT, epoch=epoch, now=now, room=Room(credits=4, repeatable=4)
        ).deliveries
        sending.settle(
            tx, delivery=delivery, outcome=outcome, bot_id=BOT, epoch=epoch, now=now, second_refusal=False
        )

    # The first card arrives unknown to us as message 31, and the second try finds us blocked.
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=now, academy=ACADEMY)
    sent(BROKEN)
    now += sending.QUARANTINE
    sent(BLOCKED)
    # The same card is shown again, and this one gets lost.
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=now, academy=ACADEMY)
    sent(BROKEN)

    settle_doubt(
        tx,
        person=learner.person,
        screen=Screen(message_id=31, has_media=False),
        carries=is_card,
        now=now,
    )

    assert [row.state for row in outbox.listing(tx)] == ["refused", "uncertain"]
