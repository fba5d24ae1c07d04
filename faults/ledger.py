"""What a child was told is on disk, and whether a database still has all of it.

Read with SQLite alone, from whatever a kill or a power cut has left.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Ledger:
    """Everything that was acknowledged so far."""

    kept: set[int] = field(default_factory=set)
    """Updates by their number: Telegram has been told that we have them."""
    handled: set[int] = field(default_factory=set)
    claimed: set[int] = field(default_factory=set)
    """Rows of the outbox of which an attempt is on disk: they may be on their way."""
    settled: dict[int, int] = field(default_factory=dict)
    """The message that each of them became."""
    is_prepared: bool = False

    def add(self, kind: str, numbers: Sequence[int]) -> None:
        match kind:
            case "prepared":
                self.is_prepared = True
            case "kept":
                self.kept.update(numbers)
            case "handled":
                self.handled.update(numbers)
            case "claimed":
                self.claimed.update(numbers)
            case "settled":
                self.settled[numbers[0]] = numbers[1]
            case _:
                raise ValueError(kind)

    def __len__(self) -> int:
        return len(self.kept) + len(self.handled) + len(self.claimed) + len(self.settled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is wrong with a database."""

    lost: int
    """Acknowledged facts that are not in it."""
    unlawful: tuple[str, ...]
    """What may never be, whatever was acknowledged: half a transaction, a page that does not fit."""


def judged(path: Path, ledger: Ledger) -> Verdict:
    """Return what is wrong with the database at `path`, opening it as the next start would."""
    raw = sqlite3.connect(path, isolation_level=None)
    try:
        return _judged(raw, ledger)
    except sqlite3.DatabaseError as error:
        return Verdict(lost=len(ledger), unlawful=(str(error),))
    finally:
        raw.close()


def _judged(raw: sqlite3.Connection, ledger: Ledger) -> Verdict:
    found = [row[0] for row in raw.execute("PRAGMA integrity_check(3)")]
    unlawful = [] if found == ["ok"] else found
    tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "alembic_version" not in tables:
        unlawful += [f"half a migration: {sorted(tables)}"] if tables else []
        return Verdict(lost=len(ledger) + ledger.is_prepared, unlawful=tuple(unlawful))
    updates = dict(_rows(raw, "SELECT update_id, state FROM inbox"))
    done = {number for number, state in updates.items() if state == "done"}
    answers = {int(key) for (key,) in _rows(raw, "SELECT key FROM outbox WHERE key IS NOT NULL")}
    if done != answers:
        unlawful.append(f"handled and said differ: {sorted(done ^ answers)}")
    states = {number: (state, message) for number, state, message in _rows(raw, _STATES)}
    attempts: dict[int, list[str | None]] = {}
    for number, outcome in _rows(raw, "SELECT outbox_id, outcome FROM send_attempts"):
        attempts.setdefault(number, []).append(outcome)
    for number, (state, _) in states.items():
        expected = {"waiting": [], "sending": [None], "sent": ["sent"]}.get(state)
        if attempts.get(number, []) != expected:
            unlawful.append(f"row {number} is {state} with attempts {attempts.get(number)}")
    lost = (
        len(ledger.kept - set(updates))
        + len(ledger.handled - done)
        + len(ledger.claimed - set(attempts))
        + sum(states.get(number) != ("sent", message) for number, message in ledger.settled.items())
    )
    return Verdict(lost=lost, unlawful=tuple(unlawful))


_STATES = "SELECT id, state, message_id FROM outbox"


def _rows(raw: sqlite3.Connection, statement: str) -> list[tuple[Any, ...]]:  # columns of any type
    return raw.execute(statement).fetchall()
