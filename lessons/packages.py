"""The zip that a course travels in, unpacked into memory by somebody who expects the worst.

Nothing is written to disk. The first thing that is not as it should be ends the unpacking: a
package is either whole and plain, or it is not read at all.
"""

import stat
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

from lessons.files import BYTES_AT_MOST, FILES_AT_MOST, is_safe_name
from lessons.yaml_text import FILE_BYTES_AT_MOST

MEDIA_BYTES_AT_MOST = 10_000_000
"""What Telegram takes as a photo, and the most of every other kind (lessons.media_problems)."""

_TEXTS = ("yaml", "yml", "md", "txt", "csv", "po")
_MEDIA = ("png", "jpg", "jpeg", "webp", "ogg", "oga", "mp3", "m4a", "mp4", "pdf", "docx", "xlsx", "odt")
_LOCAL_HEADER_BYTES = 30
_LEFT_BY_SYSTEMS = ("__macosx/",)
_CHUNK_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRefused:
    """Why a package was not read."""

    reason: str
    fix: str


def unpack(content: bytes) -> dict[str, bytes] | PackageRefused:
    """Return the files of a package by name, or why it was refused.

    A single folder around everything is taken away; what desktops add on their own (`__MACOSX`,
    `.DS_Store`) is left out.
    """
    if len(content) > BYTES_AT_MOST:
        return PackageRefused(reason="the package has more than 20 MB", fix="use smaller media")
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            return _unpacked(package)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        return PackageRefused(
            reason="the package is damaged or not a zip", fix="make the zip again and send it"
        )


def _unpacked(package: zipfile.ZipFile) -> dict[str, bytes] | PackageRefused:
    entries = [entry for entry in package.infolist() if not _is_left_out(entry)]
    if len(entries) > FILES_AT_MOST:
        return PackageRefused(
            reason=f"the package has {len(entries)} files; a course has at most {FILES_AT_MOST}",
            fix="send only the course",
        )
    refused = _refused_entry(entries) or _refused_overlap(package.infolist())
    if refused is not None:
        return refused
    files: dict[str, bytes] = {}
    left = BYTES_AT_MOST
    for entry in entries:
        most = min(left, _bytes_at_most(entry.filename))
        inflated = _inflate(package, entry, at_most=most)
        if inflated is None:
            return PackageRefused(
                reason=f"`{entry.filename}` is too large when unpacked",
                fix="keep texts under 1 MB, media under 10 MB each, everything under 20 MB",
            )
        left -= len(inflated)
        files[entry.filename] = inflated
    return _without_folder(files)


def _is_left_out(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    # A schema is the editor's: `dusal course new` puts it there.
    return name.endswith(("/", ".DS_Store", ".schema.json")) or name.casefold().startswith(_LEFT_BY_SYSTEMS)


def _refused_entry(entries: list[zipfile.ZipInfo]) -> PackageRefused | None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        shown = name.encode("unicode_escape").decode()[:80]
        mode = entry.external_attr >> 16
        if not is_safe_name(name) or entry.orig_filename != name:
            return PackageRefused(
                reason=f"the name `{shown}` cannot be used", fix="use letters, digits, `-` and `_`"
            )
        if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
            return PackageRefused(
                reason=f"`{shown}` is a link or a device", fix="put the file itself in the package"
            )
        if entry.flag_bits & 0x1:
            return PackageRefused(reason="the package has a password", fix="make it without a password")
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            return PackageRefused(reason=f"`{shown}` is packed in an unusual way", fix="make an ordinary zip")
        if name.casefold() in seen:
            return PackageRefused(reason=f"`{shown}` is in the package twice", fix="keep one of the two")
        if name.rpartition(".")[2].casefold() not in (*_TEXTS, *_MEDIA):
            return PackageRefused(
                reason=f"`{shown}` is not a file of a course",
                fix="send yaml, md, and the media that a course may have",
            )
        seen.add(name.casefold())
    return None


def _refused_overlap(entries: list[zipfile.ZipInfo]) -> PackageRefused | None:
    """Refuse entries that share bytes: a bomb without compression (CVE-2024-0450)."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    for before, after in pairwise(ordered):
        end = before.header_offset + _LOCAL_HEADER_BYTES + len(before.filename) + before.compress_size
        if after.header_offset < end:
            return PackageRefused(reason="files in the package overlap", fix="make the zip again and send it")
    return None


def _bytes_at_most(name: str) -> int:
    is_one_of_the_media = name.rpartition(".")[2].casefold() in _MEDIA
    return MEDIA_BYTES_AT_MOST if is_one_of_the_media else FILE_BYTES_AT_MOST


def _inflate(package: zipfile.ZipFile, entry: zipfile.ZipInfo, *, at_most: int) -> bytes | None:
    """Return the bytes of one entry, or None when there are more; what the header says is not believed."""
    if entry.file_size > at_most:
        return None
    read = bytearray()
    with package.open(entry) as inflating:
        while chunk := inflating.read(_CHUNK_BYTES):
            read += chunk
            if len(read) > at_most:
                return None
    return bytes(read)


def _without_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    tops = {name.partition("/")[0] for name in files}
    if len(tops) == 1 and all("/" in name for name in files):
        return {name.partition("/")[2]: content for name, content in files.items()}
    return files
