"""Whether a database keeps what it has confirmed when the power goes (guarantees 0.8, B13)."""

from typing import Final

from sqlalchemy import Connection, text

_SAFE: Final = {
    "fsync": frozenset({"on"}),
    "full_page_writes": frozenset({"on"}),
    # `local` does not wait for standbys; a standby that takes over may then lack the last seconds.
    "synchronous_commit": frozenset({"on", "remote_apply", "local"}),
}
"""Settings of PostgreSQL and values with which a commit is on disk (PostgreSQL manual, 28.5 and 20.5)."""


def unsafe(tx: Connection) -> tuple[str, ...]:
    """Return what is set so that commits may be lost, as "fsync=off"; empty when nothing is.

    Of SQLite only the kind of its log can differ from what we ask for: it is kept in the file.
    """
    if tx.dialect.name == "sqlite":
        mode = str(tx.execute(text("PRAGMA journal_mode")).scalar_one())
        return () if mode == "wal" else (f"journal_mode={mode}",)
    found = {name: str(tx.execute(text(f"SHOW {name}")).scalar_one()) for name in _SAFE}
    return tuple(f"{name}={value}" for name, value in found.items() if value not in _SAFE[name])
