import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.media import PictureHeader, picture_header
from lessons.reader import read


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 2, 0, 0, 0)


def jpeg(width: int, height: int) -> bytes:
    exif = b"\xff\xe1" + struct.pack(">H", 10) + b"Exif\0\0\0\0"
    return b"\xff\xd8" + exif + b"\xff\xc2" + struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\0" * 10


def webp(chunk: bytes, body: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + chunk + b"\0\0\0\0" + body


@pytest.mark.parametrize(
    ("content", "header"),
    [
        (png(640, 480), PictureHeader(mime="image/png", width=640, height=480)),
        (jpeg(640, 480), PictureHeader(mime="image/jpeg", width=640, height=480)),
        (
            webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 640, 480)),
            PictureHeader(mime="image/webp", width=640, height=480),
        ),
        (
            webp(b"VP8L", b"\x2f" + struct.pack("<I", 639 | 479 << 14)),
            PictureHeader(mime="image/webp", width=640, height=480),
        ),
        (
            webp(b"VP8X", b"\0\0\0\0" + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")),
            PictureHeader(mime="image/webp", width=640, height=480),
        ),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<html>", None),
        (b"GIF89a", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"\xff\xd8\xff\xe0", None),
        (b"", None),
    ],
)
def test_picture_header(content: bytes, header: PictureHeader | None) -> None:
    assert picture_header(content) == header


@given(
    st.sampled_from([b"", png(1, 1)[:20], b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8 "]), st.binary(max_size=60)
)
def test_no_bytes_make_looking_fail(start: bytes, rest: bytes) -> None:
    picture_header(start + rest)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (png(50_000, 50_000), "`a.png` has 50000 × 50000 pixels, too many for Telegram"),
        (png(3000, 100), "`a.png` has 3000 × 100 pixels, too long and thin for Telegram"),
        (png(0, 100), "`a.png` has no size"),
        (b"<svg/>", "`a.png` is not a png, jpg or webp picture"),
    ],
)
def test_pictures_that_cannot_be_sent_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.png").write_bytes(content)
    (tmp_path / "heat.yaml").write_text(
        "format: 1\nid: heat\ntitle: Heat\nlanguage: en\nversion: 1\nlessons:\n"
        "  - {id: one, title: One, steps: [{image: a.png, alt: A hall.}]}\n"
    )

    problems = read(tmp_path / "heat.yaml").problems

    assert [(problem.code, problem.message) for problem in problems] == [("E132", message)]
