"""Putting rich texts together: phrases, course texts and names, without any escaping.

Text travels as text plus spans, so a name such as `<b>` is five letters and nothing else.
"""

from collections.abc import Iterable
from dataclasses import replace

from lessons.markup import RichText, Span


def bold(text: str) -> RichText:
    """Return `text` in bold; an empty text stays empty."""
    return RichText(text, (Span(start=0, length=len(text), kind="bold"),)) if text else RichText("")


def quote(text: str) -> RichText:
    """Return `text` as a quotation."""
    return RichText(text, (Span(start=0, length=len(text), kind="quote"),)) if text else RichText("")


def folded(text: RichText) -> RichText:
    """Return `text` folded up after its first lines; an empty text stays empty.

    Quotations inside become plain: Telegram nests none (Bot API, "Formatting options").
    """
    if not text.text:
        return text
    whole = Span(start=0, length=len(text.text), kind="folded")
    return RichText(text.text, (whole, *(span for span in text.spans if span.kind != "quote")))


def joined(parts: Iterable[RichText | str], *, between: str = "\n\n") -> RichText:
    """Return the parts that are not empty, with `between` between them and their spans moved along."""
    text = ""
    spans: list[Span] = []
    for part in parts:
        piece = RichText(part) if isinstance(part, str) else part
        if not piece.text:
            continue
        if text:
            text += between
        spans += [replace(span, start=span.start + len(text)) for span in piece.spans]
        text += piece.text
    return RichText(text, tuple(spans))
