"""What could go wrong on this machine, found before it does.

Each check returns a finding with a remedy and never raises: a doctor that faints helps nobody.
"""

import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lessons.confinement import network_can_be_cut

Level: TypeAlias = Literal["good", "warning", "bad"]

_WAL_FIXED = (3, 51, 3)
"""First SQLite in which a write-ahead log cannot be reset under a committing connection; also fixed in
3.50.7 and 3.44.6 (https://sqlite.org/wal.html, "WAL-reset bug")."""
_BACKPORTS = {(3, 50): 7, (3, 44): 6}
_FREE_BYTES = 200 * 1024 * 1024
"""Below this a few weeks of a busy academy could fill the disk."""
_NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    level: Level
    says: str
    """One sentence; for anything but good it says what to do."""


def examine(*, data: Path, config: Path, database_file: Path | None) -> tuple[Finding, ...]:
    """Return a finding for each check of the machine, in the order a person would look."""
    checks: tuple[Callable[[], Finding], ...] = (
        _python,
        lambda: _sqlite(sqlite3.sqlite_version_info),
        _time_zones,
        lambda: _file_system(database_file or data),
        lambda: _space(database_file or data),
        lambda: _config_mode(config),
        _reading,
    )
    return tuple(check() for check in checks)


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < (3, 11, 8):
        return Finding(
            what="Python",
            level="warning",
            says=f"{version}; 3.11.8 or newer reads hostile zip files more safely. Update when you can.",
        )
    return Finding(what="Python", level="good", says=version)


def _sqlite(version: tuple[int, ...]) -> Finding:
    written = ".".join(str(part) for part in version)
    fixed = version >= _WAL_FIXED or version[2] >= _BACKPORTS.get((version[0], version[1]), sys.maxsize)
    if fixed:
        return Finding(what="SQLite", level="good", says=written)
    return Finding(
        what="SQLite",
        level="warning",
        says=f"{written} can damage a database that other programs write to at the same moment. Dusal "
        "itself guards against that; use no other tool on the file while `dusal serve` runs.",
    )


def _time_zones() -> Finding:
    try:
        ZoneInfo("Asia/Ulaanbaatar")
    except (ZoneInfoNotFoundError, OSError):
        return Finding(
            what="Time zones", level="bad", says="there are none on this machine: pip install tzdata."
        )
    return Finding(what="Time zones", level="good", says="known")


def _file_system(path: Path) -> Finding:
    kind = _mounted_as(path)
    if kind in _NETWORK_FILE_SYSTEMS:
        return Finding(
            what="File system",
            level="bad",
            says=f"the database lies on {kind}, where locks do not hold. Move it to a local disk.",
        )
    return Finding(what="File system", level="good", says=kind or "local")


def _mounted_as(path: Path) -> str:
    """Return the type of the file system that holds `path`; empty where the kernel does not tell."""
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    target = path.absolute()
    best = ("", "")
    for line in lines:
        parts = line.split(" ")
        if len(parts) > 2 and target.is_relative_to(parts[1]) and len(parts[1]) >= len(best[0]):
            best = (parts[1], parts[2])
    return best[1]


def _space(path: Path) -> Finding:
    existing = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    megabytes = free // (1024 * 1024)
    if free < _FREE_BYTES:
        return Finding(what="Free space", level="bad", says=f"only {megabytes} MB are left. Make room.")
    return Finding(what="Free space", level="good", says=f"{megabytes} MB")


def _config_mode(config: Path) -> Finding:
    if not config.is_file():
        return Finding(
            what="Settings",
            level="warning",
            says=f"there is no {config}. Copy config.example.yaml and fill in the token.",
        )
    mode = stat.S_IMODE(config.stat().st_mode)
    if mode & 0o077:
        return Finding(
            what="Settings",
            level="warning",
            says=f"others on this machine can read the token: chmod 600 {config}",
        )
    return Finding(what="Settings", level="good", says=f"{config}, readable by its owner only")


def _reading() -> Finding:
    """Courses of strangers are read in a process without a network, where the kernel has that to give."""
    if network_can_be_cut():
        return Finding(what="Reading", level="good", says="courses are read without a network")
    return Finding(
        what="Reading",
        level="warning",
        says="this system does not let a process give up its network, so courses are read with limits on "
        "time and memory only. Allow user namespaces (sysctl user.max_user_namespaces), or take courses "
        "from people you know.",
    )
