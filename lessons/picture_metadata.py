"""Pictures without what cameras and editors write into them: places, names, devices, comments.

Only whole segments and chunks are dropped, so not a pixel changes. What is kept is listed, not what
is dropped: the next kind of metadata goes without anybody having heard of it. What stands behind
the end of a picture goes, too.
"""

import re
import struct
from dataclasses import dataclass

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    [
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP"),
        *(b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs", b"acTL", b"fcTL", b"fdAT"),
    ]
)
"""What says how the pixels look (PNG, third edition, 11)."""
_WEBP_KEPT = frozenset([b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"])
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04
"""Flags of VP8X that announce the dropped chunks (RFC 9649, 2.7)."""
_CHUNKS_AT_MOST = 100_000
_JPEG_KEPT = ((0xE0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe"))
"""Application segments without which the colours change."""
_JPEG_MARKER = re.compile(rb"\xff++([^\x00\xff\xd0-\xd7])")
"""A marker and the fill bytes in front of it (ITU T.81, B.1.1.2)."""
_JPEG_END_OF_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""The next marker in compressed data, where FF 00 and restarts are no markers (B.1.1.5).

One FF and not a run of them: searching for a run takes the square of its length.
"""
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True, kw_only=True)
class BarePicture:
    """A picture and nothing beside it."""

    content: bytes
    is_turned: bool
    """What was dropped said that the picture is to be shown turned or mirrored."""


def bare(content: bytes) -> BarePicture | None:
    """Return a png, jpg or webp without its metadata, or None when it is not whole."""
    try:
        if content.startswith(_PNG_SIGNATURE):
            return _png(content)
        if content.startswith(b"\xff\xd8"):
            return _jpeg(content)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _webp(content)
    except (struct.error, IndexError):
        return None
    return None


def _png(content: bytes) -> BarePicture | None:
    kept, turned, at = [_PNG_SIGNATURE], False, len(_PNG_SIGNATURE)
    for _ in range(_CHUNKS_AT_MOST):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        end = at + 12 + length
        if end > len(content):
            return None
        if kind in _PNG_KEPT:
            kept.append(content[at:end])
        elif kind == b"eXIf":
            turned |= _is_turned(content[at + 8 : end - 4])
        if kind == b"IEND":
            return BarePicture(content=b"".join(kept), is_turned=turned)
        at = end
    return None


def _jpeg(content: bytes) -> BarePicture | None:
    """Walk the segments (ITU T.81, B.1.1), through every scan to the end of the image."""
    kept, turned, at = [b"\xff\xd8"], False, 2
    for _ in range(_CHUNKS_AT_MOST):
        found = _JPEG_MARKER.match(content, at)
        if found is None:
            return None
        marker, start = found[1][0], found.end()
        if marker == 0xD9:
            kept.append(b"\xff\xd9")
            return BarePicture(content=b"".join(kept), is_turned=turned)
        (length,) = struct.unpack(">H", content[start : start + 2])
        end = start + length
        if length < 2 or end > len(content):
            return None
        body = content[start + 2 : end]
        if marker == 0xDA:
            behind = _JPEG_END_OF_SCAN.search(content, end)
            if behind is None:
                return None
            end = behind.start()
            kept.append(b"\xff\xda" + content[start:end])
        elif marker == 0xE1:
            turned |= body.startswith(b"Exif\0\0") and _is_turned(body[6:])
        elif marker == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 14:
            # Seven bytes of version and density; the small picture behind them goes.
            kept.append(b"\xff\xe0\0\x10" + body[:12] + b"\0\0")
        elif marker != 0xFE and (not 0xE0 <= marker <= 0xEF or _is_colour(marker, body)):
            kept.append(bytes([0xFF, marker]) + content[start:end])
        at = end
    return None


def _is_colour(marker: int, body: bytes) -> bool:
    return any(marker == kind and body.startswith(name) for kind, name in _JPEG_KEPT)


def _webp(content: bytes) -> BarePicture | None:
    (size,) = struct.unpack("<I", content[4:8])
    last = 8 + size
    kept: list[bytes] = []
    turned, at = False, 12
    if last > len(content):
        return None
    for _ in range(_CHUNKS_AT_MOST):
        if at >= last:
            break
        kind, length = struct.unpack("<4sI", content[at : at + 8])
        end = at + 8 + length + length % 2
        if end > last:
            return None
        if kind == b"VP8X":
            flags = content[at + 8] & ~(_WEBP_EXIF | _WEBP_XMP)
            kept.append(content[at : at + 8] + bytes([flags]) + content[at + 9 : end])
        elif kind in _WEBP_KEPT:
            kept.append(content[at:end])
        elif kind == b"EXIF":
            turned |= _is_turned(content[at + 8 : end].removeprefix(b"Exif\0\0"))
        at = end
    whole = b"WEBP" + b"".join(kept)
    return BarePicture(content=b"RIFF" + struct.pack("<I", len(whole)) + whole, is_turned=turned)


def _is_turned(tiff: bytes) -> bool:
    """Tell whether EXIF asks for a turn (Exif 2.32, 4.6.4, tag 274: 1 is upright)."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (at,) = struct.unpack(order + "I", tiff[4:8])
        (count,) = struct.unpack(order + "H", tiff[at : at + 2])
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, _, _, value = struct.unpack(order + "HHIH", tiff[entry : entry + 10])
            if tag == _ORIENTATION:
                return value in range(2, 9)
    except (struct.error, KeyError):
        # Unreadable EXIF turns no picture anywhere.
        return False
    return False
