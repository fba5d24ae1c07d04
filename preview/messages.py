"""What stands in a chat, and how the bot and the phone each see it."""

from dataclasses import dataclass, field

from preview.entities import Entity
from preview.files import StoredFile
from preview.people import BotAccount, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; an edit replaces it by a changed copy."""

    id: int
    from_bot: bool
    sent_at: int
    """Seconds since 1970, by the server's clock."""
    revision: int
    """When it last changed, in the count of `Changes`."""
    text: str = ""
    """The text, or the caption of a picture or document."""
    entities: tuple[Entity, ...] = ()
    photo: StoredFile | None = None
    document: StoredFile | None = None
    playing: StoredFile | None = None
    """A voice message, an audio, a video or an animation."""
    markup: dict[str, object] | None = None
    """As the bot sent it, checked."""
    reply_to: int | None = None
    edited_at: int | None = None
    silent: bool = False
    protected: bool = False

    @property
    def has_media(self) -> bool:
        """Whether the text is a caption."""
        return any(file is not None for file in (self.photo, self.document, self.playing))

    @property
    def called(self) -> str:
        """What to call a message without words."""
        if self.playing is not None:
            return {"voice": "Voice message", "audio": "Audio"}.get(self.playing.kind, "Video")
        return "Picture" if self.photo is not None else "File"

    @property
    def buttons(self) -> list[list[dict[str, object]]]:
        """The rows of inline buttons, as sent; empty without."""
        rows = (self.markup or {}).get("inline_keyboard")
        return rows if isinstance(rows, list) else []


@dataclass(slots=True, kw_only=True)
class Chat:
    """The private chat of one person with the bot."""

    person: Person
    messages: dict[int, Message] = field(default_factory=dict)
    """By id, oldest first."""
    deleted: dict[int, int] = field(default_factory=dict)
    """Message id -> revision at which it went."""
    started: bool = False
    """Whether the person has ever written: before that a bot cannot."""
    blocked: bool = False
    revision: int = 0
    reply_keyboard: dict[str, object] | None = None
    action: tuple[str, float] | None = None
    """What the bot is doing ("typing"), and until when in monotonic seconds."""
    reactions: dict[int, str] = field(default_factory=dict)
    """Message id -> the bot's emoji on it."""


def message_json(
    message: Message, *, chat: Chat, bot: BotAccount, with_reply: bool = True
) -> dict[str, object]:
    """Return the Bot API's Message."""
    body: dict[str, object] = {
        "message_id": message.id,
        "from": bot.as_user() if message.from_bot else chat.person.as_user(),
        "chat": chat.person.as_chat(),
        "date": message.sent_at,
    }
    if message.edited_at is not None:
        body["edit_date"] = message.edited_at
    if message.protected:
        body["has_protected_content"] = True
    if with_reply and message.reply_to is not None and (replied := chat.messages.get(message.reply_to)):
        body["reply_to_message"] = message_json(replied, chat=chat, bot=bot, with_reply=False)
    if message.photo is not None:
        body["photo"] = message.photo.as_photo()
    if message.document is not None:
        body["document"] = message.document.as_document()
    if message.playing is not None:
        body[message.playing.kind] = message.playing.as_played()
        if message.playing.kind == "animation":
            # For bots from the time before animations (Bot API, Message).
            body["document"] = message.playing.as_document()
    if message.text:
        body["caption" if message.has_media else "text"] = message.text
    if message.entities:
        name = "caption_entities" if message.has_media else "entities"
        body[name] = [entity.as_json() for entity in message.entities]
    if message.buttons:
        body["reply_markup"] = message.markup
    return body


def phone_json(message: Message, *, chat: Chat) -> dict[str, object]:
    """Return the message as the phone shows it; lists and texts are never None, only things may be."""
    picture, paper, playing = message.photo, message.document, message.playing
    replied = chat.messages.get(message.reply_to) if message.reply_to is not None else None
    return {
        "id": message.id,
        "revision": message.revision,
        "from_bot": message.from_bot,
        "date": message.sent_at,
        "edited": message.edited_at is not None,
        "silent": message.silent,
        "text": message.text,
        "entities": [entity.as_json() for entity in message.entities],
        "buttons": message.buttons,
        "photo": None
        if picture is None
        else {"url": f"/phone/files/{picture.path}", "width": picture.width, "height": picture.height},
        "document": None
        if paper is None
        else {"url": f"/phone/files/{paper.path}", "name": paper.name, "size": len(paper.content)},
        "playing": None
        if playing is None
        else {
            "kind": playing.kind,
            "url": f"/phone/files/{playing.path}",
            "name": playing.name,
            "size": len(playing.content),
            "seconds": playing.seconds,
            "width": playing.width,
            "height": playing.height,
        },
        "reply_to": message.reply_to,
        "reply_text": None if replied is None else (replied.text or replied.called)[:120],
        "reaction": chat.reactions.get(message.id),
    }
