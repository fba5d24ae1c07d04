"""A view becomes what Telegram is sent: text with entities, a keyboard, at most one attachment.

Formatting travels as entities and never as markup, so nothing a person typed can be mistaken
for formatting. Every screen fits Telegram's limits, which tests check with `overflows`; should
one still not fit, it is cut with an ellipsis rather than lost: a learner waits for it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NotRequired, TypedDict

from bot.callback_data import encode
from bot.limits import BUTTONS_IN_A_ROW, BUTTONS_IN_ALL, CAPTION_UNITS, ENTITIES, TEXT_UNITS, utf16_units
from bot.screen import Button, View
from lessons.markup import RichText, Span, SpanKind

_ENTITY_TYPES: Final[dict[SpanKind, str]] = {
    "bold": "bold",
    "italic": "italic",
    "code": "code",
    "link": "text_link",
    "quote": "blockquote",
    "folded": "expandable_blockquote",
}
"""Bot API, MessageEntity.type."""


_UNSENDABLE = re.compile("[\0\ud800-\udfff]")


class Entity(TypedDict):
    """Bot API, MessageEntity; offset and length in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: NotRequired[str]


class InlineButton(TypedDict):
    """Bot API, InlineKeyboardButton: either carries data or leads to an address."""

    text: str
    callback_data: NotRequired[str]
    url: NotRequired[str]
    style: NotRequired[str]


class Keyboard(TypedDict):
    """Bot API, InlineKeyboardMarkup: rows of buttons."""

    inline_keyboard: list[list[InlineButton]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What every call that shows something takes, whatever the call is named."""

    text: str
    entities: tuple[Entity, ...]
    """In the order of the spans."""
    keyboard: Keyboard | None


def has_media(view: View) -> bool:
    """Return whether the text of this view is a caption."""
    return bool(
        view.picture
        or view.enclosure
        or view.photo_file_id
        or view.voice_file_id
        or view.drawing
        or view.document
    )


def payload(view: View, *, limit_units: int | None = None) -> Payload:
    """Return the view in Telegram's terms, cut to `limit_units` (by default what its kind may have)."""
    if limit_units is None:
        limit_units = CAPTION_UNITS if has_media(view) else TEXT_UNITS
    text = _cut(sendable(view.text), limit_units)
    return Payload(text=text.text, entities=entities(text), keyboard=keyboard(view.buttons))


def overflows(view: View) -> tuple[str, ...]:
    """Return what of this view Telegram would not take, in words for a developer; empty when it fits."""
    limit = CAPTION_UNITS if has_media(view) else TEXT_UNITS
    found: list[str] = []
    units = utf16_units(view.text.text)
    if units > limit:
        found.append(f"text of {units} units; Telegram takes {limit}")
    if not view.text.text.strip() and not has_media(view):
        found.append("a message without text")
    if len(view.text.spans) > ENTITIES:
        found.append(f"{len(view.text.spans)} entities; Telegram takes {ENTITIES}")
    if sum(map(len, view.buttons)) > BUTTONS_IN_ALL:
        found.append(f"{sum(map(len, view.buttons))} buttons; Telegram takes {BUTTONS_IN_ALL}")
    found += [
        f"a row of {len(row)} buttons; Telegram takes {BUTTONS_IN_A_ROW}"
        for row in view.buttons
        if len(row) > BUTTONS_IN_A_ROW
    ]
    for button in (button for row in view.buttons for button in row):
        if not button.label.strip():
            found.append("a button without a label")
        if (button.press is None) == (button.url is None):
            found.append(f"button {button.label!r} needs either a press or an address")
        if button.press is not None:
            try:
                encode(button.press)
            except ValueError as too_long:
                found.append(f"button {button.label!r}: {too_long}")
    return tuple(found)


# The words of a course and of an announcement go to many.
@lru_cache(maxsize=1024)
def entities(text: RichText) -> tuple[Entity, ...]:
    """Return the spans as entities; spans that point outside the text are left out.

    >>> entities(RichText("😀 on", (Span(start=2, length=2, kind="bold"),)))
    ({'type': 'bold', 'offset': 3, 'length': 2},)
    """
    return tuple(
        _entity(text.text, span)
        for span in text.spans[:ENTITIES]
        if 0 <= span.start < span.start + span.length <= len(text.text)
        and (span.kind != "link" or span.url is not None)
    )


def _entity(text: str, span: Span) -> Entity:
    made = Entity(
        type=_ENTITY_TYPES[span.kind],
        offset=utf16_units(text[: span.start]),
        length=utf16_units(text[span.start : span.start + span.length]),
    )
    if span.url is not None:
        made["url"] = span.url
    return made


def keyboard(rows: tuple[tuple[Button, ...], ...]) -> Keyboard | None:
    """Return the inline keyboard, None without buttons; rows that are too long are broken.

    Raises ValueError for a button that carries more than 64 bytes.
    """
    buttons_left = BUTTONS_IN_ALL
    made: list[list[InlineButton]] = []
    for row in rows:
        kept = row[:buttons_left]
        buttons_left -= len(kept)
        made += [
            [_inline(button) for button in kept[start : start + BUTTONS_IN_A_ROW]]
            for start in range(0, len(kept), BUTTONS_IN_A_ROW)
        ]
    return Keyboard(inline_keyboard=made) if made else None


def sendable(text: RichText) -> RichText:
    """Return the text without what no request can carry: half characters and NUL become "�".

    The length stays, so spans keep their places.
    """
    if _UNSENDABLE.search(text.text) is None:
        return text
    return RichText(_UNSENDABLE.sub("\ufffd", text.text), text.spans)


def _inline(button: Button) -> InlineButton:
    made = InlineButton(text=button.label)
    if button.press is not None:
        made["callback_data"] = encode(button.press)
    if button.url is not None:
        made["url"] = button.url
    if button.style is not None:
        made["style"] = button.style
    return made


def _cut(text: RichText, limit_units: int) -> RichText:
    if utf16_units(text.text) <= limit_units:
        return text
    units = 0
    kept = 0
    for character in text.text:
        units += 2 if character > "\uffff" else 1
        if units > limit_units - 1:
            break
        kept += 1
    spans = tuple(
        Span(start=span.start, length=min(span.length, kept - span.start), kind=span.kind, url=span.url)
        for span in text.spans
        if span.start < kept
    )
    return RichText(text.text[:kept] + "…", spans)
