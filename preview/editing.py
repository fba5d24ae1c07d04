"""Methods that change or take away what stands in a chat."""

from dataclasses import replace

from preview import limits
from preview.calls import Call
from preview.content import Formatted, caption, checked_caption, formatted, message_text, stored_file
from preview.markup import checked_markup
from preview.messages import Chat, Message, message_json
from preview.refusals import (
    DELETE_FORBIDDEN,
    DELETE_NOT_FOUND,
    EDIT_FORBIDDEN,
    EDIT_NO_CAPTION,
    EDIT_NO_ID,
    EDIT_NO_TEXT,
    EDIT_NOT_FOUND,
    EDITED_TEXT_TOO_LONG,
    MARKUP_JSON,
    NO_MEDIA,
    NOT_MODIFIED,
    bad_request,
)
from preview.world import World


async def edit_message_text(world: World, call: Call) -> object:
    """Carry out editMessageText."""
    said = message_text(call, too_long=EDITED_TEXT_TOO_LONG)
    chat, message = _to_edit(world, call)
    if message.has_media:
        raise bad_request(EDIT_NO_TEXT)
    return _keep(world, chat, message, _said(message, said, call=call))


async def edit_message_caption(world: World, call: Call) -> object:
    """Carry out editMessageCaption."""
    said = caption(call)
    chat, message = _to_edit(world, call)
    if not message.has_media:
        raise bad_request(EDIT_NO_CAPTION)
    return _keep(world, chat, message, _said(message, said, call=call))


async def edit_message_reply_markup(world: World, call: Call) -> object:
    """Carry out editMessageReplyMarkup; it leaves no "edited" behind."""
    markup = checked_markup(call.value("reply_markup", words=MARKUP_JSON))
    chat, message = _to_edit(world, call)
    return _keep(world, chat, message, replace(message, markup=markup), marked=False)


async def edit_message_media(world: World, call: Call) -> object:
    """Carry out editMessageMedia: another picture or document, with its caption."""
    media = call.value("media", words="can't parse media JSON object")
    if not isinstance(media, dict) or media.get("type") not in {"photo", "document"}:
        raise bad_request(NO_MEDIA)
    kind = str(media["type"])
    said = checked_caption(
        formatted(
            str(media.get("caption") or ""),
            parse_mode=str(media.get("parse_mode") or ""),
            entities=media.get("caption_entities"),
        )
    )
    chat, message = _to_edit(world, call)
    stored = stored_file(world, call.attached(str(media.get("media") or "")), kind=kind, missing=NO_MEDIA)
    changed = replace(
        _said(message, said, call=call),
        photo=stored if kind == "photo" else None,
        document=stored if kind == "document" else None,
        playing=None,
    )
    return _keep(world, chat, message, changed)


def _to_edit(world: World, call: Call) -> tuple[Chat, Message]:
    chat = world.chat(call.text("chat_id"))
    number = call.number("message_id")
    if number <= 0:
        raise bad_request(EDIT_NO_ID)
    message = chat.messages.get(number)
    if message is None:
        raise bad_request(EDIT_NOT_FOUND)
    if not message.from_bot:
        raise bad_request(EDIT_FORBIDDEN)
    world.writable_chat(call.text("chat_id"))
    return chat, message


def _said(message: Message, said: Formatted, *, call: Call) -> Message:
    """An edit without a keyboard takes the old one away, as Telegram does."""
    markup = checked_markup(call.value("reply_markup", words=MARKUP_JSON))
    return replace(message, text=said.text, entities=said.entities, markup=markup)


def _keep(world: World, chat: Chat, old: Message, new: Message, *, marked: bool = True) -> object:
    if _shown(old) == _shown(new):
        raise bad_request(NOT_MODIFIED)
    world.count_message(chat, edit=True)
    edited_at = max(world.now(), old.sent_at) if marked else old.edited_at
    kept = world.replace_message(chat, replace(new, edited_at=edited_at))
    return message_json(kept, chat=chat, bot=world.bot)


def _shown(message: Message) -> tuple[object, ...]:
    """What two messages must share to be the same to Telegram: content counts, not file ids."""
    photo, document, playing = message.photo, message.document, message.playing
    return (
        message.text,
        message.entities,
        photo and photo.unique_id,
        document and document.unique_id,
        playing and playing.unique_id,
        message.markup,
    )


async def delete_message(world: World, call: Call) -> object:
    """Carry out deleteMessage."""
    chat = world.chat(call.text("chat_id"))
    number = call.number("message_id")
    message = chat.messages.get(number)
    if message is None:
        raise bad_request(DELETE_NOT_FOUND)
    if world.now() - message.sent_at > limits.DELETE_SECONDS:
        raise bad_request(DELETE_FORBIDDEN)
    world.delete_message(chat, number)
    return True


async def delete_messages(world: World, call: Call) -> object:
    """Carry out deleteMessages: those that cannot be found are skipped."""
    chat = world.chat(call.text("chat_id"))
    numbers = call.value("message_ids", words="can't parse message identifiers JSON array")
    if not isinstance(numbers, list) or not numbers:
        raise bad_request("message identifiers are not specified")
    if len(numbers) > limits.DELETE_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    for number in numbers:
        if isinstance(number, int) and number in chat.messages:
            world.delete_message(chat, number)
    return True
