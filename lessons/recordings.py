"""What a recording is, by its own bytes: never by its name, and without decoding it.

Containers are walked from the first byte to the last, so that nothing can ride along behind what
a phone plays. A walk costs no more than the file has boxes or pages.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_BOXES_AT_MOST = 5_000
"""A film of two minutes has about forty; a file made of nothing but boxes is not one."""
_DEPTH_AT_MOST = 8
"""The samples of a track stand five boxes deep."""
_WITH_PLACES = (b"udta", b"meta", b"uuid")
"""Where phones write the place, the day and the owner's device (ISO 14496-12, 8.10; QuickTime)."""
_INSIDE = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_OPUS_PER_SECOND = 48_000
"""Granule positions count samples of this rate, whatever was recorded (RFC 7845, 4)."""
_MP3_KBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MP3_KBITS_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MP3_RATES = (44_100, 48_000, 32_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What the container of a recording says."""

    mime: Literal["audio/ogg", "audio/mpeg", "audio/mp4", "video/mp4"]
    content: bytes
    """The recording without the places and devices that phones write into it."""
    seconds: float | None = None
    """None where only decoding would tell (mp3)."""
    width: int = 0
    """Pixels; 0 for what is only heard."""
    height: int = 0
    has_sound: bool = True
    codec: str = ""
    """Of the pictures, four letters such as `avc1`; empty for what is only heard."""
    sound_codec: str = ""
    """Of the sound in an mp4 or m4a, such as `mp4a`; empty elsewhere and without sound."""


def recording(content: bytes) -> Recording | None:
    """Return what a recording says of itself: ogg with Opus, mp3, m4a or mp4; None for all else."""
    try:
        if content.startswith(b"OggS"):
            return _ogg(content)
        if content[4:8] == b"ftyp":
            return _mp4(content)
        return _mp3(content)
    except (struct.error, IndexError, _BrokenError):
        return None


class _BrokenError(Exception):
    """The container is not whole."""


def _ogg(content: bytes) -> Recording | None:
    """Walk the pages (RFC 3533, 6): one stream, and nothing after its last page."""
    at, granule, skipped, stream = 0, 0, 0, None
    while at < len(content):
        capture, version, _, position, serial = struct.unpack("<4sBBqI", content[at : at + 18])
        if capture != b"OggS" or version != 0:
            return None
        segments = content[at + 26]
        body = at + 27 + segments
        end = body + sum(content[at + 27 : body])
        if stream is None:
            if content[body : body + 8] != b"OpusHead":
                return None
            stream = serial
            (skipped,) = struct.unpack("<H", content[body + 10 : body + 12])
        if serial != stream or end > len(content):
            return None
        granule = max(granule, position)
        at = end
    return Recording(mime="audio/ogg", content=content, seconds=max(0, granule - skipped) / _OPUS_PER_SECOND)


def _mp3(content: bytes) -> Recording | None:
    """Look for two frames in a row (ISO 11172-3, 2.4.1.3), behind a tag if there is one."""
    at = 0
    if content.startswith(b"ID3"):
        size = content[6:10]
        # Seven bits of each byte count (id3.org, ID3v2.4, 6.2).
        at = 10 + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]) + (10 if content[5] & 0x10 else 0)
        at += len(content[at : at + 4096]) - len(content[at : at + 4096].lstrip(b"\0"))
    for _ in range(2):
        length = _mp3_frame(content[at : at + 4])
        if length is None:
            return None
        at += length
    return Recording(mime="audio/mpeg", content=content)


def _mp3_frame(header: bytes) -> int | None:
    """Return the bytes of the layer III frame that begins so, or None when none does."""
    bits = int.from_bytes(header)
    version, layer, rate_index = bits >> 19 & 3, bits >> 17 & 3, bits >> 10 & 3
    kbits_index, padding = bits >> 12 & 15, bits >> 9 & 1
    if bits >> 21 != 0x7FF or version == 1 or layer != 1 or rate_index == 3 or kbits_index in {0, 15}:
        return None
    is_first = version == 3
    rate = _MP3_RATES[rate_index] // {3: 1, 2: 2, 0: 4}[version]
    kbits = (_MP3_KBITS if is_first else _MP3_KBITS_LOW)[kbits_index]
    return (144_000 if is_first else 72_000) * kbits // rate + padding


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    """Of its header."""
    body: int
    end: int


@dataclass(slots=True)
class _Film:
    """What the boxes of a film have told so far."""

    seconds: float | None = None
    width: int = 0
    height: int = 0
    kinds: tuple[bytes, ...] = ()
    """Of its tracks: `vide`, `soun`."""
    codec: str = ""
    sound_codec: str = ""
    blanked: tuple[_Box, ...] = ()


def _mp4(content: bytes) -> Recording | None:
    """Read the header boxes of an mp4 or m4a (ISO 14496-12)."""
    film = _Film()
    left = [_BOXES_AT_MOST]
    _read_boxes(content, _Box(b"", 0, 0, len(content)), film, left, depth=0)
    if b"vide" not in film.kinds and b"soun" not in film.kinds:
        return None
    is_seen = b"vide" in film.kinds
    return Recording(
        mime="video/mp4" if is_seen else "audio/mp4",
        content=_blanked(content, film.blanked),
        seconds=film.seconds,
        width=film.width,
        height=film.height,
        has_sound=b"soun" in film.kinds,
        codec=film.codec,
        sound_codec=film.sound_codec,
    )


def _read_boxes(content: bytes, outer: _Box, film: _Film, left: list[int], *, depth: int) -> None:
    if depth > _DEPTH_AT_MOST:
        raise _BrokenError
    for box in _boxes(content, outer.body, outer.end, left):
        body = content[box.body : min(box.end, box.body + 256)]
        match box.kind:
            case b"mvhd":
                film.seconds = _seconds(body)
            case b"tkhd":
                width, height = (side >> 16 for side in struct.unpack(">II", content[box.end - 8 : box.end]))
                film.width, film.height = max(film.width, width), max(film.height, height)
            case b"hdlr" if body[8:12] not in {b"alis", b"url "}:
                film.kinds += (body[8:12],)
            case b"stsd":
                # The entries of a track stand behind its handler, so it is known whose they are.
                codec = body[12:16].decode("latin-1")
                if film.kinds[-1:] == (b"vide",):
                    film.codec = codec
                elif film.kinds[-1:] == (b"soun",):
                    film.sound_codec = codec
            case kind if kind in _WITH_PLACES:
                film.blanked += (box,)
            case kind if kind in _INSIDE:
                _read_boxes(content, box, film, left, depth=depth + 1)
            case _:
                pass


def _boxes(content: bytes, start: int, end: int, left: list[int]) -> Iterator[_Box]:
    at = start
    while at < end:
        left[0] -= 1
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        body = at + 8
        if size == 1:
            (size,) = struct.unpack(">Q", content[body : body + 8])
            body += 8
        elif size == 0 and end == len(content):
            size = end - at
        if at + size > end or body > at + size or left[0] < 0 or not re.fullmatch(rb"[ -~\xa9]{4}", kind):
            raise _BrokenError
        yield _Box(kind, at, body, at + size)
        at += size


def _seconds(header: bytes) -> float | None:
    """Return the length that a movie header states (ISO 14496-12, 8.2.2); None when it leaves it open."""
    if header[0] == 1:
        scale, length = struct.unpack(">IQ", header[20:32])
    else:
        scale, length = struct.unpack(">II", header[12:20])
    return length / scale if scale and length else None


def _blanked(content: bytes, boxes: tuple[_Box, ...]) -> bytes:
    """Return the film with these boxes made free space: nothing moves, so nothing breaks."""
    if not boxes:
        return content
    made = bytearray(content)
    for box in boxes:
        made[box.start + 4 : box.start + 8] = b"free"
        made[box.body : box.end] = bytes(box.end - box.body)
    return bytes(made)
