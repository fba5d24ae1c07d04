"""What goes with a card, looked up in the course and among its media."""

from typing import Literal, assert_never

from sqlalchemy import Connection

from academy.messages.cards import Enclosure, EnclosureShown, PageLink
from academy.places import Place
from academy.wording import rich
from lessons.links import host_of
from lessons.markup import RichText
from lessons.steps import Audio, Card, File, Image, Link, More, Say, Video
from storage import courses

_PLAYED_IN_THE_CHAT = "audio/ogg"
"""Telegram plays ogg with Opus as a voice message (Bot API, sendVoice)."""


def enclosure_of(tx: Connection, place: Place, card: Card) -> Enclosure | None:
    """Return the audio, video or file of a card; None when it has none, or the course holds no such file."""
    match card:
        case Say() | Image() | More() | Link():
            return None
        case Audio():
            return _enclosure(tx, place, card, form="audio", alt="")
        case Video():
            return _enclosure(tx, place, card, form="video", alt=card.alt)
        case File():
            return _enclosure(tx, place, card, form="file", alt=card.alt)
        case _:
            assert_never(card)


def transcript_of(place: Place, card: Card) -> RichText:
    """Return what is said in the recording of a card; empty where nothing is."""
    return rich(card.transcript, place) if isinstance(card, Audio | Video) else RichText("")


def folded_of(place: Place, card: Card) -> RichText:
    """Return the part of a card that is folded up; empty where nothing is."""
    return rich(card.more, place) if isinstance(card, More) else RichText("")


def link_of(card: Card) -> PageLink | None:
    """Return where a card leads; None for every kind but `link`."""
    if not isinstance(card, Link):
        return None
    # A course published before a rule of `lessons.links` was made is shown all the same.
    return PageLink(url=card.url, host=host_of(card.url) or card.url, label=card.label)


def shown_alone(tx: Connection, place: Place, card: Card) -> EnclosureShown | None:
    """Return the audio, video or file of a card as a message of its own; None when there is none."""
    enclosure = enclosure_of(tx, place, card)
    if enclosure is None:
        return None
    return EnclosureShown(enclosure=enclosure, transcript=transcript_of(place, card))


def _enclosure(
    tx: Connection,
    place: Place,
    card: Audio | Video | File,
    *,
    form: Literal["audio", "video", "file"],
    alt: str,
) -> Enclosure | None:
    digest = place.learner.course.media.get(card.path)
    facts = None if digest is None else courses.media_facts(tx, digest)
    if digest is None or facts is None:
        return None
    mime, size = facts
    return Enclosure(
        form="voice" if mime == _PLAYED_IN_THE_CHAT and form == "audio" else form,
        sha256=digest,
        name=card.path.rpartition("/")[2],
        alt=alt,
        size_bytes=size,
    )
