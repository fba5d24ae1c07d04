"""Which rules of time zones this process goes by: countries change them, and updates bring them."""

import importlib.util
import zoneinfo
from pathlib import Path

from app.stopped import ZonesMissingError


def check() -> None:
    """Look for the rules before anything is begun; raises ZonesMissingError where there are none."""
    try:
        zoneinfo.ZoneInfo("Asia/Ulaanbaatar")
    except (zoneinfo.ZoneInfoNotFoundError, OSError) as missing:
        raise ZonesMissingError(ZonesMissingError.__doc__) from missing


def rules_version() -> str:
    """Return a text that is another one after an update of the rules; at most 64 characters.

    The system's files come first and the package `tzdata` fills in what they lack, so both count.
    """
    # Slow to import, and asked for once, when everything runs already.
    from importlib.metadata import PackageNotFoundError, version

    found = [told for folder in zoneinfo.TZPATH if (told := _of_system(Path(folder)))][:1]
    if importlib.util.find_spec("tzdata") is not None:
        try:
            found.append(f"tzdata {version('tzdata')}")
        except PackageNotFoundError:
            found.append("tzdata")
    return ", ".join(found)[:64]


def _of_system(folder: Path) -> str:
    try:
        with (folder / "tzdata.zi").open(encoding="utf-8") as rules:
            # "# version 2025b"
            return "system " + rules.readline(40).removeprefix("# version").strip()
    except (OSError, UnicodeDecodeError):
        pass
    try:
        return f"system of {int((folder / 'Europe').stat().st_mtime)}"
    except OSError:
        return ""
