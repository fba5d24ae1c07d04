"""Words in a picture: how wide they are, where lines break, and the SVG that shows them.

Widths are read from the bundled fonts themselves, so that a long Mongolian course name breaks
where it must and never runs out of the picture. Kerning is left out: it only ever makes a line
a little narrower.
"""

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias
from xml.sax.saxutils import escape

from reports.pictures.palette import PAPER

Weight: TypeAlias = Literal["regular", "bold"]

FONTS = Path(__file__).parent / "fonts"
FONT_FILES: dict[Weight, Path] = {
    "regular": FONTS / "NotoSans-Regular.ttf",
    "bold": FONTS / "NotoSans-Bold.ttf",
}
FAMILY = "Noto Sans"
_ELLIPSIS = "…"
_CSS_WEIGHT: dict[Weight, int] = {"regular": 400, "bold": 700}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Widths:
    units_per_em: int
    advances: dict[int, int]
    """Code point → advance in font units."""
    missing: int
    """Advance of the box that stands for a letter the font lacks."""


def width(text: str, *, size: float, weight: Weight = "regular") -> float:
    """Return the width of one line in pixels at this font size."""
    font = _widths(weight)
    units = sum(font.advances.get(ord(letter), font.missing) for letter in text)
    return units * size / font.units_per_em


def has_glyphs(text: str) -> bool:
    """Return whether the bundled fonts can show every letter of the text."""
    return all(ord(letter) in _widths("regular").advances for letter in text)


def lines(text: str, *, size: float, room: float, most: int, weight: Weight = "regular") -> tuple[str, ...]:
    """Return the text in at most `most` lines of at most `room` pixels.

    What does not fit ends in an ellipsis; a single word wider than the room is cut. Empty text
    gives no line.
    """
    broken: list[str] = []
    for word in text.split():
        longer = f"{broken[-1]} {word}" if broken else word
        if broken and width(longer, size=size, weight=weight) <= room:
            broken[-1] = longer
        else:
            broken.append(word)
    kept = broken[:most]
    if len(broken) > most:
        kept[-1] += f" {broken[most]}"
    return tuple(_cut(line, size=size, room=room, weight=weight) for line in kept)


def fitting_size(
    text: str, *, sizes: tuple[int, ...], room: float, most: int, weight: Weight = "regular"
) -> int:
    """Return the first of `sizes` (descending) at which the text fits without being cut, else the last."""
    for size in sizes:
        shown = lines(text, size=size, room=room, most=most, weight=weight)
        if " ".join(shown) == " ".join(text.split()):
            return size
    return sizes[-1]


def text_at(
    x: float,
    y: float,
    text: str,
    *,
    size: float,
    fill: str,
    weight: Weight = "regular",
    anchor: Literal["start", "middle", "end"] = "start",
) -> str:
    """Return an SVG text element; `y` is the baseline."""
    return (
        f'<text x="{x:g}" y="{y:g}" font-family="{FAMILY}" font-size="{size:g}" '
        f'font-weight="{_CSS_WEIGHT[weight]}" fill="{fill}" text-anchor="{anchor}">'
        f"{escape(_drawable(text))}</text>"
    )


def page(content: str, *, width: int, height: int) -> str:
    """Return a whole SVG document of this size in pixels, on the ground all pictures share."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><rect width="{width}" height="{height}" fill="{PAPER}"/>'
        f"{content}</svg>"
    )


def _drawable(text: str) -> str:
    # XML has no way to write most control characters, not even escaped.
    return "".join(letter for letter in text if letter.isprintable())


def _cut(line: str, *, size: float, room: float, weight: Weight) -> str:
    if width(line, size=size, weight=weight) <= room:
        return line
    while line and width(line + _ELLIPSIS, size=size, weight=weight) > room:
        line = line[:-1]
    return line.rstrip() + _ELLIPSIS


@cache
def _widths(weight: Weight) -> _Widths:
    """Read `head`, `hhea`, `hmtx` and the Windows Unicode `cmap` (format 4) of an OpenType font.

    Source: https://learn.microsoft.com/typography/opentype/spec/.
    """
    font = FONT_FILES[weight].read_bytes()
    (count,) = struct.unpack_from(">H", font, 4)
    tables: dict[bytes, int] = {}
    for index in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        tables[tag] = offset
    (units_per_em,) = struct.unpack_from(">H", font, tables[b"head"] + 18)
    (long_metrics,) = struct.unpack_from(">H", font, tables[b"hhea"] + 34)
    metrics = struct.unpack_from(f">{2 * long_metrics}H", font, tables[b"hmtx"])
    advances = {
        code: metrics[2 * min(glyph, long_metrics - 1)]
        for code, glyph in _glyphs(font, _basic_plane(font, tables[b"cmap"])).items()
    }
    return _Widths(units_per_em=units_per_em, advances=advances, missing=metrics[0])


def _basic_plane(font: bytes, cmap: int) -> int:
    """Return the offset of the subtable for the Basic Multilingual Plane (platform 3, encoding 1)."""
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * index)
        if (platform, encoding) == (3, 1):
            return cmap + int(offset)
    raise ValueError("the font has no Unicode character map")


def _glyphs(font: bytes, table: int) -> dict[int, int]:
    """Return code point → glyph index of a format 4 subtable."""
    layout, _, _, doubled = struct.unpack_from(">HHHH", font, table)
    if layout != 4:
        raise ValueError(f"cmap format {layout} is not read here")
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", font, table + 14)
    starts = struct.unpack_from(f">{count}H", font, table + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", font, table + 16 + 2 * doubled)
    range_table = table + 16 + 3 * doubled
    ranges = struct.unpack_from(f">{count}H", font, range_table)
    glyphs: dict[int, int] = {}
    for index, (start, end, delta, offset) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for code in range(start, end + 1):
            if offset == 0:
                glyph = (code + delta) % 65536
            else:
                (glyph,) = struct.unpack_from(
                    ">H", font, range_table + 2 * index + offset + 2 * (code - start)
                )
                glyph = (glyph + delta) % 65536 if glyph else 0
            if glyph:
                glyphs[code] = glyph
    return glyphs
