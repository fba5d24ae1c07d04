"""Everything the server knows: the bot, the people, their chats, files and what waits.

One object, one event loop, nothing on disk. Methods of the bot and actions of the phones change
it only through functions that also count the change, so that nobody who watches misses one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from preview.changes import Changes
from preview.diary import Diary
from preview.files import FileShelf
from preview.limits import RateCounter, RateLimits
from preview.messages import Chat, Message
from preview.people import BotAccount, Person
from preview.refusals import CHAT_EMPTY, CHAT_NOT_FOUND, bad_request, blocked, never_met, too_many
from preview.updates import UpdateQueue
from preview.webhook import Webhook


@dataclass(slots=True, kw_only=True)
class Press:
    """A tap on a button that waits for the bot's answer."""

    id: str
    person_id: int
    at: datetime
    answered: bool = False
    toast: str = ""
    alert: bool = False
    url: str | None = None


@dataclass(slots=True)
class Profile:
    """What the bot says about itself, by language code; "" stands for every other language."""

    commands: dict[tuple[str, str], list[dict[str, object]]] = field(default_factory=dict)
    """(scope, language) -> commands; a scope is "default", "all_private_chats" or "chat:<id>"."""
    description: dict[str, str] = field(default_factory=dict)
    short_description: dict[str, str] = field(default_factory=dict)
    name: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int, dict[str, object]] = field(default_factory=dict)
    """By chat; 0 stands for every other chat."""


class World:
    """The state of one server."""

    def __init__(
        self,
        *,
        bot: BotAccount,
        clock: Callable[[], datetime],
        rate_limits: RateLimits,
        monotonic: Callable[[], float] = time.monotonic,
        webhook_pause_seconds: float = 1.0,
    ) -> None:
        self.bot = bot
        self.clock = clock
        self.monotonic = monotonic
        self.chats: dict[int, Chat] = {}
        self.files = FileShelf()
        self.queue = UpdateQueue(clock=clock)
        self.webhook = Webhook(self.queue, pause_seconds=webhook_pause_seconds)
        self.presses: dict[str, Press] = {}
        self.profile = Profile()
        self.changes = Changes()
        self.diary = Diary(clock=clock)
        self.rates = RateCounter(rate_limits, monotonic=monotonic)
        self._last_message_id = 0

    def now(self) -> int:
        """Return the server's time in whole seconds since 1970, as messages carry it."""
        return int(self.clock().timestamp())

    def add_person(self, person: Person) -> Chat:
        """Give somebody a phone; a person with a known id gets the new names and keeps the chat."""
        chat = self.chats.get(person.id)
        if chat is None:
            chat = self.chats[person.id] = Chat(person=person)
        chat.person = person
        chat.revision = self.changes.bump()
        return chat

    def chat(self, chat_id: str) -> Chat:
        """Return the chat a method names; refuses an empty or unknown one."""
        if not chat_id.strip():
            raise bad_request(CHAT_EMPTY)
        digits = chat_id.strip()
        found = self.chats.get(int(digits)) if digits.isdecimal() and len(digits) < 20 else None
        if found is None:
            raise bad_request(CHAT_NOT_FOUND)
        return found

    def writable_chat(self, chat_id: str) -> Chat:
        """Return a chat the bot may write to; refuses blocked, never met and too many."""
        chat = self.chat(chat_id)
        if chat.blocked:
            raise blocked()
        if not chat.started:
            raise never_met()
        return chat

    def count_message(self, chat: Chat, *, edit: bool = False) -> None:
        """Count one message or edit; refuses it with 429 when a window is full."""
        wait = self.rates.seconds_to_wait(chat.person.id, edit=edit)
        if wait:
            raise too_many(wait)

    def add_message(self, chat: Chat, message: Message) -> Message:
        """Give a message the next id and the time, and put it into the chat."""
        self._last_message_id += 1
        revision = self.changes.bump()
        kept = replace(message, id=self._last_message_id, sent_at=self.now(), revision=revision)
        self.diary.message(kept, person_id=chat.person.id)
        chat.messages[kept.id] = kept
        chat.revision = revision
        if kept.from_bot:
            chat.action = None
        return kept

    def replace_message(self, chat: Chat, message: Message) -> Message:
        """Put an edited message in the place of the old one."""
        revision = self.changes.bump()
        kept = replace(message, revision=revision)
        self.diary.message(kept, person_id=chat.person.id, before=chat.messages.get(kept.id))
        chat.messages[kept.id] = kept
        chat.revision = revision
        return kept

    def delete_message(self, chat: Chat, message_id: int) -> None:
        """Take a message out of the chat."""
        del chat.messages[message_id]
        chat.revision = chat.deleted[message_id] = self.changes.bump()

    def stop_waiting(self) -> None:
        """Answer everybody who waits for news, and let nobody wait again."""
        self.changes.stop()
        self.queue.changes.stop()

    def touch(self, chat: Chat) -> None:
        """Count a change of a chat that is no message."""
        chat.revision = self.changes.bump()


NEW = 0
"""Id, time and revision of a message before `World.add_message` gives it real ones."""
