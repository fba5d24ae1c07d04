"""Cards, from nodes: everything that shows something and asks nothing."""

from typing import Protocol

from lessons.convert import Fields, shortened
from lessons.links import host_of
from lessons.media_problems import Found, MediaKind
from lessons.steps import Audio, Card, File, Image, Link, More, Say, Video

_ANY = frozenset({"id", "note"})
KEYS = {
    "say": _ANY | {"say"},
    "image": _ANY | {"image", "alt", "say", "caption"},
    "audio": _ANY | {"audio", "transcript", "say", "caption"},
    "video": _ANY | {"video", "alt", "transcript", "say", "caption"},
    "file": _ANY | {"file", "alt", "say", "caption"},
    "more": _ANY | {"more", "say"},
    "link": _ANY | {"link", "say", "label"},
}
"""What each kind of card may hold."""

_DESCRIBED = {
    "image": ("a picture", "shows, for those who do not see it"),
    "video": ("a video", "shows, for those who do not see it"),
    "file": ("a file", "is, so that nobody has to load it to find out"),
}


class Shelf(Protocol):
    """Where the media of a course are looked at (lessons.course_media.CourseMedia)."""

    def picture(self, fields: Fields, key: str) -> str | None:
        """Return the path of the picture under `key`, or None after reporting why not."""

    def enclosure(self, fields: Fields, key: str) -> str | None:
        """Return the path of the audio, video or file under `key`, or None after reporting why not."""

    def found(self, kind: MediaKind, path: str) -> Found | None:
        """Return what was found at a path."""


def read(kind: str, fields: Fields, *, identity: str, shelf: Shelf) -> Card | None:
    """Return the card, or None after reporting why it is none."""
    match kind:
        case "say":
            return Say(id=identity, text=fields.text("say", required="write what the card says"))
        case "image":
            return _image(fields, identity=identity, shelf=shelf)
        case "audio":
            return _audio(fields, identity=identity, shelf=shelf)
        case "video":
            return _video(fields, identity=identity, shelf=shelf)
        case "file":
            return _file(fields, identity=identity, shelf=shelf)
        case "more":
            folded = fields.text("more", required="write what is folded up")
            return More(id=identity, text=fields.text("say"), more=folded) if folded else None
        case "link":
            return _link(fields, identity=identity)
        case _:
            raise ValueError(kind)


def alt(fields: Fields, key: str) -> str:
    """Return what the picture, video or file under `key` is or shows; empty after reporting a missing one."""
    text = fields.text("alt")
    if not text:
        called, what = _DESCRIBED[key]
        it = {"image": "the picture", "video": "the video", "file": "it"}[key]
        fields.source.report(
            "E130", f"{called} without `alt`", at=fields.key(key), fix=f"add `alt:` and say what {it} {what}"
        )
    return text


def _text(fields: Fields) -> str:
    return fields.text("say") or fields.text("caption")


def _image(fields: Fields, *, identity: str, shelf: Shelf) -> Image | None:
    path = shelf.picture(fields, "image")
    described, text = alt(fields, "image"), _text(fields)
    if path is None or not described:
        return None
    return Image(id=identity, path=path, alt=described, text=text)


def _audio(fields: Fields, *, identity: str, shelf: Shelf) -> Audio | None:
    path = shelf.enclosure(fields, "audio")
    transcript, text = fields.text("transcript"), _text(fields)
    if not transcript:
        fields.source.report(
            "E134",
            "an audio without `transcript`",
            at=fields.key("audio"),
            fix="add `transcript:` and write what is said, for those who cannot listen now",
        )
    if path is None or not transcript:
        return None
    return Audio(id=identity, path=path, transcript=transcript, text=text)


def _video(fields: Fields, *, identity: str, shelf: Shelf) -> Video | None:
    path = shelf.enclosure(fields, "video")
    described, transcript, text = alt(fields, "video"), fields.text("transcript"), _text(fields)
    if path is None or not described:
        return None
    found = shelf.found("video", path)
    if not transcript and found is not None and found.has_sound:
        fields.source.report(
            "W245",
            "a video with sound and without `transcript`",
            at=fields.key("video"),
            fix="add `transcript:` and write what is said, for those who cannot listen now",
        )
    return Video(id=identity, path=path, alt=described, transcript=transcript, text=text)


def _file(fields: Fields, *, identity: str, shelf: Shelf) -> File | None:
    path = shelf.enclosure(fields, "file")
    described, text = alt(fields, "file"), _text(fields)
    return None if path is None or not described else File(id=identity, path=path, alt=described, text=text)


def _link(fields: Fields, *, identity: str) -> Link | None:
    url = fields.text("link", required="write where it leads, for example `https://www.example.org`").strip()
    text = fields.text("say", required="write what is found there, and why to look")
    label = fields.text("label")
    if url and host_of(url) is None:
        fields.source.report(
            "E170",
            f"a link to `{shortened(url)}` is not allowed",
            at=fields.node.values["link"],
            fix="link to a page that starts with `https://` and a name people can read",
        )
        return None
    if label and not label[0].isalnum():
        fields.source.report(
            "E138",
            "a `label` that does not start with a word",
            at=fields.node.values["label"],
            fix="write what happens, for example `label: Open the price list`",
        )
        return None
    return Link(id=identity, url=url, label=label, text=text) if url and text else None
