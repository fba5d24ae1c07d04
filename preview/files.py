"""Pictures, recordings and documents: kept by content, found again by the file ids Telegram would give."""

import hashlib
import struct
from dataclasses import dataclass

from preview import limits
from preview.refusals import FILE_EMPTY, FILE_ID_REMOTE, PHOTO_DIMENSIONS, PHOTO_UNREADABLE, bad_request

FOLDERS = {
    "photo": "photos", "voice": "voice", "audio": "music", "video": "videos", "animation": "animations",
    "document": "documents",
}  # fmt: skip
SUFFIXES = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp",
    "audio/ogg": ".oga", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "video/mp4": ".mp4",
}  # fmt: skip
_ID_BEGINNINGS = {
    "photo": "AgACAgI", "voice": "AwACAgI", "audio": "CQACAgI", "video": "BAACAgI", "animation": "CgACAgI",
    "document": "BQACAgI",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a bot states about a recording, because Telegram does not look."""

    seconds: int = 0
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it came in a request."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file of the server."""

    id: str
    unique_id: str
    """The same for the same content, also under another `id`."""
    kind: str
    """photo, voice, audio, video, animation or document."""
    name: str
    mime: str
    content: bytes
    width: int = 0
    height: int = 0
    seconds: int = 0
    """As the bot stated it; 0 when it did not."""

    @property
    def path(self) -> str:
        """Where it is fetched from, behind `/file/bot<token>/`."""
        return f"{FOLDERS[self.kind]}/{self.unique_id}{SUFFIXES.get(self.mime, '')}"

    def as_photo(self) -> list[dict[str, object]]:
        """Return the Bot API's list of PhotoSize: a thumbnail and the picture."""
        scale = 90 / max(self.width, self.height, 90)
        small = {
            "file_id": f"{self.id}-s",
            "file_unique_id": f"{self.unique_id}s",
            "width": max(1, round(self.width * scale)),
            "height": max(1, round(self.height * scale)),
            "file_size": min(1200, len(self.content)),
        }
        return [small, {**self.as_file(), "width": self.width, "height": self.height}]

    def as_document(self) -> dict[str, object]:
        """Return the Bot API's Document."""
        return {**self.as_file(), "file_name": self.name, "mime_type": self.mime}

    def as_played(self) -> dict[str, object]:
        """Return the Bot API's Voice, Audio, Video or Animation."""
        body = {**self.as_file(), "duration": self.seconds, "mime_type": self.mime}
        if self.kind != "voice":
            body["file_name"] = self.name
        if self.kind in {"video", "animation"}:
            body |= {"width": self.width, "height": self.height}
        return body

    def as_file(self) -> dict[str, object]:
        """Return the fields all kinds of files share."""
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


class FileShelf:
    """All files, in memory."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def keep(self, upload: Upload, *, kind: str, mime: str = "", shape: Shape | None = None) -> StoredFile:
        """Keep an upload and return it with its ids; refuses what Telegram refuses as that kind.

        `mime` is what was found in the bytes, empty to believe the upload.
        """
        if not upload.content:
            raise bad_request(FILE_EMPTY)
        stated = shape or Shape()
        width, height = stated.width, stated.height
        mime = mime or upload.mime or "application/octet-stream"
        if kind == "photo":
            mime, width, height = _checked_picture(upload.content)
        digest = hashlib.sha256(upload.content).hexdigest()
        stored = StoredFile(
            id=f"{_ID_BEGINNINGS[kind]}{digest[:40]}{len(self._by_id):04d}",
            unique_id=f"AQAD{digest[:12]}",
            kind=kind,
            name=upload.name,
            mime=mime,
            content=upload.content,
            width=width,
            height=height,
            seconds=stated.seconds,
        )
        self._by_id[stored.id] = stored
        self._by_path[stored.path] = stored
        return stored

    def find(self, file_id: str) -> StoredFile | None:
        """Return the file that was given this id, or None."""
        return self._by_id.get(file_id.removesuffix("-s"))

    def again(self, file_id: str) -> StoredFile:
        """Return the file a bot sends a second time by its id; refuses an id that is none of ours."""
        stored = self.find(file_id)
        if stored is None:
            raise bad_request(FILE_ID_REMOTE)
        return stored

    def at_path(self, path: str) -> StoredFile | None:
        """Return the file at a `file_path`, or None."""
        return self._by_path.get(path)


def _checked_picture(content: bytes) -> tuple[str, int, int]:
    if len(content) > limits.PHOTO_BYTES:
        raise bad_request(
            f"file of size {len(content)} bytes is too big for a photo; "
            f"the maximum size is {limits.PHOTO_BYTES} bytes"
        )
    size = picture_size(content)
    if size is None:
        raise bad_request(PHOTO_UNREADABLE)
    mime, width, height = size
    shorter, longer = min(width, height), max(width, height)
    if shorter == 0 or width + height > limits.PHOTO_SIDES_SUM or longer > limits.PHOTO_RATIO * shorter:
        raise bad_request(PHOTO_DIMENSIONS)
    return mime, width, height


def picture_size(content: bytes) -> tuple[str, int, int] | None:
    """Return MIME type, width and height in pixels from the first bytes, or None for no picture."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        return ("image/png", *struct.unpack(">II", content[16:24]))
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        return ("image/gif", *struct.unpack("<HH", content[6:10]))
    if content.startswith(b"\xff\xd8"):
        return _jpeg_size(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP" and len(content) >= 30:
        return _webp_size(content)
    return None


def _webp_size(content: bytes) -> tuple[str, int, int] | None:
    """Read the first chunk, one of three kinds (RFC 9649, 2.5 to 2.7)."""
    match content[12:16]:
        case b"VP8 ":
            width, height = struct.unpack("<HH", content[26:30])
            return "image/webp", width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            bits = int.from_bytes(content[21:25], "little")
            return "image/webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8X":
            sides = (int.from_bytes(content[at : at + 3], "little") for at in (24, 27))
            width, height = (1 + side for side in sides)
            return "image/webp", width, height
        case _:
            return None


def _jpeg_size(content: bytes) -> tuple[str, int, int] | None:
    """Walk the segments to the frame header (ISO 10918-1, B.2.2)."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return "image/jpeg", width, height
        at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    return None
