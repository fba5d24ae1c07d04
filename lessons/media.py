"""What a picture is, by its own bytes: never by its name, and never by decoding it.

Only headers are read, so a picture of 50,000 × 50,000 pixels costs nothing to refuse.
"""

import struct
from dataclasses import dataclass

WIDTH_AND_HEIGHT_AT_MOST = 10_000
"""Telegram refuses a photo whose width and height together exceed this (Bot API, sendPhoto)."""
RATIO_AT_MOST = 20
"""Telegram refuses a photo whose longer side is more than this many times the shorter one."""

_SEGMENTS_AT_MOST = 100_000
"""A camera writes about twenty; walking through millions takes seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """The bytes of one picture, recording or file, as learners get them."""

    mime: str
    """Such as `image/png`, by the bytes and not by the name; at most 71 characters."""
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureHeader:
    """What the first bytes of a picture say."""

    mime: str
    width: int
    height: int


def picture_header(content: bytes) -> PictureHeader | None:
    """Return kind and size of a png, jpg or webp picture, or None when it is none of these."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
            width, height = struct.unpack(">II", content[16:24])
            return PictureHeader(mime="image/png", width=width, height=height)
        if content.startswith(b"\xff\xd8\xff"):
            return _jpeg(content)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _webp(content)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg(content: bytes) -> PictureHeader | None:
    """Walk the segments up to the frame header (ITU T.81, B.2.2)."""
    at = 2
    for _ in range(_SEGMENTS_AT_MOST):
        if at + 9 >= len(content) or content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return PictureHeader(mime="image/jpeg", width=width, height=height)
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        at += 2 + max(2, length)
    return None


def _webp(content: bytes) -> PictureHeader | None:
    """Read the size from whichever of the three chunk kinds comes first (RFC 9649)."""
    match content[12:16]:
        case b"VP8 ":
            width, height = struct.unpack("<HH", content[26:30])
            return PictureHeader(mime="image/webp", width=width & 0x3FFF, height=height & 0x3FFF)
        case b"VP8L":
            (bits,) = struct.unpack("<I", content[21:25])
            return PictureHeader(
                mime="image/webp", width=(bits & 0x3FFF) + 1, height=((bits >> 14) & 0x3FFF) + 1
            )
        case b"VP8X":
            width = 1 + int.from_bytes(content[24:27], "little")
            height = 1 + int.from_bytes(content[27:30], "little")
            return PictureHeader(mime="image/webp", width=width, height=height)
        case _:
            return None
