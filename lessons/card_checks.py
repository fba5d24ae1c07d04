"""Rules for cards: which texts a card has, and what stands in one message with them."""

from collections.abc import Iterator
from typing import assert_never

from lessons.limits import Limits
from lessons.links import host_of
from lessons.markup import parse
from lessons.nodes import Node
from lessons.places import Places
from lessons.steps import Audio, Card, File, Image, Link, More, Say, Video

LABEL_UNITS = 30
"""UTF-16 units kept free for "What is said:" and "Opens …" in every language."""


def card_texts(card: Card, places: Places) -> Iterator[tuple[str, Node, str]]:
    """Yield key, node and text of what learners read on a card, in the order of the model."""
    match card:
        case Say() | Link():
            found = [("say", card.text)]
        case Image():
            found = [(_text_key(card, places), card.text)]
        case File():
            # Without a text of its own, the card says what the file is.
            found = [(_text_key(card, places), card.text) if card.text else ("alt", card.alt)]
        case Audio() | Video():
            found = [(_text_key(card, places), card.text), ("transcript", card.transcript)]
        case More():
            found = [("say", card.text), ("more", card.more)]
        case _:
            assert_never(card)
    for key, text in found:
        if text:
            yield key, places.value(card, key), text


def units_beside(card: Card, key: str) -> int:
    """Return the UTF-16 units of all that stands in one message with the text under `key`, in front of it."""
    match card:
        case Audio() | Video() | More() if key in {"transcript", "more"}:
            return _units(card.text) + LABEL_UNITS
        case Link():
            return _units(host_of(card.url) or "") + LABEL_UNITS
        case _:
            return 0


def check_label(link: Link, places: Places, *, limits: Limits) -> None:
    """Report a label that a button has no room for."""
    if len(link.label) > limits.button_chars:
        places.source(link).report(
            "E138",
            f"a `label` of {len(link.label)} characters; a button has room for {limits.button_chars}",
            at=places.value(link, "label"),
            fix="shorten it: one verb and where it leads",
        )


def _text_key(card: Card, places: Places) -> str:
    return "say" if places.scalar(card, "say") is not None else "caption"


def _units(text: str) -> int:
    plain = parse(text).text
    return len(plain) + sum(char > "\uffff" for char in plain)
