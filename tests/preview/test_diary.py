"""What happened on a phone is remembered in order, also what its screen has forgotten."""

from datetime import UTC, datetime

from preview.diary import Bubble, Moved, Noted, Pressed, Said, Wrote
from tests.preview.wire import Wire

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
KEYS = {
    "inline_keyboard": [[{"text": "Go", "callback_data": "go"}, {"text": "Page", "url": "https://a.example"}]]
}


def bubble(number: int, text: str, *labels: str) -> Bubble:
    return Bubble(message_id=number, text=text, labels=(labels,) if labels else ())


async def test_a_conversation_is_told_in_order(met: Wire) -> None:
    sent = await met.result("sendMessage", chat_id=101, text="One", reply_markup=KEYS)
    number = sent["message_id"]
    await met.act("press", message_id=number, row=0, column=0, wait=0)
    await met.result("editMessageReplyMarkup", chat_id=101, message_id=number)
    await met.result("editMessageText", chat_id=101, message_id=number, text="Two")
    met.server.world.diary.note("jumped", "water/boil", person_id=101)
    met.server.world.diary.note("jumped", "water/boil", person_id=102)
    await met.http.post("/phone/clock", json={"seconds": 0})

    assert met.server.world.diary.of(101) == (
        Wrote(at=AT, person_id=101, bubble=bubble(1, "/start")),
        Said(at=AT, person_id=101, bubble=bubble(number, "One", "Go", "Page"), changed=False),
        Pressed(at=AT, person_id=101, message_id=number, label="Go"),
        Said(at=AT, person_id=101, bubble=bubble(number, "One"), changed=True, only_buttons=True),
        Said(at=AT, person_id=101, bubble=bubble(number, "Two"), changed=True),
        Noted(at=AT, person_id=101, what="jumped", words="water/boil"),
        Moved(at=AT),
    )


async def test_data_that_stand_on_no_button_are_no_press(met: Wire) -> None:
    sent = await met.result("sendMessage", chat_id=101, text="One", reply_markup=KEYS)

    await met.act("press", message_id=sent["message_id"], data="made up", wait=0)
    await met.act("press", message_id=9_999, data="go", wait=0)

    assert [entry for entry in met.server.world.diary.of(101) if isinstance(entry, Pressed)] == []
