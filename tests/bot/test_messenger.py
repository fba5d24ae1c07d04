"""The messenger with the real library against the preview's Bot API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from academy.facts import AcademyFacts
from academy.messages import Message
from academy.messages.facilitating import Announcement, Notice
from academy.messages.joining import MyData
from academy.messages.learning import CardShown, LessonStarted, Picture
from academy.messenger import NotSent, Outcome, Recipient, Refused, Sent, Uncertain
from academy.outgoing import Delete, Outgoing, RemoveButtons, Screen, Show
from bot.messenger import TelegramMessenger
from bot.transport import AiohttpTransport
from lessons.markup import RichText, Span
from preview.faults import BadJson, CutAfter, CutBefore, ErrorAfter, ErrorBefore, Fault, FloodWait, RefuseWith
from preview.limits import NO_RATE_LIMITS
from preview.movable_clock import MovableClock
from preview.people import Person
from preview.phone_client import Phone, Phones
from preview.server import PreviewServer
from tests.loopback import bot_at
from tests.preview.pictures import png

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
OLENA = Person(id=101, first_name="Olena", language_code="en")
TO = Recipient(person_id=1, address=101, language="en")
FAN = "f" * 64


PNG = png(8, 8)


@dataclass
class Shelf:
    """Media in memory."""

    file_ids: dict[str, str] = field(default_factory=dict)
    content_: dict[str, bytes] = field(default_factory=lambda: {FAN: PNG})
    broken: bool = False

    async def file_id(self, sha256: str) -> str | None:
        return self.file_ids.get(sha256)

    async def content(self, sha256: str) -> bytes | None:
        return self.content_.get(sha256)

    async def keep_file_id(self, sha256: str, file_id: str) -> None:
        if self.broken:
            raise OSError("the disk is full")
        self.file_ids[sha256] = file_id


@dataclass
class Line:
    """A messenger, the phone at the other end, and the server between them."""

    messenger: TelegramMessenger
    phone: Phone
    server: PreviewServer
    shelf: Shelf

    async def say(self, outgoing: Outgoing) -> Outcome:
        return await self.messenger.send(outgoing, TO, now=NOW)

    async def new(self, message: Message, **how: Any) -> int:  # fields of Show
        outcome = await self.say(Show(message=message, **how))
        assert isinstance(outcome, Sent), outcome
        assert outcome.message_id is not None
        return outcome.message_id

    def calls(self) -> list[str]:
        return [call.method.lower() for call in self.server.requests]


async def draw(svg: str) -> bytes | None:
    return PNG if "<svg" in svg else None


@asynccontextmanager
async def line(*, started: bool = True) -> AsyncIterator[Line]:
    async with (
        PreviewServer(clock=MovableClock(NOW), people=(OLENA,), rate_limits=NO_RATE_LIMITS) as server,
        AiohttpTransport(read_seconds=2) as transport,
        Phones(server.url) as phones,
    ):
        phone = await phones.add("Olena", number=101)
        if started:
            await phone.write("/start")
        shelf = Shelf()
        messenger = TelegramMessenger(
            bot_at(server.url, token=server.token, over=transport),
            academy=lambda: AcademyFacts(name="Lviv"),
            media=shelf,
            draw=draw,
        )
        yield Line(messenger, phone, server, shelf)


def card(text: str, *, picture: bool = False, **more: Any) -> CardShown:  # fields of CardShown
    shown = Picture(sha256=FAN, alt="A fan", size_bytes=100) if picture else None
    return CardShown(
        assignment_id=71,
        step=0,
        lesson=1,
        lessons=10,
        card=1,
        cards=3,
        title="What runs at night?",
        text=RichText(text),
        picture=shown,
        **more,
    )


async def test_an_announcement_is_shown_letter_by_letter() -> None:
    text = RichText("😀 <b>Look</b> at the plan", (Span(start=2, length=11, kind="bold"),))
    async with line() as at:
        number = await at.new(Announcement(text=text), silent=False)

        shown = await at.phone.last()
        call = at.server.requests[-1]
    assert (shown.id, shown.text, shown.silent) == (number, "😀 <b>Look</b> at the plan", False)
    assert call.values["entities"] == [{"length": 11, "offset": 3, "type": "bold"}]


async def test_a_card_has_its_buttons_and_arrives_silently() -> None:
    async with line() as at:
        await at.new(card("Your building works the night shift too."))

        shown = await at.phone.last()
    assert "Your building works the night shift too." in shown.text
    assert shown.labels == (("Continue",),)
    assert shown.silent


async def test_an_edit_replaces_a_text_in_place() -> None:
    async with line() as at:
        number = await at.new(card("First."))

        outcome = await at.say(
            Show(
                message=LessonStarted(lesson=1, lessons=10, title="Night"),
                edits=Screen(message_id=number, has_media=False),
            )
        )

        shown = [message for message in await at.phone.messages() if message.from_bot]
    assert outcome == Sent(message_id=None)
    assert [(message.id, message.edited, message.labels) for message in shown] == [(number, True, ())]


async def test_editing_twice_and_editing_what_is_gone_is_done() -> None:
    started = LessonStarted(lesson=1, lessons=10, title="Night")
    async with line() as at:
        number = await at.new(card("First."))
        screen = Screen(message_id=number, has_media=False)

        twice = [await at.say(Show(message=started, edits=screen)) for _ in range(2)]
        buttons = [await at.say(RemoveButtons(screen=screen)) for _ in range(2)]
        gone = [await at.say(Delete(message_id=number)) for _ in range(2)]
        after = await at.say(Show(message=card("Again."), edits=screen))

    assert [*twice, *buttons, *gone, after] == [Sent(message_id=None)] * 7


async def test_a_picture_is_uploaded_once() -> None:
    async with line() as at:
        await at.new(card("Listen in the corridor.", picture=True))
        await at.new(card("Listen in the corridor.", picture=True))

        uploads = [bool(call.uploads) for call in at.server.requests if call.method.lower() == "sendphoto"]
        shown = await at.phone.last()
    assert uploads == [True, False]
    assert shown.has_photo
    assert "Listen in the corridor." in shown.text


async def test_a_picture_named_by_another_bot_is_uploaded_again() -> None:
    async with line() as at:
        at.shelf.file_ids[FAN] = "AgACforeign"

        await at.new(card("Listen.", picture=True))

        assert at.shelf.file_ids[FAN] != "AgACforeign"
        assert at.calls() == ["sendphoto", "sendphoto"]


async def test_a_name_that_cannot_be_kept_does_not_spoil_what_was_sent() -> None:
    async with line() as at:
        at.shelf.broken = True

        number = await at.new(card("Listen.", picture=True))

    assert number > 0


async def test_without_its_picture_a_card_is_still_said() -> None:
    async with line() as at:
        at.shelf.content_.clear()

        await at.new(card("Listen.", picture=True))

        shown = await at.phone.last()
    assert not shown.has_photo
    assert "Listen." in shown.text


async def test_a_caption_is_edited_and_the_picture_stays() -> None:
    async with line() as at:
        number = await at.new(card("Listen.", picture=True))

        outcome = await at.say(
            Show(message=card("Heard it?"), edits=Screen(message_id=number, has_media=True))
        )

        shown = await at.phone.last()
    assert outcome == Sent(message_id=None)
    assert (shown.id, shown.has_photo) == (number, True)
    assert "Heard it?" in shown.text


async def test_a_text_that_becomes_a_picture_is_said_anew_and_the_old_buttons_go() -> None:
    async with line() as at:
        number = await at.new(card("Listen."))

        outcome = await at.say(
            Show(message=card("Look.", picture=True), edits=Screen(message_id=number, has_media=False))
        )

        shown = [message for message in await at.phone.messages() if message.from_bot]
    assert outcome == Sent(message_id=shown[1].id)
    assert [(message.has_photo, message.labels) for message in shown] == [
        (False, ()),
        (True, (("Continue",),)),
    ]


async def test_an_export_is_a_file() -> None:
    async with line() as at:
        await at.new(MyData(document='{"name": "Олена"}'))

        shown = await at.phone.last()
        assert shown.document is not None
        content = await at.phone.file(shown.document)
    assert content.decode() == '{"name": "Олена"}'


async def test_an_answer_quotes_the_question_if_it_is_still_there() -> None:
    async with line() as at:
        question = (await at.phone.messages())[0].id
        notice = Notice(what="cancelled")

        await at.new(notice, reply_to=question)
        await at.new(notice, reply_to=4_000_000)

        shown = [message.reply_to for message in await at.phone.messages() if message.from_bot]
    assert shown == [question, None]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (FloodWait(seconds=7), NotSent(reason="too many requests", retry_after_seconds=7.0)),
        (
            RefuseWith(code=403, description="Forbidden: bot was blocked by the user"),
            Refused(reason="blocked", detail="Forbidden: bot was blocked by the user", unreachable=True),
        ),
        (
            RefuseWith(code=401, description="Unauthorized"),
            Refused(reason="token", detail="the token was refused"),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_refusals_are_told_apart(fault: Fault, outcome: Outcome) -> None:
    async with line() as at:
        at.server.faults.next("sendMessage", fault)

        assert await at.say(Show(message=Notice(what="cancelled"))) == outcome


@pytest.mark.parametrize("fault", [CutBefore(), CutAfter(), ErrorBefore(), ErrorAfter(), BadJson()])
async def test_whatever_may_have_arrived_is_uncertain_and_not_repeated(fault: Fault) -> None:
    async with line() as at:
        at.server.faults.next("sendMessage", fault)

        outcome = await at.say(Show(message=Notice(what="cancelled")))

        assert isinstance(outcome, Uncertain)
        assert at.calls() == ["sendmessage"]


async def test_formatting_that_is_refused_is_left_out() -> None:
    text = RichText("Look at the plan", (Span(start=0, length=4, kind="bold"),))
    async with line() as at:
        at.server.faults.next(
            "sendMessage", RefuseWith(code=400, description="Bad Request: can't parse entities: no")
        )

        await at.new(Announcement(text=text))

        shown = await at.phone.last()
        entities = [call.values.get("entities") for call in at.server.requests]
    assert shown.text == "Look at the plan"
    assert entities == [[{"type": "bold", "offset": 0, "length": 4}], None]


async def test_somebody_who_never_wrote_or_blocked_us_is_out_of_reach() -> None:
    async with line() as at:
        await at.phone.block()
        blocked = await at.say(Show(message=Notice(what="cancelled")))
        unknown = await at.messenger.send(
            Show(message=Notice(what="cancelled")),
            Recipient(person_id=2, address=999, language=""),
            now=NOW,
        )

    assert isinstance(blocked, Refused)
    assert blocked.unreachable
    assert unknown == Refused(reason="not_found", detail="Chat not found", unreachable=True)


async def test_a_screen_that_cannot_be_drawn_is_refused_and_named() -> None:
    broken = card("x")
    object.__setattr__(broken, "step", -1)  # buttons carry no negative numbers
    async with line() as at:
        outcome = await at.say(Show(message=broken))

        assert outcome == Refused(reason="refused", detail="cannot be shown: ValueError")
        assert at.calls() == []
