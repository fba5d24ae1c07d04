"""How a message looks on a phone, before Telegram's own words for it."""

from dataclasses import dataclass
from typing import Literal

from academy.messages.cards import Enclosure
from academy.messages.learning import Picture
from bot.callback_data import Press
from lessons.markup import RichText


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One inline button."""

    label: str
    press: Press | None = None
    url: str | None = None
    style: Literal["primary", "danger"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Text, buttons and at most one attachment."""

    text: RichText
    buttons: tuple[tuple[Button, ...], ...] = ()
    """Rows, top to bottom."""
    picture: Picture | None = None
    """A picture of the course; the text becomes its caption."""
    enclosure: Enclosure | None = None
    """A recording, film or file of the course; the text becomes its caption."""
    photo_file_id: str | None = None
    """A picture Telegram already has."""
    voice_file_id: str | None = None
    """A voice note or audio file Telegram already has, and that a person sent."""
    voice_form: Literal["voice", "audio"] = "voice"
    drawing: str | None = None
    """SVG to be drawn as PNG and sent as a picture."""
    document: tuple[str, str] | None = None
    """File name and text content."""
