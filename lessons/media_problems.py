"""What one picture, audio, video or file must be to be sent, and what to do when it is not.

Telegram takes up to 50 MB from a bot (Bot API, "Sending files"). The limits here are smaller: a
course travels as one package of 20 MB, and learners pay for what they load.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Literal, TypeAlias

from lessons.media import RATIO_AT_MOST, WIDTH_AND_HEIGHT_AT_MOST, picture_header
from lessons.papers import paper, suffix_of
from lessons.picture_metadata import bare
from lessons.recordings import Recording, recording

MediaKind: TypeAlias = Literal["picture", "audio", "video", "file"]

BYTES_AT_MOST: dict[MediaKind, int] = {
    # Bot API, sendPhoto.
    "picture": 10_000_000,
    # Five minutes of speech at 128 kbit/s.
    "audio": 5_000_000,
    "video": 10_000_000,
    "file": 10_000_000,
}
AUDIO_SECONDS_ADVISED = 60
"""experience.md, 1.2."""
VIDEO_SECONDS_ADVISED = 120
"""experience.md, 1.2: engagement falls with length."""
VIDEO_BYTES_ADVISED = 2_000_000
_SLACK_SECONDS = 1.0
"""A recording that was cut to a minute is often a few frames longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaProblem:
    """What is wrong with one of the media."""

    code: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One of the media, as learners get it."""

    kind: MediaKind
    mime: str
    content: bytes
    seconds: float | None = None
    """Length of a recording, where its container tells."""
    has_sound: bool = False

    def advice(self, path: str, *, picture_bytes: int) -> Iterator[MediaProblem]:
        """Yield what could be better; `picture_bytes` is the size from which a picture is heavy."""
        size = len(self.content)
        if self.kind == "picture" and size > picture_bytes:
            yield MediaProblem(
                code="W240",
                message=f"`{path}` has {size // 1024} KB; many learners pay for each of them",
                fix=f"make it smaller than {picture_bytes // 1024} KB, 1280 pixels wide is enough",
            )
        if self.kind == "audio" and _is_over(self.seconds, AUDIO_SECONDS_ADVISED):
            yield MediaProblem(
                code="W242",
                message=f"`{path}` has {self.seconds:.0f} seconds; few listen longer than a minute",
                fix="make two cards of it",
            )
        if self.kind == "video" and _is_over(self.seconds, VIDEO_SECONDS_ADVISED):
            yield MediaProblem(
                code="W243",
                message=f"`{path}` has {self.seconds:.0f} seconds; few watch longer than two minutes",
                fix="show the one thing that matters, or link to the long one",
            )
        if self.kind == "video" and size > VIDEO_BYTES_ADVISED:
            yield MediaProblem(
                code="W244",
                message=f"`{path}` has {size / 1_000_000:.1f} MB; many learners pay for each of them",
                fix="save it smaller, 480 lines are enough for a phone, or link to it",
            )


def looked_at(content: bytes, *, path: str, kind: MediaKind) -> Found | MediaProblem:
    """Return what learners get of the bytes at `path`, or why they cannot be sent as `kind`."""
    if len(content) > BYTES_AT_MOST[kind]:
        return _too_large(content, path=path, kind=kind)
    match kind:
        case "picture":
            return _picture(content, path=path)
        case "audio" | "video":
            return _recording(content, path=path, kind=kind)
        case "file":
            return _file(content, path=path)


def _too_large(content: bytes, *, path: str, kind: MediaKind) -> MediaProblem:
    if kind == "picture":
        told = f"`{path}` has {len(content) / 1_000_000:.1f} MB, too large for Telegram"
        return MediaProblem(code="E132", message=told, fix="make it smaller than 300 KB")
    most = BYTES_AT_MOST[kind] // 1_000_000
    return MediaProblem(
        code="E136",
        # Rounded up: what is a little over the limit must not read as if it were not.
        message=f"`{path}` has {ceil(len(content) / 100_000) / 10} MB; the most is {most} MB",
        fix="make it smaller, or link to it with `link`",
    )


def _picture(content: bytes, *, path: str) -> Found | MediaProblem:
    problem = _picture_problem(content)
    if problem is not None:
        return MediaProblem(code="E132", message=f"`{path}` {problem[0]}", fix=problem[1])
    return _bare(content, path=path, kind="picture")


def _picture_problem(content: bytes) -> tuple[str, str] | None:
    """Return what is wrong with a picture, and what to do about it."""
    header = picture_header(content)
    if header is None:
        return "is not a png, jpg or webp picture", "save it as png, jpg or webp"
    width, height = header.width, header.height
    if not width or not height:
        return "has no size", "save it again"
    if width + height > WIDTH_AND_HEIGHT_AT_MOST:
        return f"has {width} × {height} pixels, too many for Telegram", "make it 1280 pixels wide"
    if max(width, height) > RATIO_AT_MOST * min(width, height):
        return f"has {width} × {height} pixels, too long and thin for Telegram", "cut it to a usual shape"
    return None


def _bare(content: bytes, *, path: str, kind: MediaKind) -> Found | MediaProblem:
    header, stripped = picture_header(content), bare(content)
    if header is None or stripped is None:
        return MediaProblem(
            code="E132", message=f"`{path}` is cut off or damaged", fix="save it again, or copy it again"
        )
    if stripped.is_turned:
        # The turn stands only in the metadata, which does not go along.
        return MediaProblem(
            code="E137",
            message=f"`{path}` lies on its side: the camera only noted which way is up",
            fix="open it, turn it, and save it as a new file; a screenshot of it will do, too",
        )
    return Found(kind=kind, mime=header.mime, content=stripped.content)


def _recording(content: bytes, *, path: str, kind: Literal["audio", "video"]) -> Found | MediaProblem:
    heard = recording(content)
    is_seen = heard is not None and heard.mime == "video/mp4"
    if heard is None or is_seen != (kind == "video"):
        return MediaProblem(
            code="E135",
            message=f"`{path}` is not an audio in ogg (Opus), mp3 or m4a"
            if kind == "audio"
            else f"`{path}` is not a video in mp4",
            fix=_recording_fix(kind, is_other_kind=heard is not None),
        )
    unplayable = _unplayable(heard)
    if unplayable:
        what = "mp4" if is_seen else "m4a"
        return MediaProblem(
            code="E135",
            message=f"`{path}` is an {what} that many phones cannot play (`{unplayable}`)",
            fix="save it as mp4 with H.264 and AAC" if is_seen else "save it as mp3",
        )
    return Found(
        kind=kind,
        mime=heard.mime,
        content=heard.content,
        seconds=heard.seconds,
        has_sound=heard.has_sound,
    )


def _unplayable(heard: Recording) -> str:
    """Return the codec that not every phone knows; empty when all do: H.264 and AAC."""
    if heard.codec not in {"", "avc1", "avc3"}:
        return heard.codec
    return "" if heard.sound_codec in {"", "mp4a"} else heard.sound_codec


def _recording_fix(kind: Literal["audio", "video"], *, is_other_kind: bool) -> str:
    if is_other_kind:
        return "write it with `video`" if kind == "audio" else "write it with `audio`"
    return "save it as mp3" if kind == "audio" else "save it as mp4 with H.264"


def _file(content: bytes, *, path: str) -> Found | MediaProblem:
    found = paper(content, name=path)
    if found is None:
        return MediaProblem(
            code="E135",
            message=f"`{path}` is not a pdf, docx, xlsx, odt, csv, txt, png or jpg, or holds a program",
            fix="save it as pdf, or link to it with `link`",
        )
    if found.suffix != suffix_of(path):
        return MediaProblem(
            code="E139",
            message=f"`{path}` is a {found.suffix}, whatever its name says",
            fix=f"rename it, for example to `{path.rpartition('.')[0] or path}.{found.suffix}`",
        )
    if found.suffix in {"png", "jpg"}:
        return _bare(content, path=path, kind="file")
    return Found(kind="file", mime=found.mime, content=content)


def _is_over(seconds: float | None, advised: int) -> bool:
    return seconds is not None and seconds > advised + _SLACK_SECONDS
