"""Lengths of text as Telegram counts them: code points for limits, UTF-16 units for entities."""


def utf16_length(text: str) -> int:
    """Return the number of UTF-16 code units of `text`."""
    return len(text) + sum(char > "\uffff" for char in text)


def utf16_boundaries(text: str) -> list[int]:
    """Return the UTF-16 offset of each code point, and the end: `len(text) + 1` rising numbers."""
    offsets = [0]
    for char in text:
        offsets.append(offsets[-1] + (2 if char > "\uffff" else 1))
    return offsets


def utf16_slice(text: str, *, offset: int, length: int) -> str:
    """Return the part of `text` that starts at `offset` and is `length` long, both in UTF-16 units."""
    raw = text.encode("utf-16-le", errors="surrogatepass")
    return raw[offset * 2 : (offset + length) * 2].decode("utf-16-le", errors="replace")
