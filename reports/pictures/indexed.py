"""Makes a drawn PNG a third of its size: one byte a pixel, for phones on mobile data.

The renderer writes four bytes a pixel, though a picture of ours has a few hundred colours, most
of them the soft edges of letters. The 256 most frequent ones are kept exactly; each other pixel
takes the nearest of them, a difference nobody can see. Format: https://www.w3.org/TR/png-3/.
"""

import struct
import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BYTES = 4
"""Of one pixel: red, green, blue, opacity."""
_COLOURS = 256


def indexed(png: bytes) -> bytes:
    """Return the same picture with a palette.

    Raises ValueError unless `png` has eight bits a channel, RGBA, and is not interlaced.
    """
    parts = dict(_joined(png))
    wide, high, *layout = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    if layout != [8, 6, 0, 0, 0]:
        raise ValueError("not a PNG as the renderer writes it")
    rows = _rows(zlib.decompress(parts[b"IDAT"]), wide=wide, high=high)
    counts: Counter[int] = Counter()
    for row, times in Counter(rows).items():
        for colour, pixels in Counter(_pixels(row)).items():
            counts[colour] += pixels * times
    by_count = [colour for colour, _ in counts.most_common()]
    palette = [_channels(colour) for colour in by_count[:_COLOURS]]
    place = {colour: index for index, colour in enumerate(by_count[:_COLOURS])}
    place |= {colour: _nearest(_channels(colour), palette) for colour in by_count[_COLOURS:]}
    drawn = {row: b"\0" + bytes(map(place.__getitem__, _pixels(row))) for row in set(rows)}
    return b"".join(
        [
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(colour[:3] for colour in palette)),
            _chunk(b"IDAT", zlib.compress(b"".join(drawn[row] for row in rows))),
            _chunk(b"IEND", b""),
        ]
    )


def _pixels(row: bytes) -> memoryview:
    """Return one number for each pixel, in this machine's order of bytes."""
    return memoryview(row).cast("I")


def _channels(colour: int) -> bytes:
    return colour.to_bytes(_BYTES, sys.byteorder)


def _nearest(colour: bytes, palette: list[bytes]) -> int:
    return min(
        range(len(palette)),
        key=lambda place: sum(abs(one - other) for one, other in zip(colour, palette[place], strict=True)),
    )


def _joined(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each kind of chunk once, with the contents of all its chunks in order."""
    if not png.startswith(_SIGNATURE):
        raise ValueError("not a PNG")
    found: dict[bytes, bytes] = {}
    at = len(_SIGNATURE)
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        found[kind] = found.get(kind, b"") + png[at + 8 : at + 8 + length]
        at += 12 + length
    yield from found.items()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _rows(filtered: bytes, *, wide: int, high: int) -> list[bytes]:
    """Return the rows of pixels, their filters undone (PNG, section 9)."""
    length = wide * _BYTES
    above = bytes(length)
    rows = []
    for start in range(0, high * (length + 1), length + 1):
        row = filtered[start + 1 : start + 1 + length]
        match filtered[start]:
            case 0:
                above = row
            case 2:
                above = _sum(row, above, length=length)
            case kind:
                above = _undo(kind, row, above)
        rows.append(above)
    return rows


def _sum(row: bytes, above: bytes, *, length: int) -> bytes:
    """Return the sums of the bytes, each modulo 256, as one addition of two long numbers."""
    low = int.from_bytes(b"\x7f" * length)
    one, other = int.from_bytes(row), int.from_bytes(above)
    # The highest bit of each byte is added apart, so that nothing carries into the next byte.
    return (((one & low) + (other & low)) ^ ((one ^ other) & ~low & ((1 << 8 * length) - 1))).to_bytes(length)


def _undo(kind: int, row: bytes, above: bytes) -> bytes:
    """Undo the filters that look to the left: 1 (Sub), 3 (Average), 4 (Paeth)."""
    done = array("I")
    left = corner = 0
    for difference, up in zip(_pixels(row), _pixels(above), strict=True):
        # On flat ground, which is most of a picture, a pixel is what is to its left.
        if difference or kind == 3 or (kind == 4 and left != up):
            four = zip(*map(_channels, (difference, left, up, corner)), strict=True)
            left = int.from_bytes(
                bytes([(more + _guess(kind, *near)) % 256 for more, *near in four]), sys.byteorder
            )
        done.append(left)
        corner = up
    return done.tobytes()


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    match kind:
        case 1:
            return left
        case 3:
            return (left + up) // 2
        case 4:
            estimate = left + up - corner
            to_left, to_up, to_corner = abs(estimate - left), abs(estimate - up), abs(estimate - corner)
            if to_left <= to_up and to_left <= to_corner:
                return left
            return up if to_up <= to_corner else corner
        case _:
            raise ValueError(f"PNG has no filter {kind}")
