"""aiogram and python-telegram-bot talk to the server as they would to Telegram.

aiogram takes seconds to import, and every process of the tests reads this file: only a test that
talks through it imports it.
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
import telegram
from telegram.request import HTTPXRequest

from preview.faults import FloodWait
from tests.lessons.media_files import mp3, mp4, ogg
from tests.preview.pictures import png
from tests.preview.strictness import unknown_fields
from tests.preview.wire import Wire

if TYPE_CHECKING:
    from aiogram import Bot
    from aiogram.types import InlineKeyboardMarkup, Update


def keyboard() -> "InlineKeyboardMarkup":
    from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text="Yes", callback_data="yes", style="primary")],
            [InlineKeyboardButton(text="Read", url="https://example.org")],
        ]
    )


@pytest.fixture
async def aiogram_bot(wire: Wire) -> "AsyncIterator[Bot]":
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    session = AiohttpSession(api=TelegramAPIServer.from_base(wire.server.url))
    async with Bot(wire.server.token, session=session) as bot:
        yield bot


async def fetched(bot: "Bot", *, offset: int | None = None) -> "list[Update]":
    updates = await bot.get_updates(offset=offset, timeout=0)
    assert [field for update in updates for field in unknown_fields(update)] == []
    return updates


@pytest.mark.long
async def test_aiogram_reads_what_a_person_does(wire: Wire, aiogram_bot: "Bot") -> None:
    await wire.act("text", text="/start K7Q4MX")
    sent = await aiogram_bot.send_message(101, "<b>Hello</b> 🌞", parse_mode="HTML", reply_markup=keyboard())
    await wire.act("text", text="Why?", reply_to=sent.message_id)
    await wire.act("press", message_id=sent.message_id, row=0, column=0, wait="0.01")
    await wire.act("press", message_id=77, data="gone", wait="0.01")
    await wire.http.post("/phone/people/101/photo", files={"file": png(200, 100)}, data={"caption": "Fan"})
    await wire.http.post("/phone/people/101/document", files={"file": ("course.yaml", b"id: x")})
    await wire.act("edit", message_id=1, text="/start again")
    await wire.act("block")
    await wire.act("unblock")

    updates = await fetched(aiogram_bot)

    assert [update.event_type for update in updates] == [
        "message", "message", "callback_query", "callback_query", "message", "message",
        "edited_message", "my_chat_member", "my_chat_member",
    ]  # fmt: skip
    events: list[Any] = [update.event for update in updates]  # each is another type
    start, reply, press, old, photo, document, edited, left, back = events
    assert (start.text, start.entities[0].type) == ("/start K7Q4MX", "bot_command")
    assert start.from_user.language_code == "uk"
    assert reply.reply_to_message.text == "Hello 🌞"
    assert (press.data, press.message.message_id) == ("yes", sent.message_id)
    assert old.message.date == 0
    assert (photo.caption, [(size.width, size.height) for size in photo.photo]) == (
        "Fan",
        [(90, 45), (200, 100)],
    )
    assert document.document.file_name == "course.yaml"
    assert edited.text == "/start again"
    assert (left.new_chat_member.status, back.new_chat_member.status) == ("kicked", "member")


async def test_aiogram_sends_edits_and_answers(wire: Wire, aiogram_bot: "Bot") -> None:
    from aiogram.types import BufferedInputFile, InputMediaPhoto, ReactionTypeEmoji

    await wire.act("text", text="/start")
    text = await aiogram_bot.send_message(101, "One", reply_markup=keyboard())
    picture = BufferedInputFile(png(40, 30), "fan.png")
    photo: Any = await aiogram_bot.send_photo(101, picture, caption="<i>Fan</i>", parse_mode="HTML")
    again: Any = await aiogram_bot.send_photo(101, photo.photo[-1].file_id)
    paper = await aiogram_bot.send_document(101, BufferedInputFile(b"a,b", "report.csv"))
    edited: Any = await aiogram_bot.edit_message_text("Two", chat_id=101, message_id=text.message_id)
    caption: Any = await aiogram_bot.edit_message_caption(
        chat_id=101, message_id=photo.message_id, caption="Ventilator"
    )
    media: Any = await aiogram_bot.edit_message_media(
        InputMediaPhoto(media=BufferedInputFile(png(50, 50), "new.png"), caption="New"),
        chat_id=101,
        message_id=again.message_id,
    )
    marked: Any = await aiogram_bot.edit_message_reply_markup(
        chat_id=101, message_id=text.message_id, reply_markup=keyboard()
    )

    for message in (text, photo, again, paper, edited, caption, media, marked):
        assert list(unknown_fields(message)) == []
    assert again.photo[-1].file_unique_id == photo.photo[-1].file_unique_id
    assert (edited.text, edited.reply_markup, edited.edit_date is None) == ("Two", None, False)
    shown = (await wire.chat())["messages"]
    assert [(m["text"], m["edited"]) for m in shown] == [
        ("/start", False), ("Two", True), ("Ventilator", True), ("New", True), ("", False),
    ]  # fmt: skip
    assert (shown[3]["photo"]["width"], shown[4]["document"]["name"]) == (50, "report.csv")
    assert await aiogram_bot.delete_message(101, text.message_id)
    assert await aiogram_bot.delete_messages(101, [photo.message_id, 77])
    assert await aiogram_bot.send_chat_action(101, "typing")
    assert await aiogram_bot.set_message_reaction(101, 1, [ReactionTypeEmoji(emoji="👍")])
    assert (await wire.chat())["messages"][0]["reaction"] == "👍"


async def test_aiogram_knows_every_kind_of_recording(wire: Wire, aiogram_bot: "Bot") -> None:
    from aiogram.types import BufferedInputFile

    await wire.act("text", text="/start")
    voice: Any = await aiogram_bot.send_voice(101, BufferedInputFile(ogg(), "a.ogg"), duration=2)
    audio: Any = await aiogram_bot.send_audio(101, BufferedInputFile(mp3(), "b.mp3"))
    video: Any = await aiogram_bot.send_video(101, BufferedInputFile(mp4(), "v.mp4"), caption="Turn")
    silent: Any = await aiogram_bot.send_video(101, BufferedInputFile(mp4(sound=False), "s.mp4"))
    again: Any = await aiogram_bot.send_voice(101, voice.voice.file_id)
    edited: Any = await aiogram_bot.edit_message_caption(
        chat_id=101, message_id=video.message_id, caption="Turn it"
    )

    for message in (voice, audio, video, silent, again, edited):
        assert list(unknown_fields(message)) == []
    assert again.voice.file_unique_id == voice.voice.file_unique_id
    assert (edited.caption, edited.video.file_unique_id) == ("Turn it", video.video.file_unique_id)
    assert silent.animation.file_id == silent.document.file_id


async def test_aiogram_downloads_what_a_person_uploads(wire: Wire, aiogram_bot: "Bot") -> None:
    content = b"title: A course\n" * 9000
    await wire.http.post("/phone/people/101/document", files={"file": ("course.yaml", content)})
    (update,) = await fetched(aiogram_bot)
    event: Any = update.event  # a Message

    file = await aiogram_bot.get_file(event.document.file_id)
    got = await aiogram_bot.download_file(file.file_path or "")

    assert list(unknown_fields(file)) == []
    assert got is not None
    assert got.read() == content


async def test_aiogram_reads_the_profile_back(wire: Wire, aiogram_bot: "Bot") -> None:
    from aiogram.types import BotCommand, BotCommandScopeChat, MenuButtonCommands

    today = [BotCommand(command="today", description="Today's lesson")]
    inbox = [BotCommand(command="inbox", description="Questions")]
    await aiogram_bot.set_my_commands(today, language_code="uk")
    await aiogram_bot.set_my_commands(inbox, scope=BotCommandScopeChat(chat_id=102))
    await aiogram_bot.set_my_description("Short lessons", language_code="uk")
    await aiogram_bot.set_my_short_description("Lessons")
    await aiogram_bot.set_chat_menu_button(menu_button=MenuButtonCommands())

    answers = [
        await aiogram_bot.get_me(),
        await aiogram_bot.get_chat(101),
        await aiogram_bot.get_my_description(language_code="uk"),
        await aiogram_bot.get_my_short_description(),
        await aiogram_bot.get_chat_menu_button(),
        await aiogram_bot.get_webhook_info(),
    ]
    for answer in answers:
        assert list(unknown_fields(answer)) == []
    (command,) = await aiogram_bot.get_my_commands(language_code="uk")
    assert (command.command, command.description) == ("today", "Today's lesson")
    assert await aiogram_bot.get_my_commands() == []
    assert (await wire.chat())["commands"] == [{"command": "today", "description": "Today's lesson"}]
    assert (await wire.chat(person=102))["commands"] == [{"command": "inbox", "description": "Questions"}]
    assert (await wire.chat())["bot"]["description"] == "Short lessons"
    await aiogram_bot.delete_my_commands(language_code="uk")
    assert (await wire.chat())["commands"] == []


async def test_aiogram_knows_the_refusals(wire: Wire, aiogram_bot: "Bot") -> None:
    from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter

    await wire.act("text", text="/start")
    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await aiogram_bot.send_message(101, "x" * 4097)
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await aiogram_bot.send_message(102, "x")
    wire.server.faults.next("sendMessage", FloodWait(seconds=7))
    with pytest.raises(TelegramRetryAfter) as raised:
        await aiogram_bot.send_message(101, "x")
    assert raised.value.retry_after == 7


async def test_python_telegram_bot_works(wire: Wire) -> None:
    request = HTTPXRequest()
    bot = telegram.Bot(
        wire.server.token,
        base_url=f"{wire.server.url}/bot",
        base_file_url=f"{wire.server.url}/file/bot",
        request=request,
        get_updates_request=HTTPXRequest(),
    )
    async with bot:
        await wire.act("text", text="/start")
        keyboard = telegram.InlineKeyboardMarkup(
            [[telegram.InlineKeyboardButton("Yes", callback_data="yes")]]
        )
        entities = [telegram.MessageEntity("bold", 0, 5)]
        sent = await bot.send_message(101, "Hello Olena", entities=entities, reply_markup=keyboard)
        photo = await bot.send_photo(101, png(30, 20), caption="Fan")
        await wire.act("press", message_id=sent.message_id, row=0, column=0, wait="0.01")
        updates: Any = await bot.get_updates(timeout=0)  # what they hold is asserted
        start, press = updates

        assert bot.username == "dusal_preview_bot"
        assert (start.message.text, press.callback_query.data) == ("/start", "yes")
        assert await bot.answer_callback_query(press.callback_query.id, "Noted")
        edited: Any = await bot.edit_message_text("Bye", chat_id=101, message_id=sent.message_id)
        assert (edited.text, photo.photo[-1].width, dict(sent.api_kwargs)) == ("Bye", 30, {})
        file = await bot.get_file(photo.photo[-1].file_id)
        assert bytes(await file.download_as_bytearray()) == png(30, 20)
        with pytest.raises(telegram.error.BadRequest, match=r"(?i)message is not modified"):
            await bot.edit_message_text("Bye", chat_id=101, message_id=sent.message_id)
