"""What is on a disk after the power went: only what was synced is sure, and of the rest any part.

A sync makes the contents of its file sure; names of files are sure once their folder is synced, which
SQLite does with the first sync of a log. What was written since may be there or not, sector by sector;
making and removing files keep their order, as in the journal of ext4, XFS and others.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Literal, TypeAlias

SECTOR_BYTES = 512
Survives: TypeAlias = Literal["nothing", "everything"] | float
"""Of what was not synced: nothing, everything (as after a kill), or each sector with this chance."""


@dataclass(slots=True)
class _File:
    synced: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, bytes] | int] = field(default_factory=list)
    """Writes by their offset, and lengths the file was cut to, in order."""

    def sync(self) -> None:
        for change in self.since:
            _apply(self.synced, change)
        self.since.clear()

    def after(self, survives: Survives, random: Random) -> bytes:
        content = bytearray(self.synced)
        for change in self.since:
            if survives == "everything":
                _apply(content, change)
            elif isinstance(survives, float):
                for part in _sectors(change):
                    if random.random() < survives:
                        _apply(content, part)
        return bytes(content)


class Disk:
    """The files of one folder, as far as they are sure and as they seem to be."""

    def __init__(self, *, there: Iterable[str]) -> None:
        self._sure: dict[str, _File] = {name: _File() for name in there}
        self._seeming = dict(self._sure)
        self._names_since: list[tuple[str, _File | None]] = []

    def follow(self, event: tuple[Any, ...]) -> None:
        """Take in one thing that was written down by faults.disk_child."""
        match event:
            case ("made", str() as name):
                self._name(name, _File())
            case ("write", str() as name, int() as offset, bytes() as content):
                self._seeming[name].since.append((offset, content))
            case ("truncate", str() as name, int() as length):
                self._seeming[name].since.append(length)
            case ("synced", str() as name):
                self._seeming[name].sync()
                if any(new is self._seeming[name] for _, new in self._names_since):
                    self._sync_folder()
            case ("deleted", str() as name, bool() as and_folder):
                self._name(name, None)
                if and_folder:
                    self._sync_folder()
            case _:
                pass

    def leave(self, folder: Path, *, survives: Survives, random: Random) -> None:
        """Write into an empty folder what the next start would find."""
        names = dict(self._sure)
        if survives == "nothing":
            kept = 0
        elif survives == "everything":
            kept = len(self._names_since)
        else:
            kept = random.randint(0, len(self._names_since))
        for name, new in self._names_since[:kept]:
            _set(names, name, new)
        for name, file in names.items():
            (folder / name).write_bytes(file.after(survives, random))

    def _name(self, name: str, new: _File | None) -> None:
        _set(self._seeming, name, new)
        self._names_since.append((name, new))

    def _sync_folder(self) -> None:
        for name, new in self._names_since:
            _set(self._sure, name, new)
        self._names_since.clear()


def _set(names: dict[str, _File], name: str, new: _File | None) -> None:
    if new is None:
        names.pop(name, None)
    else:
        names[name] = new


def _apply(content: bytearray, change: tuple[int, bytes] | int) -> None:
    if isinstance(change, int):
        del content[change:]
        content.extend(bytes(change - len(content)))
        return
    offset, written = change
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(written)] = written


def _sectors(change: tuple[int, bytes] | int) -> Iterable[tuple[int, bytes] | int]:
    """Cut a write where a sector of the disk begins."""
    if isinstance(change, int):
        yield change
        return
    offset, written = change
    begin = 0
    while begin < len(written):
        end = min(len(written), SECTOR_BYTES - (offset + begin) % SECTOR_BYTES + begin)
        yield offset + begin, written[begin:end]
        begin = end
