"""`dusal course check --watch`: the check runs again whenever a file of the course is saved.

Files are looked at three times a second rather than asked for from the system: that works on every
disk, also on shared ones, and a course has few files.
"""

import os
import time
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TypeAlias

import click

POLL_SECONDS = 0.3
_FILES_AT_MOST = 2_000
"""Somebody may name their home folder; a course has 500 files at most."""

Snapshot: TypeAlias = frozenset[tuple[str, int, int]]
"""Name, time of the last change in nanoseconds and size of each file."""


def snapshot(path: Path) -> Snapshot:
    """Return what the course at `path` (a file or a folder) looks like from outside; never raises.

    Of a single file the pictures and translations beside it count too. Hidden files do not: editors
    keep their own things in them.
    """
    root = path if path.is_dir() else path.parent
    seen: set[tuple[str, int, int]] = set()
    for folder, folders, names in os.walk(root):
        depth = len(Path(folder).relative_to(root).parts)
        folders[:] = [] if depth >= 2 else sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(".") or name.endswith("~"):
                continue
            file = Path(folder) / name
            try:
                known = file.stat()
            except OSError:
                # Between its old and its new version; the next look finds it.
                continue
            seen.add((str(file), known.st_mtime_ns, known.st_size))
            if len(seen) >= _FILES_AT_MOST:
                return frozenset(seen)
    return frozenset(seen)


def watch(
    path: Path,
    *,
    check: Callable[[], object],
    clear: bool,
    sleep: Callable[[float], object] = time.sleep,
    now: Callable[[], datetime] = datetime.now,
    looks: int | None = None,
) -> None:
    """Run `check` now and after each change, until interrupted or after so many `looks`.

    `check` may end by raising what ends a command: the watch goes on. With `clear` the terminal is
    emptied before each run.
    """
    seen: Snapshot | None = None
    try:
        for _ in count() if looks is None else range(looks):
            found = snapshot(path)
            if found != seen:
                seen = found
                if clear:
                    click.clear()
                _run(check)
                click.echo(f"\nChecked at {now():%H:%M:%S}. Save a file to check again; Ctrl+C ends.")
            sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        click.echo("\nStopped.")


def _run(check: Callable[[], object]) -> None:
    try:
        check()
    except SystemExit:
        # The exit code of one check among many is for nobody.
        return
    except click.ClickException as told:
        told.show()
