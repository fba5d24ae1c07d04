"""Media that lie about themselves, or that are made to take for ever (C09, C10)."""

import struct
import time
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from bot.course_reading import read_apart
from bot.limits import TELEGRAM
from lessons.reader import Reading, read_bytes
from tests.attacks.bad_courses import HEAD, LESSONS, SVG, zipped
from tests.lessons.media_files import (
    PLACE,
    box,
    chunk,
    exif,
    jpeg,
    mp3,
    mp4,
    office,
    ogg,
    ogg_page,
    pdf,
    png,
    segment,
    webp,
)

AUDIO = b"      - audio: media/a.mp3\n        transcript: A fan.\n"
VIDEO = b"      - video: media/v.mp4\n        alt: A hand.\n        transcript: Turn.\n"
FILE = b"      - file: media/form.pdf\n        alt: A form.\n"
IMAGE = b"      - image: media/p.jpg\n        alt: A meter.\n"
PROGRAM = b"MZ\x90\0" + bytes(200)
PAGE = b"<!doctype html><script>alert(1)</script>"


def packaged(card: bytes, content: bytes) -> bytes:
    name = card.split()[2].decode()
    return zipped({"course.yaml": HEAD + LESSONS + card, name: content})


def read(card: bytes, content: bytes) -> Reading:
    return read_bytes("a.zip", packaged(card, content), limits=TELEGRAM)


@pytest.mark.parametrize(
    ("card", "content", "code"),
    [
        (AUDIO, PROGRAM, "E135"),
        (AUDIO, b"ID3\x04\0\0\0\0\0\0" + PAGE, "E135"),
        (AUDIO, PAGE, "E135"),
        (AUDIO, mp4(), "E135"),
        (AUDIO, ogg() + PROGRAM, "E135"),
        (VIDEO, PROGRAM, "E135"),
        (VIDEO, mp4() + zipped({"a.txt": b"x"}), "E135"),
        (VIDEO, ogg(), "E135"),
        (VIDEO, b"\0\0\0\x18ftypisom" + PAGE, "E135"),
        (FILE, PROGRAM, "E135"),
        (FILE, SVG, "E135"),
        (FILE, PAGE, "E135"),
        (FILE, b"#!/bin/sh\n", "E135"),
        (FILE, pdf() + PROGRAM * 20, "E135"),
        (FILE, office(more={"word/vbaProject.bin": b"Sub"}), "E135"),
        (FILE, zipped({"run.exe": PROGRAM}), "E135"),
        (FILE, office(), "E139"),
        (FILE, b"dir c:\\", "E139"),
        (FILE, jpeg(), "E139"),
        (IMAGE, SVG, "E132"),
        (IMAGE, b"GIF89a" + PAGE, "E132"),
        (IMAGE, jpeg(image=b""), "E132"),
        (IMAGE, png(size=(9_000, 2)), "E132"),
    ],
)
def test_what_lies_about_itself_is_refused_in_words(card: bytes, content: bytes, code: str) -> None:
    reading = read(card, content)

    assert reading.course is None
    assert reading.media == {}
    assert [problem.code for problem in reading.problems] == [code]


@pytest.mark.parametrize(
    ("card", "content", "left"),
    [
        (IMAGE, jpeg(behind=zipped({"a.exe": PROGRAM})), jpeg()),
        (IMAGE, png(beside=chunk(b"tEXt", PAGE), behind=PAGE), png()),
        (IMAGE, jpeg(beside=segment(0xE1, b"Exif\0\0" + exif())), jpeg()),
    ],
)
def test_what_rides_along_is_left_behind(card: bytes, content: bytes, left: bytes) -> None:
    (kept,) = read(card, content).media.values()

    assert kept.content == left
    assert PLACE not in kept.content


def many_entries() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for number in range(30_000):
            package.writestr(f"{number}", b"")
    return made.getvalue()


def bomb() -> bytes:
    types = b"<Types>" + bytes(60_000_000)
    return zipped({"[Content_Types].xml": types})


SLOW: dict[str, tuple[bytes, Callable[[], bytes]]] = {
    "boxes": (VIDEO, lambda: box(b"ftyp", b"isom") + box(b"moov", box(b"trak") * 1_200_000)),
    "depth": (VIDEO, lambda: box(b"ftyp", b"isom") + nested(4_000)),
    "pages": (AUDIO, lambda: ogg() + ogg_page(b"", granule=0, number=9) * 180_000),
    "frames": (AUDIO, lambda: mp3(frames=11_000)),
    "zeros": (AUDIO, lambda: b"ID3\x04\0\0\0\0\0\0" + bytes(4_900_000)),
    "segments": (IMAGE, lambda: b"\xff\xd8" + segment(0xFE, b"") * 2_400_000),
    "fill": (IMAGE, lambda: jpeg()[:-2] + b"\xff" * 9_900_000),
    "chunks": (IMAGE, lambda: png(beside=chunk(b"tEXt", b"") * 800_000)),
    "webp": (IMAGE, lambda: webp((b"VP8L", b"\x2f\x07\xc0\x01\0\0\0\0"), *[(b"EXIF", b"")] * 1_200_000)),
    "entries": (FILE, many_entries),
    "bomb": (FILE, bomb),
    "text": (FILE, lambda: b"a" * 9_900_000),
}


def nested(depth: int) -> bytes:
    made = b""
    for _ in range(depth):
        made = struct.pack(">I4s", len(made) + 8, b"moov") + made
    return made


@pytest.mark.parametrize("name", SLOW)
def test_nothing_takes_long_to_judge(name: str) -> None:
    card, make = SLOW[name]
    package = packaged(card, make())
    began = time.process_time()

    read_bytes("a.zip", package, limits=TELEGRAM)

    # The package alone takes a tenth of a second to inflate; a square in its size would take minutes.
    assert time.process_time() - began < 2.0


async def test_the_limited_process_hands_media_over_whole() -> None:
    package = zipped(
        {
            "course.yaml": HEAD + LESSONS + AUDIO + VIDEO + FILE + IMAGE,
            "media/a.mp3": mp3(),
            "media/v.mp4": mp4(place=PLACE),
            "media/form.pdf": pdf(),
            "media/p.jpg": jpeg(behind=PLACE),
        }
    )

    apart = await read_apart("a.zip", package)

    assert apart == read_bytes("a.zip", package, limits=TELEGRAM)
    assert sorted(one.mime for one in apart.media.values()) == [
        "application/pdf", "audio/mpeg", "image/jpeg", "video/mp4",
    ]  # fmt: skip
    assert not [one for one in apart.media.values() if PLACE in one.content]
