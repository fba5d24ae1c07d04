"""What came in, read from a Telegram update: a closed union, and nothing that cannot be trusted.

Identity is the sender's numeric id. Everything else in an update is a claim by a client.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from academy.screen import Screen
from bot.callback_data import Press
from lessons.markup import RichText


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sent it."""

    address: int
    name: str
    language: str
    """`language_code` as the client claims it; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`/name rest`."""

    sender: Sender
    name: str
    """Without slash and bot name, lower case."""
    argument: str
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A pressed button."""

    sender: Sender
    callback_id: str
    press: Press | None
    """None when the data is none of ours."""
    screen: Screen | None
    """None when Telegram no longer shows us the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Free text."""

    sender: Sender
    text: RichText
    message_id: int
    reply_to: int | None
    """Our message that this one replies to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoSent:
    """A picture with an optional caption."""

    sender: Sender
    file_id: str
    caption: RichText
    message_id: int
    reply_to: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSent:
    """A document."""

    sender: Sender
    file_id: str
    file_name: str
    size_bytes: int
    message_id: int
    forwarded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceSent:
    """A voice note, or a piece of music or speech sent as a file."""

    sender: Sender
    file_id: str
    """Telegram's name of it: it is passed on by that name and never fetched."""
    kind: Literal["voice", "audio"]
    seconds: int
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A text that was changed after it was sent: the new words, under the old number."""

    sender: Sender
    text: RichText
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherContent:
    """Sticker, contact, place, …: nothing we read."""

    sender: Sender
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachability:
    """The person blocked the bot, or took it back."""

    sender: Sender
    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Kept and counted, but not for us: channels, groups, other bots, unknown kinds."""

    reason: str
    leave_chat: int | None = None
    """A group that strangers added the bot to, and that it leaves without a word."""


Incoming: TypeAlias = (
    Command | Tap | Typed | PhotoSent | FileSent | VoiceSent | Edited | OtherContent | Reachability | Ignored
)
