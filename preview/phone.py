"""What a person does with their phone, and what the bot hears of it."""

from dataclasses import dataclass, replace

from preview.entities import found_in
from preview.files import StoredFile
from preview.messages import Chat, Message, message_json, phone_json
from preview.people import Person
from preview.profile import commands_for, words_for
from preview.world import NEW, Press, World


@dataclass(frozen=True, slots=True)
class Impossible:
    """Something a phone does not let people do; `words` say why."""

    words: str


def person_from(name: str, *, person_id: int, language: str) -> Person:
    """Return a person; the first word of the name is the first name."""
    first, _, last = " ".join(name.split()).partition(" ")
    return Person(id=person_id, first_name=first, last_name=last or None, language_code=language)


def write(
    world: World,
    chat: Chat,
    *,
    text: str = "",
    reply_to: int | None = None,
    photo: StoredFile | None = None,
    document: StoredFile | None = None,
    playing: StoredFile | None = None,
) -> Message | Impossible:
    """Send a message to the bot and return it."""
    text = text.strip()
    if chat.blocked:
        return Impossible("The bot is blocked. Unblock it first.")
    if not (text or photo or document or playing):
        return Impossible("The message is empty.")
    if len(text) > 4096:
        return Impossible("A message holds 4,096 characters.")
    if reply_to is not None and reply_to not in chat.messages:
        return Impossible("The message replied to is gone.")
    _acted(world, chat)
    message = world.add_message(
        chat,
        Message(
            id=NEW, from_bot=False, sent_at=NEW, revision=NEW, text=text, entities=found_in(text, ()),
            photo=photo, document=document, playing=playing, reply_to=reply_to,
        ),
    )  # fmt: skip
    body = message_json(message, chat=chat, bot=world.bot)
    world.queue.put("message", body, person_id=chat.person.id)
    return message


def rewrite(world: World, chat: Chat, *, message_id: int, text: str) -> Message | Impossible:
    """Change one of one's own messages and return it."""
    message = chat.messages.get(message_id)
    text = text.strip()
    if message is None or message.from_bot or not text:
        return Impossible("Only one's own messages can be changed, and not to nothing.")
    _acted(world, chat)
    changed = replace(message, text=text, entities=found_in(text, ()), edited_at=world.now())
    kept = world.replace_message(chat, changed)
    body = message_json(kept, chat=chat, bot=world.bot)
    world.queue.put("edited_message", body, person_id=chat.person.id)
    return kept


def press(world: World, chat: Chat, *, message_id: int, data: str) -> Press | Impossible:
    """Tap a button and return the press, which the bot may answer.

    The data need not stand on the message, and the message may be gone: clients can send anything.
    """
    if chat.blocked:
        return Impossible("The bot is blocked. Unblock it first.")
    _acted(world, chat)
    number = 4_000_000_000_000_000_000 + len(world.presses)
    made = Press(id=str(number), person_id=chat.person.id, at=world.clock())
    world.presses[made.id] = made
    message = chat.messages.get(message_id)
    world.diary.press(message, person_id=chat.person.id, data=data)
    shown: dict[str, object] = (
        {"chat": chat.person.as_chat(), "message_id": message_id, "date": 0}
        if message is None
        else message_json(message, chat=chat, bot=world.bot)
    )
    content: dict[str, object] = {
        "id": made.id,
        "from": chat.person.as_user(),
        "message": shown,
        "chat_instance": str(-7_000_000_000_000 - chat.person.id),
        "data": data,
    }
    world.queue.put("callback_query", content, person_id=chat.person.id)
    return made


def button_at(chat: Chat, *, message_id: int, row: int, column: int) -> dict[str, object] | None:
    """Return a button by its place, counted from 0; None when there is none."""
    message = chat.messages.get(message_id)
    if message is None or not 0 <= row < len(message.buttons):
        return None
    buttons = message.buttons[row]
    return buttons[column] if 0 <= column < len(buttons) else None


def block(world: World, chat: Chat, *, blocked: bool) -> None:
    """Block the bot, or take it back; the bot hears of a change by my_chat_member."""
    if chat.blocked == blocked:
        return
    bot = world.bot.as_user()
    member: dict[str, object] = {"user": bot, "status": "member"}
    kicked: dict[str, object] = {"user": bot, "status": "kicked", "until_date": 0}
    chat.blocked = blocked
    world.touch(chat)
    content: dict[str, object] = {
        "chat": chat.person.as_chat(),
        "from": chat.person.as_user(),
        "date": world.now(),
        "old_chat_member": member if blocked else kicked,
        "new_chat_member": kicked if blocked else member,
    }
    world.queue.put("my_chat_member", content, person_id=chat.person.id)


def _acted(world: World, chat: Chat) -> None:
    chat.started = True
    world.rates.person_acted(chat.person.id)


def person_view(chat: Chat) -> dict[str, object]:
    """Return a line of the people switcher."""
    person = chat.person
    last = next(reversed(chat.messages.values()), None)
    return {
        "id": person.id,
        "name": " ".join(filter(None, (person.first_name, person.last_name))),
        "language": person.language_code,
        "blocked": chat.blocked,
        "revision": chat.revision,
        "last_message_id": last.id if last else 0,
    }


def chat_view(world: World, chat: Chat, *, after: int = 0) -> dict[str, object]:
    """Return a chat as its phone shows it; messages and deletions only newer than revision `after`."""
    language = chat.person.language_code
    kind, until = chat.action or ("", 0.0)
    left = until - world.monotonic()
    keyboard = (chat.reply_keyboard or {}).get("keyboard")
    return {
        "revision": chat.revision,
        "person": person_view(chat),
        "bot": {
            "id": world.bot.id,
            "name": words_for(world, "name", language=language) or world.bot.name,
            "username": world.bot.username,
            "description": words_for(world, "description", language=language),
        },
        "started": chat.started,
        "blocked": chat.blocked,
        "messages": [
            phone_json(message, chat=chat) for message in chat.messages.values() if message.revision > after
        ],
        "deleted": [number for number, revision in chat.deleted.items() if revision > after],
        "commands": commands_for(world, chat),
        "menu_button": world.profile.menu_buttons.get(chat.person.id)
        or world.profile.menu_buttons.get(0)
        or {"type": "commands"},
        "action": {"kind": kind, "seconds": round(left, 1)} if left > 0 else None,
        "keyboard": keyboard if isinstance(keyboard, list) else [],
    }
