"""The small Markdown that authors may use, as text with spans.

Offsets are Unicode code points here; Telegram counts UTF-16 units, and only `bot` knows it.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

SpanKind: TypeAlias = Literal["bold", "italic", "code", "link", "quote"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of formatted text; spans may nest but never cross."""

    start: int
    """First code point, counted from 0."""
    length: int
    """Code points covered; at least 1."""
    kind: SpanKind
    url: str | None = None
    """Target of a link, https only; None for every other kind."""


@dataclass(frozen=True, slots=True)
class RichText:
    """Plain text and the spans over it, in order of their start."""

    text: str
    spans: tuple[Span, ...] = ()
