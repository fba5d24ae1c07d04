"""Methods that put something new into a chat."""

from preview import limits
from preview.calls import Call
from preview.content import Formatted, caption, message_text, replied_message, stored_file
from preview.files import Shape, StoredFile, Upload
from preview.markup import checked_markup
from preview.messages import Chat, Message, message_json
from preview.recordings import Played, made_of
from preview.refusals import (
    ANSWER_TOO_LONG,
    CHAT_ACTION,
    MARKUP_JSON,
    NO_DOCUMENT,
    NO_PHOTO,
    NO_PLAYED,
    QUERY_TOO_OLD,
    REACT_NOT_FOUND,
    REACTION,
    bad_request,
)
from preview.world import NEW, World

ACTION_SECONDS = 5.0
"""How long an action shows (Bot API, sendChatAction)."""
ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
        "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
    }
)  # fmt: skip


async def send_message(world: World, call: Call) -> object:
    """Carry out sendMessage."""
    chat = world.chat(call.text("chat_id"))
    return _send(world, call, chat=chat, said=message_text(call))


async def send_photo(world: World, call: Call) -> object:
    """Carry out sendPhoto."""
    chat = world.chat(call.text("chat_id"))
    said = caption(call)
    stored = stored_file(world, call.file("photo"), kind="photo", missing=NO_PHOTO)
    return _send(world, call, chat=chat, said=said, photo=stored)


async def send_document(world: World, call: Call) -> object:
    """Carry out sendDocument."""
    chat = world.chat(call.text("chat_id"))
    said = caption(call)
    stored = stored_file(world, call.file("document"), kind="document", missing=NO_DOCUMENT)
    return _send(world, call, chat=chat, said=said, document=stored)


async def send_voice(world: World, call: Call) -> object:
    """Carry out sendVoice."""
    return _send_played(world, call, asked="voice")


async def send_audio(world: World, call: Call) -> object:
    """Carry out sendAudio."""
    return _send_played(world, call, asked="audio")


async def send_video(world: World, call: Call) -> object:
    """Carry out sendVideo."""
    return _send_played(world, call, asked="video")


def _send_played(world: World, call: Call, *, asked: Played) -> object:
    chat = world.chat(call.text("chat_id"))
    said = caption(call)
    given = call.file(asked)
    if not isinstance(given, Upload):
        stored = stored_file(world, given, kind=asked, missing=NO_PLAYED.format(kind=asked))
        return _send(world, call, chat=chat, said=said, playing=stored)
    made = made_of(given, asked=asked)
    shape = Shape(seconds=call.number("duration"), width=call.number("width"), height=call.number("height"))
    stored = world.files.keep(given, kind=made.kind, mime=made.mime, shape=shape)
    if made.kind == "document":
        return _send(world, call, chat=chat, said=said, document=stored)
    return _send(world, call, chat=chat, said=said, playing=stored)


def _send(
    world: World,
    call: Call,
    *,
    chat: Chat,
    said: Formatted,
    photo: StoredFile | None = None,
    document: StoredFile | None = None,
    playing: StoredFile | None = None,
) -> object:
    markup = checked_markup(call.value("reply_markup", words=MARKUP_JSON))
    reply_to = replied_message(call, chat=chat)
    world.writable_chat(call.text("chat_id"))
    world.count_message(chat)
    if markup and "keyboard" in markup:
        chat.reply_keyboard = markup
    elif markup and markup.get("remove_keyboard"):
        chat.reply_keyboard = None
    message = world.add_message(
        chat,
        Message(
            id=NEW,
            from_bot=True,
            sent_at=NEW,
            revision=NEW,
            text=said.text,
            entities=said.entities,
            photo=photo,
            document=document,
            playing=playing,
            markup=markup if markup and "inline_keyboard" in markup else None,
            reply_to=reply_to,
            silent=call.flag("disable_notification"),
            protected=call.flag("protect_content"),
        ),
    )
    return message_json(message, chat=chat, bot=world.bot)


async def send_chat_action(world: World, call: Call) -> object:
    """Carry out sendChatAction."""
    chat = world.writable_chat(call.text("chat_id"))
    action = call.text("action").lower()
    if action not in ACTIONS:
        raise bad_request(CHAT_ACTION)
    chat.action = (action, world.monotonic() + ACTION_SECONDS)
    world.touch(chat)
    return True


async def set_message_reaction(world: World, call: Call) -> object:
    """Carry out setMessageReaction: one emoji, or none."""
    chat = world.writable_chat(call.text("chat_id"))
    number = call.number("message_id")
    if number not in chat.messages:
        raise bad_request(REACT_NOT_FOUND)
    match call.value("reaction", words="can't parse reaction types JSON object"):
        case None | []:
            chat.reactions.pop(number, None)
        case [{"type": "emoji", "emoji": str() as emoji}]:
            chat.reactions[number] = emoji
        case _:
            raise bad_request(REACTION)
    world.replace_message(chat, chat.messages[number])
    return True


async def answer_callback_query(world: World, call: Call) -> object:
    """Carry out answerCallbackQuery: once, and within 150 seconds of the server's time."""
    press = world.presses.get(call.text("callback_query_id"))
    if press is None or press.answered:
        raise bad_request(QUERY_TOO_OLD)
    if (world.clock() - press.at).total_seconds() > limits.CALLBACK_SECONDS:
        raise bad_request(QUERY_TOO_OLD)
    if len(call.text("text")) > limits.CALLBACK_ANSWER_CHARS:
        raise bad_request(ANSWER_TOO_LONG)
    press.answered = True
    press.toast = call.text("text")
    press.alert = call.flag("show_alert")
    press.url = call.text("url") or None
    world.changes.bump()
    return True
