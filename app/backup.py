"""Copies of the database: made while the service runs, and only kept when putting them back would work.

A copy is always one SQLite file, also of an academy on PostgreSQL, so it can be put back on either. A
copy counts once it has been read back whole: damage, rows that point at nothing, and a row too many or
too few make it none.
"""

import contextlib
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from storage import bots, sqlite_copies
from storage.copying import Progress, copy_rows
from storage.database import Database
from storage.errors import StorageError
from storage.sqlite_copies import CopyFaultyError

FOLDER: Final = "backups"
"""In the data folder; where copies go that are given no name."""
_OURS: Final = re.compile(r"dusal-\d{8}-\d{6}\.db")


class BackupExistsError(StorageError):
    """Copies are never written over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A copy that was made and checked."""

    file: Path
    rows: int
    bytes: int
    sha256: str
    removed: tuple[Path, ...]
    """Older ones that had to go."""


def default_file(data: Path, *, now: datetime) -> Path:
    """Return where a copy without a name goes: data/backups/dusal-20261123-084500.db, in UTC."""
    return data / FOLDER / f"dusal-{now.astimezone(UTC):%Y%m%d-%H%M%S}.db"


def back_up(
    database: Database, *, file: Path, now: datetime, keep: int | None = None, progress: Progress
) -> Backup:
    """Copy the database into `file`, check the copy, and note that there is one.

    With `keep` only the newest so many stay of the copies beside it that have names of ours. Raises
    StorageError, CopyFaultyError among them, when there is no copy to rely on.
    """
    if file.exists():
        raise BackupExistsError(f"{file} exists already: give another name")
    file.parent.mkdir(parents=True, exist_ok=True)
    if database.file is not None and not sqlite_copies.free_for(database.file, folder=file.parent):
        raise StorageError(f"{file.parent} has no room for the copy and for trying it: make some")
    # In the same folder, so that taking its name happens at once or not at all.
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".dusal-") as folder:
        made, tried = Path(folder) / "made.db", Path(folder) / "tried.db"
        expected = _copy(database, target=made, progress=progress)
        sha256 = sqlite_copies.copy_at_rest(made, target=tried)
        found = sqlite_copies.examine(tried)
        if found.rows != expected:
            raise CopyFaultyError("the copy has not the rows that the database has: it was not kept")
        # The checksum first: a copy without one was not finished.
        checksum = checksum_file(file)
        checksum.write_text(f"{sha256}  {file.name}\n", encoding="utf-8")
        sqlite_copies.sync(checksum)
        made.rename(file)
    sqlite_copies.sync(file.parent)
    database.run_here(lambda tx: bots.note_backup(tx, now=now))
    return Backup(
        file=file,
        rows=sum(found.rows.values()),
        bytes=file.stat().st_size,
        sha256=sha256,
        removed=() if keep is None else _remove_older(file.parent, keep=keep),
    )


def checksum_file(file: Path) -> Path:
    """Return the file beside a copy that holds its SHA-256, as `sha256sum --check` reads it."""
    return file.with_name(file.name + ".sha256")


def _copy(database: Database, *, target: Path, progress: Progress) -> dict[str, int]:
    """Return how many rows each table of the copy must have."""
    if database.file is not None:
        return sqlite_copies.copy_running(database.file, target=target)
    with contextlib.closing(Database.open(f"sqlite:///{target}")) as copy:
        copy.prepare_held()
        rows = database.read_here(
            lambda source: copy.run_here(lambda tx: copy_rows(source, tx, progress=progress))
        )
    sqlite_copies.rest(target)
    return {**rows, "alembic_version": 1}


def _remove_older(folder: Path, *, keep: int) -> tuple[Path, ...]:
    """Their names are their moments, so the order of the names is the order in time."""
    ours = sorted(found for found in folder.iterdir() if _OURS.fullmatch(found.name))
    old = tuple(ours[: max(0, len(ours) - keep)])
    for file in old:
        file.unlink()
        checksum_file(file).unlink(missing_ok=True)
    return old
