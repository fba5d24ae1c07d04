"""What goes with a card and is not its text: recordings, films, files, and the way to a page."""

from dataclasses import dataclass
from typing import Literal

from lessons.markup import RichText


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """Something of the course to listen to, to watch or to keep."""

    form: Literal["voice", "audio", "video", "file"]
    """How it is sent; `voice` is an audio that plays in the chat, with a wave."""
    sha256: str
    """Key into `media`."""
    name: str
    """What the file is called on the learner's phone."""
    alt: str = ""
    """What it is or shows; empty for an audio, whose transcript says it."""
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """A page elsewhere."""

    url: str
    """Starts with `https://`."""
    host: str
    """Where the address leads, as people read it."""
    label: str = ""
    """On the button; empty for the host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosureShown:
    """An enclosure itself, fetched on purpose by somebody who reads text only."""

    kind: Literal["enclosure_shown"] = "enclosure_shown"
    enclosure: Enclosure
    transcript: RichText = RichText("")
