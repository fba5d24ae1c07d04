"""What Telegram makes of a recording: by its bytes, and not by the method it came with."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from preview.files import Upload

Played: TypeAlias = Literal["voice", "audio", "video"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What stands in the message."""

    kind: Literal["voice", "audio", "video", "animation", "document"]
    mime: str


def made_of(upload: Upload, *, asked: Played) -> Made:
    """Return what becomes of an upload (Bot API, sendVoice, sendAudio, sendVideo).

    Other formats than these methods name are sent as documents; a film without sound is an animation.
    """
    mime = _mime(upload.content)
    match asked:
        case "voice" if mime in {"audio/ogg", "audio/mpeg", "audio/mp4"}:
            return Made(kind="voice", mime=mime)
        case "audio" if mime in {"audio/mpeg", "audio/mp4"}:
            return Made(kind="audio", mime=mime)
        case "video" if mime == "video/mp4":
            return Made(kind="video" if b"soun" in upload.content else "animation", mime=mime)
        case _:
            return Made(kind="document", mime=upload.mime or "application/octet-stream")


def _mime(content: bytes) -> str:
    if content.startswith(b"OggS") and b"OpusHead" in content[:64]:
        return "audio/ogg"
    if content.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")):
        return "audio/mpeg"
    if content[4:8] == b"ftyp":
        return "video/mp4" if b"vide" in content else "audio/mp4"
    return ""
