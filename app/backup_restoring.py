"""Going back to a copy: it is checked first, and what is there now is kept aside, never deleted.

The copy is told that it is an older database, so the next start says nothing again that has been said
since (academy.after_restoring). Whoever was erased since is erased again before anybody can look.
"""

import contextlib
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from academy import after_restoring
from app.backup import checksum_file
from storage import erased_log, restored, sqlite_copies
from storage.copying import Progress
from storage.database import Database
from storage.erased_log import Erased
from storage.errors import SchemaIsNewerError
from storage.postgresql_aside import fill_anew
from storage.schema import KNOWN_VERSION
from storage.sqlite_connections import turn_on_log
from storage.sqlite_copies import CopyFaultyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put in place of what."""

    rows: int
    aside: str
    """Where the database is kept that was there before: a file, or a schema of the server; may be empty."""
    erased_again: int
    checksum: bool
    """Whether there was a checksum, and so one that fits."""


def restore(database: Database, *, file: Path, data: Path, now: datetime, progress: Progress) -> Restored:
    """Put the copy in `file` in the place of `database`, which nobody may have open.

    Raises StorageError when the copy is not sound, is a newer program's, or a service runs; nothing
    has changed then.
    """
    erased_file = erased_log.erased_log_file(database.file, data=data)
    erased: frozenset[Erased] = frozenset() if erased_file is None else erased_log.read(erased_file)
    folder = data if database.file is None else database.file.parent
    folder.mkdir(parents=True, exist_ok=True)
    with (
        database.hold(now=now),
        tempfile.TemporaryDirectory(dir=folder, prefix=".dusal-restoring-") as here,
    ):
        copy = Path(here) / "copy.db"
        has_checksum = _take_copy(file, copy)
        examined = sqlite_copies.examine(copy)
        if examined.version is None:
            raise CopyFaultyError(f"{file} is a database, but not one of ours")
        if examined.version > KNOWN_VERSION:
            raise SchemaIsNewerError(found=examined.version, known=KNOWN_VERSION)
        with contextlib.closing(Database.open(f"sqlite:///{copy}")) as opened:
            opened.prepare_held()
            again = opened.run_here(partial(_make_ready, erased=erased, now=now))
            if database.file is None:
                aside = f"before_{now.astimezone(UTC):%Y%m%d_%H%M%S}"
                _fill_server(database, opened, aside=aside, progress=progress)
        if database.file is not None:
            aside = _put_in_place(copy, database.file, now=now)
    return Restored(rows=sum(examined.rows.values()), aside=aside, erased_again=again, checksum=has_checksum)


def _fill_server(database: Database, copy: Database, *, aside: str, progress: Progress) -> None:
    copy.read_here(
        lambda source: database.run_here(
            lambda target: fill_anew(target, source=source, aside=aside, progress=progress)
        )
    )


def _put_in_place(copy: Path, file: Path, *, now: datetime) -> str:
    """Return where the database is kept that was there; empty when there was none."""
    sqlite_copies.rest(copy)
    turn_on_log(copy)
    aside = file.with_name(f"{file.name}.before-{now.astimezone(UTC):%Y%m%d-%H%M%S}")
    kept = str(aside) if file.exists() else ""
    sqlite_copies.put_in_place(copy, target=file, aside=aside)
    return kept


def _take_copy(file: Path, copy: Path) -> bool:
    """Copy the file, and return whether it has a checksum; raises CopyFaultyError when that is another's."""
    try:
        sha256 = sqlite_copies.copy_at_rest(file, target=copy)
    except OSError as error:
        raise CopyFaultyError(f"{file} cannot be read ({error.strerror})") from error
    checksum = checksum_file(file)
    if not checksum.exists():
        return False
    if checksum.read_text(encoding="utf-8").split()[:1] != [sha256]:
        raise CopyFaultyError(f"{file} is not the file that {checksum.name} was made for: it was changed")
    return True


def _make_ready(tx: Connection, *, erased: Collection[Erased], now: datetime) -> int:
    restored.say_restored(tx, now=now)
    return after_restoring.erase_again(tx, erased=erased)
