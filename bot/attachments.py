"""What goes along with the words: a picture, a recording, a film or a file, each by its own call.

Telegram takes 50 MB from a bot, 10 MB of them as a photo, and a voice message only as ogg with
Opus (Bot API, "Sending files", sendVoice). A course has less: `lessons.media_problems`.
"""

from dataclasses import dataclass
from typing import Literal, Protocol, TypedDict, assert_never

import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, MessageEntity, ReplyParameters

from bot.render import Payload
from lessons.recordings import Recording, recording


class MediaStore(Protocol):
    """Where the media of courses come from."""

    async def file_id(self, sha256: str) -> str | None:
        """Return Telegram's name of something this bot has uploaded before."""
        ...

    async def content(self, sha256: str) -> bytes | None:
        """Return the thing itself."""
        ...

    async def keep_file_id(self, sha256: str, file_id: str) -> None:
        """Remember Telegram's name, so that everything is uploaded once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What goes along with the words."""

    form: Literal["picture", "voice", "audio", "video", "file"]
    file: str | bytes
    """Telegram's name of it, or the bytes."""
    file_name: str = "picture.png"
    sha256: str = ""
    """Not empty for what belongs to a course."""


class Caption(TypedDict):
    """What every call that sends an attachment takes, whatever the call is named."""

    caption: str
    caption_entities: tuple[MessageEntity, ...]
    reply_markup: InlineKeyboardMarkup | None
    disable_notification: bool
    reply_parameters: ReplyParameters | None


def caption(made: Payload, *, silent: bool, reply_to: int | None) -> Caption:
    """Return the words below an attachment as the library takes them."""
    reply = None
    if reply_to is not None:
        reply = ReplyParameters(message_id=reply_to, allow_sending_without_reply=True)
    return Caption(
        caption=made.text,
        caption_entities=caption_entities(made),
        reply_markup=reply_markup(made),
        disable_notification=silent,
        reply_parameters=reply,
    )


def caption_entities(made: Payload) -> tuple[MessageEntity, ...]:
    """Return the formatting as the library takes it."""
    return tuple(MessageEntity(**entity) for entity in made.entities)


def reply_markup(made: Payload) -> InlineKeyboardMarkup | None:
    """Return the buttons as the library takes them."""
    if made.keyboard is None:
        return None
    rows = made.keyboard["inline_keyboard"]
    return InlineKeyboardMarkup([[InlineKeyboardButton(**button) for button in row] for row in rows])


async def send(
    bot: telegram.Bot, attachment: Attachment, *, address: int, below: Caption
) -> telegram.Message:
    """Send it and return the message; raises what the library raises."""
    file = _file(attachment)
    told = _told(attachment)
    match attachment.form:
        case "picture":
            return await bot.send_photo(address, file, **below)
        case "voice":
            return await bot.send_voice(address, file, duration=_whole(told), **below)
        case "audio":
            return await bot.send_audio(address, file, duration=_whole(told), **below)
        case "video":
            return await bot.send_video(
                address,
                file,
                duration=_whole(told),
                width=told.width or None if told else None,
                height=told.height or None if told else None,
                supports_streaming=True,
                **below,
            )
        case "file":
            # Without this a film or a song that is given as a file would turn into something to play.
            return await bot.send_document(address, file, disable_content_type_detection=True, **below)
        case _:
            assert_never(attachment.form)


def file_id_in(message: telegram.Message, attachment: Attachment) -> str | None:
    """Return what Telegram calls the thing just sent; None when Telegram made something else of it.

    A film without sound comes back as an animation, whose name is no good for the next sendVideo.
    """
    match attachment.form:
        case "picture":
            return message.photo[-1].file_id if message.photo else None
        case "voice":
            return message.voice.file_id if message.voice else None
        case "audio":
            return message.audio.file_id if message.audio else None
        case "video":
            return message.video.file_id if message.video else None
        case "file":
            return message.document.file_id if message.document else None
        case _:
            assert_never(attachment.form)


def _file(attachment: Attachment) -> str | InputFile:
    if isinstance(attachment.file, str):
        return attachment.file
    return InputFile(attachment.file, filename=attachment.file_name)


def _told(attachment: Attachment) -> Recording | None:
    """Return what a recording says of itself: Telegram shows length and shape from what the bot states."""
    if attachment.form in {"picture", "file"} or isinstance(attachment.file, str):
        return None
    return recording(attachment.file)


def _whole(told: Recording | None) -> int | None:
    return None if told is None or told.seconds is None else max(1, round(told.seconds))
