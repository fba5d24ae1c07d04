"""Where the files of a course come from: a folder on disk, or a package held in memory.

Names are relative to the course, with `/`; nothing outside of it can be named.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

FILES_AT_MOST = 500
BYTES_AT_MOST = 20_000_000
"""Of all files of a course together."""

_PART = re.compile(r"[^\W_][\w .()+,&-]{0,98}")
_RESERVED = re.compile(r"(?:aux|con|nul|prn|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


class CourseFiles(Protocol):
    """Reads the files of one course."""

    def read(self, name: str) -> bytes | None:
        """Return the content, or None when there is no such file."""

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of the files directly in `folder` (empty: the top), sorted."""

    def shown(self, name: str) -> str:
        """Return the name as the author knows it."""


def is_safe_name(name: str) -> bool:
    """Tell whether a name stays inside the course and can exist on every system."""
    parts = name.split("/")
    if not 1 <= len(parts) <= 4 or len(name) > 200:
        return False
    return all(
        _PART.fullmatch(part) and not _RESERVED.match(part) and not part.endswith((".", " "))
        for part in parts
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFiles:
    """A folder on disk; never follows a link out of it."""

    root: Path
    shown_root: str
    """The folder as it was typed; empty when it was not."""

    def read(self, name: str) -> bytes | None:
        """Return the content, or None when there is no such file inside the folder."""
        path = self.root / name
        if not is_safe_name(name) or not path.resolve().is_relative_to(self.root.resolve()):
            return None
        try:
            if not path.is_file() or path.stat().st_size > BYTES_AT_MOST:
                return None
            return path.read_bytes()
        except OSError:
            return None

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of the files directly in `folder`, sorted; empty when there is no such folder."""
        try:
            with os.scandir(self.root / folder) as entries:
                names = [entry.name for entry in entries if entry.is_file()]
        except OSError:
            return ()
        return tuple(sorted(f"{folder}/{name}" if folder else name for name in names))

    def shown(self, name: str) -> str:
        """Return the path as the author would type it."""
        return os.path.join(self.shown_root, name) if self.shown_root else name  # noqa: PTH118 - keeps `./`


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryFiles:
    """Files that were unpacked into memory."""

    contents: Mapping[str, bytes] = field(repr=False)

    def read(self, name: str) -> bytes | None:
        """Return the content, or None when there is no such file."""
        return self.contents.get(name)

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of the files directly in `folder`, sorted."""
        return tuple(sorted(name for name in self.contents if name.rpartition("/")[0] == folder))

    def shown(self, name: str) -> str:
        """Return the name inside the package."""
        return name
