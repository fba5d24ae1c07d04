import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from preview.movable_clock import MovableClock
from tests.preview.pictures import png
from tests.preview.wire import Wire


async def test_people_are_listed_and_added(wire: Wire) -> None:
    added = await wire.http.post("/phone/people", json={"name": "Iryna Koval", "language": "uk"})
    nameless = await wire.http.post("/phone/people", json={"name": " "})

    listed = (await wire.http.get("/phone/people")).json()["people"]

    assert (added.status_code, nameless.status_code) == (201, 400)
    assert [(p["id"], p["name"], p["language"]) for p in listed] == [
        (101, "Olena Bondar", "uk"), (102, "Petro", "en"), (5_000_001, "Iryna Koval", "uk"),
    ]  # fmt: skip


async def test_a_chat_shows_what_was_said(met: Wire) -> None:
    sent = await met.result(
        "sendMessage",
        chat_id=101,
        text="<b>Lesson</b> <a href='https://example.org'>1</a>",
        parse_mode="HTML",
        disable_notification=True,
        reply_parameters={"message_id": 1},
        reply_markup={"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]},
    )

    chat = await met.chat(after=1)

    (message,) = [shown for shown in chat["messages"] if shown["from_bot"]]
    revision = message.pop("revision")
    assert message == {
        "id": sent["message_id"],
        "from_bot": True,
        "date": 1_795_420_800,
        "edited": False,
        "silent": True,
        "text": "Lesson 1",
        "entities": [
            {"type": "bold", "offset": 0, "length": 6},
            {"type": "text_link", "offset": 7, "length": 1, "url": "https://example.org/"},
        ],
        "buttons": [[{"text": "Go", "callback_data": "go"}]],
        "photo": None,
        "document": None,
        "playing": None,
        "reply_to": 1,
        "reply_text": "/start",
        "reaction": None,
    }
    assert (await met.chat(after=revision))["messages"] == []


async def test_a_waiting_phone_sees_edits_and_deletions(met: Wire) -> None:
    sent = await met.result("sendMessage", chat_id=101, text="one")
    revision = (await met.chat())["revision"]

    waiting = asyncio.create_task(met.chat(after=revision, wait=10))
    await met.result("editMessageText", chat_id=101, message_id=sent["message_id"], text="two")
    changed = await waiting
    waiting = asyncio.create_task(met.chat(after=changed["revision"], wait=10))
    await met.result("deleteMessage", chat_id=101, message_id=sent["message_id"])
    gone = await waiting

    assert [(m["text"], m["edited"]) for m in changed["messages"]] == [("two", True)]
    assert (gone["messages"], gone["deleted"]) == ([], [sent["message_id"]])


async def test_a_press_waits_for_the_toast(met: Wire) -> None:
    keyboard = {
        "inline_keyboard": [[{"text": "Go", "callback_data": "go"}, {"text": "Web", "url": "https://a.b"}]]
    }
    sent = await met.result("sendMessage", chat_id=101, text="x", reply_markup=keyboard)
    place: dict[str, Any] = {"message_id": sent["message_id"], "row": 0}  # arguments by name

    pressing = asyncio.create_task(met.act("press", **place, column=0))
    (update,) = await met.updates(timeout=5)
    query = update["callback_query"]["id"]
    await met.result("answerCallbackQuery", callback_query_id=query, text="Noted", show_alert=True)

    assert await pressing == {"answered": True, "toast": "Noted", "alert": True, "url": None}
    assert (await met.act("press", **place, column=1))["url"] == "https://a.b"
    assert await met.act("press", **place, column=2) == {"error": "There is no such button."}


async def test_pictures_are_shown_and_documents_saved(met: Wire) -> None:
    await met.http.post("/phone/people/101/photo", files={"file": png(20, 10)}, data={"caption": "Fan"})
    await met.http.post("/phone/people/101/document", files={"file": ("a<b>.html", b"<script>")})
    broken = await met.http.post("/phone/people/101/photo", files={"file": b"text"})

    photo, paper = (await met.chat())["messages"][1:]
    picture = await met.http.get(photo["photo"]["url"])
    saved = await met.http.get(paper["document"]["url"])

    assert (picture.content, picture.headers["content-type"]) == (png(20, 10), "image/png")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"] == 'attachment; filename="a_b_.html"'
    assert broken.json() == {"error": "Bad Request: IMAGE_PROCESS_FAILED"}


async def test_a_blocked_bot_hears_nothing_but_the_block(met: Wire) -> None:
    await met.act("block")
    await met.act("block")
    refused = await met.act("text", text="x")
    await met.act("unblock")

    assert refused == {"error": "The bot is blocked. Unblock it first."}
    statuses = [u["my_chat_member"]["new_chat_member"]["status"] for u in await met.updates()]
    assert statuses == ["kicked", "member"]


@pytest.mark.parametrize(
    ("what", "values", "words"),
    [
        ("text", {"text": "  "}, "The message is empty."),
        ("text", {"text": "x" * 4097}, "A message holds 4,096 characters."),
        ("text", {"text": "x", "reply_to": 77}, "The message replied to is gone."),
        (
            "edit",
            {"message_id": 77, "text": "x"},
            "Only one's own messages can be changed, and not to nothing.",
        ),
    ],
)
async def test_what_a_phone_does_not_allow(
    met: Wire,
    what: str,
    values: dict[str, Any],
    words: str,  # arguments by name
) -> None:
    assert await met.act(what, **values) == {"error": words}
    assert (await met.act(what, person=999, **values)) == {"error": "There is no such person."}


class Story:
    """A mover with one lesson, which it delivers on the way."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self.lesson: datetime | None = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
        self.delivered: list[datetime] = []

    async def advance(self, *, to: datetime) -> None:
        if self.lesson is not None and self.lesson <= to:
            self._clock.set(self.lesson)
            self.delivered.append(self._clock())
            self.lesson = None
        self._clock.set(to)

    async def next_lesson_at(self) -> datetime | None:
        return self.lesson


@pytest.fixture
def story(wire: Wire) -> Story:
    made = Story(wire.clock)
    wire.server.mover = made
    return made


async def moved(wire: Wire, **values: object) -> str:
    answer = (await wire.http.post("/phone/clock", json=values)).json()
    return str(answer.get("now") or answer["error"])


async def test_the_clock_moves_through_its_mover(wire: Wire, story: Story) -> None:
    before = (await wire.http.get("/phone/clock")).json()
    steps = [
        await moved(wire, seconds=3600),
        await moved(wire, to="next_lesson"),
        await moved(wire, to="next_lesson"),
        await moved(wire, to="next_day"),
        await moved(wire, to="next_week"),
        await moved(wire, seconds=-5),
    ]

    assert before == {
        "now": "2026-11-23T08:00:00+00:00",
        "local": "2026-11-23T08:00:00+00:00",
        "zone": "UTC",
        "movable": True,
        "next_lesson": "2026-11-24T07:00:00+00:00",
    }
    assert steps == [
        "2026-11-23T09:00:00+00:00",
        "2026-11-24T07:00:00+00:00",
        "No lesson is planned.",
        "2026-11-25T07:00:00+00:00",
        "2026-12-02T07:00:00+00:00",
        "2026-12-02T07:00:00+00:00",
    ]
    assert story.delivered == [datetime(2026, 11, 24, 7, 0, tzinfo=UTC)]


def test_a_movable_clock_never_goes_back() -> None:
    clock = MovableClock(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
    clock.advance(timedelta(hours=1))

    with pytest.raises(ValueError, match="has passed"):
        clock.set(datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    with pytest.raises(ValueError, match="without a zone"):
        MovableClock(datetime(2026, 11, 23, 8, 0))  # noqa: DTZ001 - that is what is refused
    assert clock() == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
