"""Small real files, put together by hand, so that every byte in them is known."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

PLACE = b"+47.9184+106.9177/"
"""Where a phone says it was: what must not reach learners."""


# --- recordings ------------------------------------------------------------------------------------


def ogg(seconds: float = 2.0, *, codec: bytes = b"OpusHead", serial: int = 7) -> bytes:
    """An ogg of three pages; the last one states the length in samples of 48 kHz."""
    skipped = 312
    head = codec + struct.pack("<BBHIhB", 1, 1, skipped, 48_000, 0, 0)
    end = round(seconds * 48_000) + skipped
    return (
        ogg_page(head, granule=0, number=0, flags=2, serial=serial)
        + ogg_page(b"OpusTags" + struct.pack("<I3sI", 3, b"abc", 0), granule=0, number=1, serial=serial)
        + ogg_page(b"\xfc\xff\xfe" * 40, granule=end, number=2, flags=4, serial=serial)
    )


def ogg_page(body: bytes, *, granule: int, number: int, flags: int = 0, serial: int = 7) -> bytes:
    segments = bytes([255] * (len(body) // 255) + [len(body) % 255])
    return (
        b"OggS"
        + struct.pack("<BBqIIIB", 0, flags, granule, serial, number, 0, len(segments))
        + segments
        + body
    )


def mp3(*, frames: int = 3, tag: bytes = b"") -> bytes:
    """MPEG 1 layer III, 128 kbit/s at 44.1 kHz: 417 bytes a frame."""
    return tag + (b"\xff\xfb\x90\x00" + bytes(413)) * frames


def id3(size: int = 20) -> bytes:
    return b"ID3\x04\0\0" + bytes([0, 0, size >> 7, size & 0x7F]) + bytes(size)


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def mp4(
    seconds: float = 3.0,
    *,
    size: tuple[int, int] = (320, 240),
    codec: bytes = b"avc1",
    sound: bool = True,
    sound_codec: bytes = b"mp4a",
    seen: bool = True,
    place: bytes = b"",
    padding: int = 0,
) -> bytes:
    """An mp4 with its header boxes; without `seen` it is an m4a."""
    movie_header = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, round(seconds * 1000)), bytes(80))
    tracks = []
    if seen:
        tracks.append(_track(b"vide", codec, size))
    if sound:
        tracks.append(_track(b"soun", sound_codec, (0, 0)))
    user_data = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(place), 0), place)) if place else b""
    brand = b"isom" if seen else b"M4A "
    return (
        box(b"ftyp", brand, struct.pack(">I", 512), b"isommp42")
        + box(b"moov", movie_header, *tracks, user_data)
        + box(b"mdat", bytes(64 + padding))
    )


def _track(handler: bytes, codec: bytes, size: tuple[int, int]) -> bytes:
    header = box(b"tkhd", bytes(76), struct.pack(">II", size[0] << 16, size[1] << 16))
    kind = box(b"hdlr", bytes(8), handler, bytes(12), b"\0")
    samples = box(b"stsd", struct.pack(">II", 0, 1), box(codec, bytes(70)))
    return box(b"trak", header, box(b"mdia", kind, box(b"minf", box(b"stbl", samples))))


# --- files to keep ---------------------------------------------------------------------------------


def pdf(text: bytes = b"Meter form") -> bytes:
    """A PDF of one empty page with a title."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>",
        b"<</Title(" + text + b")>>",
    )
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 5/Root 1 0 R/Info 4 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(made)
    return made + b"xref\n0 5\n0000000000 65535 f \n" + table + end


def packed(files: Mapping[str, bytes]) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return made.getvalue()


def office(kind: bytes = b"wordprocessingml.document", *, more: Mapping[str, bytes] | None = None) -> bytes:
    """A docx, or an xlsx with `spreadsheetml.sheet`."""
    main = b"application/vnd.openxmlformats-officedocument." + kind + b".main+xml"
    types = b'<Types><Override PartName="/word/document.xml" ContentType="' + main + b'"/></Types>'
    return packed({"[Content_Types].xml": types, "word/document.xml": b"<w/>", **(more or {})})


def odt() -> bytes:
    return packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<o/>"})


# --- pictures --------------------------------------------------------------------------------------


def exif(orientation: int = 1, *, order: str = ">") -> bytes:
    """EXIF as a camera writes it: which way is up, and where it was."""
    mark = b"MM" if order == ">" else b"II"
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    entries += struct.pack(f"{order}HHII", 0x010E, 2, len(PLACE), 38)
    return mark + struct.pack(f"{order}HI", 42, 8) + struct.pack(f"{order}H", 2) + entries + bytes(4) + PLACE


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


JFIF = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
JPEG_IMAGE = (
    segment(0xDB, bytes([0]) + bytes([1] * 64))
    + segment(0xC0, struct.pack(">BHHB", 8, 8, 8, 1) + bytes([1, 0x11, 0]))
    + segment(0xC4, bytes([0x00, 0, 1, *[0] * 14, 0]))
    + segment(0xC4, bytes([0x10, 0, 1, *[0] * 14, 0]))
    + segment(0xDA, bytes([1, 1, 0x00, 0, 63, 0]))
    + b"\x3f\xff\x00\xff\xd0\x3f"
)
"""A grey square of 8 by 8 pixels, with a stuffed FF and a restart in its data."""


def jpeg(*, beside: bytes = b"", behind: bytes = b"", image: bytes = JPEG_IMAGE) -> bytes:
    """A JPEG with metadata beside the image, and bytes behind its end."""
    return b"\xff\xd8" + JFIF + beside + image + b"\xff\xd9" + behind


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*, beside: bytes = b"", behind: bytes = b"", size: tuple[int, int] = (8, 8)) -> bytes:
    """A black PNG with chunks beside the image, and bytes behind its end."""
    width, height = size
    rows = zlib.compress(b"".join(b"\0" + bytes(width) for _ in range(height)))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"gAMA", struct.pack(">I", 45_455))
        + beside
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
        + behind
    )


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for kind, content in chunks
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body
