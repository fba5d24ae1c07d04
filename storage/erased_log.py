"""Who was erased, in a small file beside the database: an older one that is put back must erase them again.

A line names our own number of the person and the moment their row was made. Both say nothing to
anybody once the row is gone, which the messenger's number, plain or hashed, would not: there are few
enough of those to try them all. Numbers are given out again, moments are not: only both together are
a person. The file is never pruned, because nobody knows how old a copy is that is put back.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from storage.moments import moment_of, number_of


class Erased(NamedTuple):
    """Somebody who is to be forgotten."""

    person_id: int
    created_at: datetime


def erased_log_file(database: Path | None, *, data: Path | None) -> Path | None:
    """Return the file beside a SQLite database; with a server, in the data folder of whoever forgets."""
    if database is not None:
        return database.with_name(database.name + ".erased.log")
    return None if data is None else data / "erased.log"


def note(path: Path, people: Iterable[Erased]) -> None:
    """Add those who are not there yet, and return once they are on disk."""
    known = read(path)
    new = [one for one in people if one not in known]
    if not new:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # It begins with the end of a line, in case the last one was cut.
    lines = "".join(f"\n{one.person_id} {number_of(one.created_at)};\n" for one in new)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, lines.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> frozenset[Erased]:
    """Return everybody who is there; lines that are cut are left out."""
    try:
        text = path.read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return frozenset()
    found = set()
    for line in text.splitlines():
        person, _, made = line.removesuffix(";").partition(" ")
        if line.endswith(";") and person.isdecimal() and made.isdecimal():
            moment = moment_of(int(made))
            found.add(Erased(person_id=int(person), created_at=moment))
    return frozenset(found)
