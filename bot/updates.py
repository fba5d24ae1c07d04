"""What came in, read from a raw update: anything malformed is set aside, and nothing raises.

Plain values are read one by one instead of the library's objects: those enforce newly required
fields, so one update of a new kind would stop everything behind it. Sizes are bounded and
characters cleaned here, at the border, so that both databases keep the same text.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

from academy.screen import Screen
from bot.callback_data import decode
from bot.incoming import (
    Command,
    Edited,
    FileSent,
    Ignored,
    Incoming,
    OtherContent,
    PhotoSent,
    Reachability,
    Sender,
    Tap,
    Typed,
    VoiceSent,
)
from bot.limits import TEXT_UNITS
from bot.names import clean_name
from lessons.markup import RichText, Span, SpanKind

Json: TypeAlias = Mapping[str, object]

ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
"""Asked for by name, because the default leaves things out and changes with the server."""

MAX_ID: Final = 2**52
"""Bot API, User.id: at most 52 significant bits."""

DEEPEST: Final = 100
"""Objects within objects: Telegram's updates have about ten."""

_OTHER_CONTENT: Final = frozenset({
    "animation", "audio", "checklist", "contact", "dice", "document", "game", "live_photo", "location",
    "paid_media", "photo", "poll", "sticker", "story", "text", "venue", "video", "video_note", "voice",
})  # fmt: skip
VOICES: Final[tuple[Literal["voice", "audio"], ...]] = ("voice", "audio")
_LONGEST_VOICE_SECONDS: Final = 24 * 3600
_MEDIA: Final = ("photo", "video", "animation", "audio", "document", "voice", "video_note", "paid_media")
_SPAN_KINDS: Final[dict[str, SpanKind]] = {
    "bold": "bold",
    "italic": "italic",
    "code": "code",
    "pre": "code",
    "text_link": "link",
    "blockquote": "quote",
    "expandable_blockquote": "quote",
}


def parse(update: object) -> Incoming:
    """Return what this update means to us; `Ignored` with a reason for everything else.

    Only private chats count: what is said in a group is not for us.
    """
    if not isinstance(update, dict):
        return Ignored(reason="malformed")
    if isinstance(message := update.get("message"), dict):
        return _message(message)
    if isinstance(message := update.get("edited_message"), dict):
        return _edited(message)
    if isinstance(query := update.get("callback_query"), dict):
        return _tap(query)
    if isinstance(change := update.get("my_chat_member"), dict):
        return _membership(change)
    return Ignored(reason="kind")


def update_id(update: object) -> int | None:
    """Return the update's number, None when it has none that could be confirmed."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return (
        number if isinstance(number, int) and not isinstance(number, bool) and abs(number) < MAX_ID else None
    )


def is_too_deep(update: object, *, payload: str) -> bool:
    """Return whether lists lie in lists so deep that whoever reads `payload` later would fail."""
    if payload.count("[") + payload.count("{") <= DEEPEST:
        # The usual case, for the price of two looks at the text.
        return False
    level: list[dict[str, object] | list[object]] = [update] if isinstance(update, (dict, list)) else []
    for _ in range(DEEPEST):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def without_our_words(update: object) -> object:
    """Return the update without what we said and it brings back: the message replied to or pressed.

    We know our own words, and they name other people: kept under this sender, they would outlive
    their erasure.
    """
    if not isinstance(update, dict):
        return update
    kept = dict(update)
    for name in ("message", "edited_message"):
        if isinstance(message := kept.get(name), dict) and "reply_to_message" in message:
            kept[name] = message | {"reply_to_message": _without_words(message["reply_to_message"])}
    if isinstance(query := kept.get("callback_query"), dict) and "message" in query:
        kept["callback_query"] = query | {"message": _without_words(query["message"])}
    return kept


def _without_words(message: object) -> object:
    if not isinstance(message, dict):
        return None
    kept: dict[str, object] = {key: message[key] for key in ("message_id", "date", "chat") if key in message}
    return kept | {kind: True for kind in _MEDIA if kind in message}


def sender_address(update: object) -> int:
    """Return whose update it is, for the order of handling; 0 when nobody can be named."""
    if not isinstance(update, dict):
        return 0
    for kind in ALLOWED_UPDATES:
        part = update.get(kind)
        if isinstance(part, dict):
            sender = _sender(part.get("from"))
            return sender.address if sender is not None else 0
    return 0


def rich_text(text: object, found: object) -> RichText:
    """Return a typed text with the formatting we know; code points instead of UTF-16 units."""
    if not isinstance(text, str):
        return RichText("")
    text = "".join("\ufffd" if _is_half(character) else character for character in text[:TEXT_UNITS])
    if not isinstance(found, list) or not found:
        return RichText(text)
    places = _code_points(text)
    spans = [span for entity in found[:100] if (span := _span(entity, places)) is not None]
    return RichText(text, _nested(spans))


def _message(message: Json) -> Incoming:
    sender = _private_sender(message)
    if isinstance(sender, Ignored):
        return sender
    message_id = _number(message.get("message_id"))
    if message_id is None:
        return Ignored(reason="malformed")
    text = message.get("text")
    if isinstance(text, str) and text:
        if text.startswith("/") and (command := _command(text, sender, message_id)) is not None:
            return command
        return Typed(
            sender=sender,
            text=rich_text(text, message.get("entities")),
            message_id=message_id,
            reply_to=_reply_to(message),
        )
    if (photo := _largest_photo(message.get("photo"))) is not None:
        return PhotoSent(
            sender=sender,
            file_id=photo,
            caption=rich_text(message.get("caption"), message.get("caption_entities")),
            message_id=message_id,
            reply_to=_reply_to(message),
        )
    if (voice := _voice(message, sender, message_id)) is not None:
        return voice
    if "animation" not in message and (file := _document(message, sender, message_id)) is not None:
        return file
    if not _OTHER_CONTENT.isdisjoint(message):
        return OtherContent(sender=sender, message_id=message_id)
    return Ignored(reason="service message")


def _edited(message: Json) -> Incoming:
    """Return the changed text; every other change is none that anybody waits for."""
    sender = _private_sender(message)
    if isinstance(sender, Ignored):
        return sender
    message_id = _number(message.get("message_id"))
    if message_id is None:
        return Ignored(reason="malformed")
    text = message.get("text")
    if not isinstance(text, str) or not text:
        return Ignored(reason="edit")
    return Edited(sender=sender, text=rich_text(text, message.get("entities")), message_id=message_id)


def _voice(message: Json, sender: Sender, message_id: int) -> VoiceSent | None:
    for kind in VOICES:
        found = message.get(kind)
        file_id = found.get("file_id") if isinstance(found, dict) else None
        if isinstance(found, dict) and isinstance(file_id, str) and _is_file_id(file_id):
            said = found.get("duration")
            seconds = said if isinstance(said, int) and not isinstance(said, bool) else 0
            return VoiceSent(
                sender=sender,
                file_id=file_id,
                kind=kind,
                seconds=min(max(seconds, 0), _LONGEST_VOICE_SECONDS),
                message_id=message_id,
            )
    return None


def _tap(query: Json) -> Incoming:
    callback_id = query.get("id")
    sender = _sender(query.get("from"))
    if not isinstance(callback_id, str) or not 0 < len(callback_id) <= 64 or sender is None:
        return Ignored(reason="malformed")
    message = query.get("message")
    message = message if isinstance(message, dict) else {}
    if message and not _is_private_with(message.get("chat"), sender.address):
        # Somebody presses a button in a group: answered, so that it stops spinning, and nothing else.
        return Tap(sender=sender, callback_id=callback_id, press=None, screen=None)
    pressed = query.get("data")
    return Tap(
        sender=sender,
        callback_id=callback_id,
        press=decode(pressed) if isinstance(pressed, str) and _is_whole(pressed) else None,
        screen=_screen(message),
    )


def _membership(change: Json) -> Incoming:
    sender = _sender(change.get("from"))
    now = change.get("new_chat_member")
    status = now.get("status") if isinstance(now, dict) else None
    if sender is None or not isinstance(status, str):
        return Ignored(reason="malformed")
    if not _is_private_with(change.get("chat"), sender.address):
        return Ignored(reason="group", leave_chat=_added_to(change.get("chat"), status))
    return Reachability(sender=sender, reachable=status == "member")


def _added_to(chat: object, status: str) -> int | None:
    number = chat.get("id") if isinstance(chat, dict) else None
    if status not in {"member", "administrator"} or not isinstance(number, int) or isinstance(number, bool):
        return None
    return number if -MAX_ID < number < 0 else None


def _private_sender(message: Json) -> Sender | Ignored:
    sender = _sender(message.get("from"))
    if sender is None:
        return Ignored(reason="no sender")
    if "sender_chat" in message or not _is_private_with(message.get("chat"), sender.address):
        return Ignored(reason="group")
    return sender


def _sender(person: object) -> Sender | None:
    if not isinstance(person, dict) or person.get("is_bot") is True:
        return None
    address = _number(person.get("id"))
    if address is None:
        return None
    parts = (person.get("first_name"), person.get("last_name"))
    language = person.get("language_code")
    return Sender(
        address=address,
        name=clean_name(" ".join(part for part in parts if isinstance(part, str))),
        language=language if isinstance(language, str) and _is_language(language) else "",
    )


def _is_language(tag: str) -> bool:
    return 0 < len(tag) <= 16 and tag.isascii() and tag.replace("-", "").replace("_", "").isalnum()


def _is_private_with(chat: object, address: int) -> bool:
    return isinstance(chat, dict) and chat.get("type") == "private" and chat.get("id") == address


def _number(value: object) -> int | None:
    """Return a positive identifier; True is no number here."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < MAX_ID:
        return None
    return value


def _command(text: str, sender: Sender, message_id: int) -> Command | None:
    first, _, rest = text[1:TEXT_UNITS].partition(" ")
    first, line_break, further = first.partition("\n")
    name = first.partition("@")[0].lower()
    if not name or not name.isascii() or not name.replace("_", "").isalnum() or len(name) > 32:
        return None
    argument = f"{further} {rest}" if line_break else rest
    cleaned = "".join(character for character in argument if not _is_half(character))
    return Command(sender=sender, name=name, argument=cleaned.strip(), message_id=message_id)


def _reply_to(message: Json) -> int | None:
    replied = message.get("reply_to_message")
    return _number(replied.get("message_id")) if isinstance(replied, dict) else None


def _largest_photo(sizes: object) -> str | None:
    if not isinstance(sizes, list):
        return None
    file_ids = [size.get("file_id") for size in sizes[:20] if isinstance(size, dict)]
    usable = [file_id for file_id in file_ids if isinstance(file_id, str) and _is_file_id(file_id)]
    # Telegram lists sizes from the smallest to the largest.
    return usable[-1] if usable else None


def _is_file_id(file_id: str) -> bool:
    return 0 < len(file_id) <= 256 and file_id.isascii() and file_id.isprintable()


def _document(message: Json, sender: Sender, message_id: int) -> FileSent | None:
    document = message.get("document")
    if not isinstance(document, dict):
        return None
    file_id = document.get("file_id")
    if not isinstance(file_id, str) or not _is_file_id(file_id):
        return None
    name = document.get("file_name")
    size = document.get("file_size")
    return FileSent(
        sender=sender,
        file_id=file_id,
        file_name=clean_name(name, max_letters=255) if isinstance(name, str) else "",
        size_bytes=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else 0,
        message_id=message_id,
        forwarded="forward_origin" in message or "forward_date" in message,
    )


def _screen(message: Json) -> Screen | None:
    message_id = _number(message.get("message_id"))
    # Date 0 marks a message Telegram does not show us any more, and which cannot be edited.
    if message_id is None or not message.get("date"):
        return None
    return Screen(message_id=message_id, has_media=any(kind in message for kind in _MEDIA))


def _is_half(character: str) -> bool:
    return character == "\0" or "\ud800" <= character <= "\udfff"


def _is_whole(text: str) -> bool:
    return not any(map(_is_half, text))


def _code_points(text: str) -> dict[int, int]:
    """Return for each UTF-16 place at which a character begins (or the text ends) its code point."""
    places: dict[int, int] = {}
    unit = 0
    for position, character in enumerate(text):
        places[unit] = position
        unit += 2 if character > "\uffff" else 1
    places[unit] = len(text)
    return places


def _span(entity: object, places: Mapping[int, int]) -> Span | None:
    if not isinstance(entity, dict):
        return None
    kind = _SPAN_KINDS.get(name) if isinstance(name := entity.get("type"), str) else None
    offset, length = entity.get("offset"), entity.get("length")
    if kind is None or not isinstance(offset, int) or not isinstance(length, int):
        return None
    start, end = places.get(offset), places.get(offset + length)
    if start is None or end is None or end <= start:
        return None
    url = entity.get("url") if kind == "link" else None
    if kind == "link" and not (isinstance(url, str) and url.startswith("https://") and _is_whole(url)):
        return None
    return Span(start=start, length=end - start, kind=kind, url=url if isinstance(url, str) else None)


def _nested(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans in order of their start, without those that would cross an earlier one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.length)):
        end = span.start + span.length
        if all(
            end <= other.start + other.length or span.start >= other.start + other.length for other in kept
        ):
            kept.append(span)
    return tuple(kept)
