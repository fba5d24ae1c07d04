"""Files that are no courses, each bad in one way."""

import stat
import struct
import zipfile
from collections.abc import Mapping
from io import BytesIO

HEAD = b"format: 1\nid: tea\ntitle: Tea\nlanguage: en\nversion: 1.0.0\n"
LESSONS = b"lessons:\n  - id: a\n    title: A\n    steps:\n"
TEA = HEAD + LESSONS + b"      - say: Boil the water.\n"
PICTURE = HEAD + LESSONS + b"      - image: media/p.png\n        alt: A cup.\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def zipped(files: Mapping[str, bytes] | list[tuple[str, bytes]]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items() if isinstance(files, Mapping) else files:
            package.writestr(name, content)
    return packed.getvalue()


def linked() -> bytes:
    entry = zipfile.ZipInfo("media/p.png")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("course.yaml", PICTURE)
        package.writestr(entry, "/etc/passwd")
    return packed.getvalue()


def png(width: int, height: int) -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I4sII", 13, b"IHDR", width, height)
        + b"\x08\x02\0\0\0"
        + b"\0" * 40
    )


def lying(content: bytes) -> bytes:
    """Return the package with a directory that claims one byte for each file."""
    place = content.index(b"PK\x01\x02")
    return content[: place + 24] + struct.pack("<I", 1) + content[place + 28 :]


def slow() -> bytes:
    """Return a file whose mistakes stand at its end: each is mended and the whole read once more."""
    filler = b"# a comment that has to be scanned, and a key\n" + b"".join(
        b"k%d: v\n" % n for n in range(90_000)
    )
    return HEAD + filler[:960_000].rsplit(b"\n", 1)[0] + b"\n" + b"x: y: z\n" * 30


def pictured(picture: bytes) -> bytes:
    """Return a package whose one card shows this picture."""
    return zipped({"course.yaml": PICTURE, "media/p.png": picture})


def overlapping() -> bytes:
    """Return a package in which two names lead to the same bytes (CVE-2024-0450)."""
    content = zipped({"course.yaml": TEA, "zourse.yaml": TEA})
    first, second = content.index(b"PK\x01\x02"), content.rindex(b"PK\x01\x02")
    return content[: second + 42] + content[first + 42 : first + 46] + content[second + 46 :]


def encrypted() -> bytes:
    """Return a package that says of itself that it has a password."""
    content = zipped({"course.yaml": TEA})
    flags = content.index(b"PK\x01\x02") + 8
    return content[:flags] + b"\x01\x00" + content[flags + 2 :]
