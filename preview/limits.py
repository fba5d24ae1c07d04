"""Telegram's limits, and the strict sliding windows in which it counts messages.

Typed again here on purpose, without a look at `bot`: what the bot believes and what this
server enforces are compared by a test, and a mistake has to be made twice to go unnoticed.
"""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

TEXT_CHARS = 4096
"""Code points after entity parsing (Bot API, sendMessage)."""
CAPTION_CHARS = 1024
CALLBACK_DATA_BYTES = 64
CALLBACK_ANSWER_CHARS = 200
KEYBOARD_BUTTONS = 100
KEYBOARD_ROW_BUTTONS = 8
ENTITIES = 100
"""Entities beyond the hundredth are dropped in silence."""
PHOTO_BYTES = 10 * 1024 * 1024
PHOTO_SIDES_SUM = 10_000
PHOTO_RATIO = 20
UPLOAD_BYTES = 50 * 1024 * 1024
DOWNLOAD_BYTES = 20 * 1024 * 1024
COMMANDS = 100
COMMAND_CHARS = 32
COMMAND_DESCRIPTION_CHARS = 256
DESCRIPTION_CHARS = 512
SHORT_DESCRIPTION_CHARS = 120
DELETE_AT_ONCE = 100
POLL_SECONDS = 50
CALLBACK_SECONDS = 150
"""A press is kept and may be answered this long (Client.cpp)."""
UPDATE_SECONDS = 24 * 3600
DELETE_SECONDS = 48 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most `count` messages in any `seconds`."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """How many messages are taken; an empty tuple takes any number. Edits count over all chats only."""

    overall: tuple[Window, ...] = (Window(count=30, seconds=1.0),)
    """Over all chats. Answers to what a person just did are not counted (`reply_seconds`)."""
    per_chat: tuple[Window, ...] = (Window(count=4, seconds=1.0), Window(count=20, seconds=20.0))
    """One a second, with a short burst (bots FAQ; the real numbers are deliberately unspecified)."""
    reply_seconds: float = 30.0
    """A message to somebody who acted less than this ago is an answer, and answers have no overall
    limit (tdlib/td issue 3034); 0 counts every message."""


STRICT_RATE_LIMITS = RateLimits()
"""As Telegram describes them."""
NO_RATE_LIMITS = RateLimits(overall=(), per_chat=())
"""For stories that run faster than people tap."""


class RateCounter:
    """Counts messages in sliding windows of real, monotonic seconds."""

    def __init__(self, limits: RateLimits, *, monotonic: Callable[[], float]) -> None:
        self.limits = limits
        self._monotonic = monotonic
        self._overall: deque[float] = deque()
        self._chats: defaultdict[int, deque[float]] = defaultdict(deque)
        self._acted: dict[int, float] = {}

    def person_acted(self, chat_id: int) -> None:
        """Remember that somebody just wrote or tapped: answers to them are free of the overall limit."""
        self._acted[chat_id] = self._monotonic()

    def seconds_to_wait(self, chat_id: int, *, edit: bool = False) -> int:
        """Count one message to `chat_id` and return 0, or return the whole seconds to wait, uncounted.

        An edit counts over all chats only: that edits fill a chat is known of groups (tdlib/td issue
        3034), and here all chats are private.
        """
        now = self._monotonic()
        acted = self._acted.get(chat_id)
        answer = acted is not None and now - acted < self.limits.reply_seconds
        chat = self._chats[chat_id]
        wait = 0.0 if edit else _until_free(chat, self.limits.per_chat, now=now)
        if not answer:
            wait = max(wait, _until_free(self._overall, self.limits.overall, now=now))
        if wait > 0:
            return max(1, math.ceil(wait))
        if not edit:
            chat.append(now)
        if not answer:
            self._overall.append(now)
        return 0


def _until_free(sent: deque[float], windows: tuple[Window, ...], *, now: float) -> float:
    """Return the seconds until one more fits in every window, 0 when it fits now."""
    if not windows:
        sent.clear()
        return 0.0
    longest = max(window.seconds for window in windows)
    while sent and sent[0] <= now - longest:
        sent.popleft()
    wait = 0.0
    for window in windows:
        inside = [at for at in sent if at > now - window.seconds]
        if len(inside) >= window.count:
            wait = max(wait, inside[-window.count] + window.seconds - now)
    return wait
