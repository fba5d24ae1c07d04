"""Pictures made by hand, so that their size is known."""

import struct
import zlib


def png(width: int, height: int, *, padding: int = 0) -> bytes:
    """A black PNG; `padding` bytes of comment make it heavier."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes(width) for _ in range(height)))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"tEXt", b"c\0" + bytes(padding))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )
