"""What a file to keep is, by its own bytes: a document, a table, a text or a picture, and nothing that runs.

A name is believed in one case only: it tells a table (`csv`) from a text, which look the same. It
still has to fit what the file is, because a phone opens a file by its name.
"""

import struct
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO

from lessons.media import picture_header

_OFFICE = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
"""Type of the main part, as `[Content_Types].xml` states it (ECMA-376, part 2)."""
_OPEN_TEXT = b"application/vnd.oasis.opendocument.text"
_RUNS = (b"vbaProject", b"macroEnabled", b"activeX", b"Basic/")
"""Signs of programs inside a document."""
_DIRECTORY_BYTES_AT_MOST = 200_000
"""About two thousand entries; a form has a dozen."""
_LISTED_BYTES_AT_MOST = 500_000
_MIMES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "csv": "text/csv",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a file to keep is."""

    suffix: str
    """What its name ends with, without the dot."""
    mime: str
    """At most 71 ASCII characters."""


def paper(content: bytes, *, name: str) -> Paper | None:
    """Return what a file is: pdf, docx, xlsx, odt, csv, txt, png or jpg; None for all else."""
    suffix = _suffix(content, name=name)
    return None if suffix is None else Paper(suffix=suffix, mime=_MIMES[suffix])


def suffix_of(name: str) -> str:
    """Return what a name ends with, in small letters and without the dot; `jpeg` counts as `jpg`."""
    written = name.rpartition("/")[2].rpartition(".")[2].casefold()
    return "jpg" if written == "jpeg" else written


def _suffix(content: bytes, *, name: str) -> str | None:
    if content.startswith(b"%PDF-"):
        # Nothing but a line or two may follow the end mark (ISO 32000-1, 7.5.5).
        return "pdf" if b"%%EOF" in content[-1024:] else None
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    picture = picture_header(content)
    if picture is not None:
        return {"image/png": "png", "image/jpeg": "jpg"}.get(picture.mime)
    if _is_plain(content):
        return "csv" if suffix_of(name) == "csv" else "txt"
    return None


def _packed(content: bytes) -> str | None:
    """Tell apart the documents that are zips, reading only what says what they are."""
    try:
        end = content.rindex(b"PK\x05\x06", max(0, len(content) - 70_000))
        directory_bytes, directory_at = struct.unpack("<II", content[end + 12 : end + 20])
        if directory_bytes > _DIRECTORY_BYTES_AT_MOST or directory_at + directory_bytes != end:
            return None
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = "\n".join(package.namelist()).encode()
            types = _listed(package, "[Content_Types].xml")
            kind = _listed(package, "mimetype")
    except (zipfile.BadZipFile, zlib.error, struct.error, ValueError, EOFError, RuntimeError, OSError):
        # RuntimeError: a password, or a way of packing that is not known.
        return None
    if any(sign in names or sign in types for sign in _RUNS):
        return None
    if kind.strip() == _OPEN_TEXT:
        return "odt"
    return next((suffix for main, suffix in _OFFICE.items() if b'"' + main + b'"' in types), None)


def _listed(package: zipfile.ZipFile, name: str) -> bytes:
    """Return the beginning of one entry, empty when it is not there; what its header says is not believed."""
    if name not in package.namelist():
        return b""
    with package.open(name) as inflating:
        return inflating.read(_LISTED_BYTES_AT_MOST)


def _is_plain(content: bytes) -> bool:
    """Tell whether the bytes are a text in UTF-8 that no program and no browser would run."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    begun = text.lstrip()
    if not begun or begun.startswith(("<", "#!", "@echo")):
        return False
    return not any(sign < " " and sign not in "\t\r\n" for sign in set(text))
