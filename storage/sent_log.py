"""What has been sent, in a small file beside the database: a copy that is put back has forgotten it.

A line says that a message is about to be sent, another one what became of it, ids only. The first is
written before the request, the second before the database is told. So whatever arrived is known here,
as sent or, when the process was killed in between, as perhaps. Nothing is synced: a killed process
leaves its lines with the kernel, and the seconds that a power cut takes are missed only when an older
database is put back as well.
"""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

from storage.moments import moment_of, number_of

LARGEST_BYTES: Final = 32 * 1024 * 1024
"""Then a new file is begun and the one before is kept: 150,000 messages, a week of 10,000 learners."""
_END: Final = ";"
"""A line that was cut by the end of the machine, and then ended by the next one, is none."""
_BECAME: Final[dict[str, "Became"]] = {"sent": "sent", "maybe": "maybe", "not": "not"}
_TAIL_BYTES: Final = 256 * 1024
Became: TypeAlias = Literal["sent", "maybe", "not"]
"""It arrived, may have arrived, or surely did not."""


class SentLine(NamedTuple):
    """One message that arrived, or may have."""

    delivery: int
    decided_at: datetime
    """When its row was made: an older database gives the same numbers out again, moments it does not."""
    person_id: int
    kind: str
    at: datetime
    key: str | None
    became: "Became" = "sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the file tells."""

    lines: tuple[SentLine, ...]
    """One for each message, the oldest first."""
    tally: int
    """The newest one; 0 when there is none."""


def sent_log_file(database: Path | None, *, data: Path | None) -> Path | None:
    """Return the file beside a SQLite database; with a server, in the data folder of whoever sends."""
    if database is not None:
        return database.with_name(database.name + ".sent.log")
    return None if data is None else data / "sent.log"


class SentLog:
    """The file of one running sender."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unwritten: list[str] = []
        self._descriptor = _opened(path)

    def note(self, *lines: SentLine) -> None:
        """Add lines; raises OSError when they cannot be kept now, and keeps them for the next time."""
        for line in lines:
            moments = f"{number_of(line.decided_at)} {line.person_id} {line.kind} {number_of(line.at)}"
            self._unwritten.append(f"{line.became} {line.delivery} {moments} {line.key or '-'}{_END}\n")
        self._write()

    def tally(self, number: int) -> None:
        """Note that the database has counted to `number`; call it after that was committed."""
        if os.fstat(self._descriptor).st_size > LARGEST_BYTES:
            os.replace(self._path, _before(self._path))  # noqa: PTH105 - atomic, and says so
            os.close(self._descriptor)
            self._descriptor = _opened(self._path)
        self._unwritten.append(f"tally {number}{_END}\n")
        self._write()

    def close(self) -> None:
        """Close the file, once it is on disk."""
        with contextlib.suppress(OSError):
            os.fsync(self._descriptor)
        os.close(self._descriptor)

    def _write(self) -> None:
        written = "".join(self._unwritten).encode()
        done = os.write(self._descriptor, written)
        if done < len(written):
            # A full disk took a part of it: a line that is cut is no line, so all come again.
            os.write(self._descriptor, b"\n")
            raise OSError(f"{len(written) - done} bytes of sent.log were not taken")
        self._unwritten.clear()


def read(path: Path) -> Recorded:
    """Return everything that is there, oldest first; lines that are cut or strange are left out."""
    return _recorded(_lines(_before(path)), _lines(path))


def read_end(path: Path) -> Recorded:
    """Return what was noted since the last tally, and that tally: cheap, however long the file."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            end = file.read().decode(errors="replace").split("\n")
    except FileNotFoundError:
        return Recorded(lines=(), tally=0)
    tallies = [index for index, line in enumerate(end) if _tally(line) is not None]
    if not tallies:
        return read(path)
    return _recorded(end[tallies[-1] :])


def since(path: Path, *, tally: int) -> tuple[SentLine, ...]:
    """Return what was noted after `tally`; everything when that is not to be found any more."""
    known: dict[tuple[int, datetime], SentLine] = {}
    for text in (*_lines(_before(path)), *_lines(path)):
        if _tally(text) == tally:
            known.clear()
        elif (line := _line(text)) is not None:
            _learn(known, line)
    return tuple(known.values())


def _recorded(*parts: Iterable[str]) -> Recorded:
    known: dict[tuple[int, datetime], SentLine] = {}
    last = 0
    for part in parts:
        for text in part:
            if (tally := _tally(text)) is not None:
                last = max(last, tally)
            elif (line := _line(text)) is not None:
                _learn(known, line)
    return Recorded(lines=tuple(known.values()), tally=last)


def _learn(known: dict[tuple[int, datetime], SentLine], line: SentLine) -> None:
    """Let the last that is known of a message stand; what surely did not arrive is forgotten."""
    before = known.pop((line.delivery, line.decided_at), None)
    if before is not None and before.became == "sent":
        # Sent again after a doubt: it has arrived, whatever became of the second copy.
        line = before
    if line.became != "not":
        known[line.delivery, line.decided_at] = line


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from (line.removesuffix("\n") for line in file)
    except FileNotFoundError:
        return


def _tally(text: str) -> int | None:
    word, _, number = text.removesuffix(_END).partition(" ")
    whole = text.endswith(_END) and number.isascii() and number.isdigit()
    return int(number) if whole and word == "tally" else None


def _line(text: str) -> SentLine | None:
    words: Sequence[str] = text.removesuffix(_END).split(" ", 6)
    if len(words) != 7 or not text.endswith(_END):
        return None
    try:
        return SentLine(
            delivery=int(words[1]),
            decided_at=moment_of(int(words[2])),
            person_id=int(words[3]),
            kind=words[4],
            at=moment_of(int(words[5])),
            key=None if words[6] == "-" else words[6],
            became=_BECAME[words[0]],
        )
    except (KeyError, ValueError, OverflowError):
        return None


def _opened(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        os.write(descriptor, b"\n")
    return descriptor


def _before(path: Path) -> Path:
    return path.with_name(path.name + ".1")
