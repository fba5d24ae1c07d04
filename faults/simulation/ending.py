"""What must be true once all has come to rest: nothing waits, nothing was lost, nothing is left over."""

import sqlite3
from typing import TYPE_CHECKING, Final

from faults.simulation import template
from faults.simulation.quiet import kept

if TYPE_CHECKING:
    from faults.simulation.play import Simulation

_OPEN: Final = """
SELECT id, state, kind FROM outbox
WHERE state IN ('waiting', 'sending', 'uncertain') AND not_before <= ? LIMIT 1
"""
_SENT: Final = "SELECT id, kind, created_at FROM outbox WHERE state = 'sent' AND NOT repeatable"
_REFUSED: Final = """
SELECT id, kind, reason, content FROM outbox
WHERE state = 'refused' AND reason NOT IN ('blocked', 'not_found', 'unreachable')
"""

_FORGOTTEN: Final = """
SELECT e.id FROM enrollments e JOIN people p ON p.id = e.person_id
WHERE e.state = 'active' AND p.unreachable_since IS NULL AND p.forget_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM due WHERE due.enrollment_id = e.id)
  AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.enrollment_id = e.id AND a.finished_at IS NULL)
LIMIT 1
"""


def at_the_end(simulation: "Simulation") -> None:
    """Look at everything once."""
    journal = simulation.journal
    raw, now = simulation.disk.raw, kept(simulation.clock())
    for state, count in raw.execute("SELECT state, count(*) FROM inbox WHERE state = 'new' GROUP BY state"):
        journal.breaks("I1", f"{count} updates are still {state}")
    for row in raw.execute("SELECT id, trace_id FROM inbox WHERE state = 'dead'"):
        if not str(row[1]).startswith("crash"):
            journal.breaks("I1", f"update {row[0]} was set aside")
    if (row := raw.execute(_OPEN, (now,)).fetchone()) is not None:
        journal.breaks("I1", f"delivery {row[0]}, a {row[2]}, is still {row[1]}")
    for delivery, kind, made_at in raw.execute(_SENT):
        if (delivery, made_at) not in simulation.invariants.copies:
            journal.breaks("I1", f"delivery {delivery}, a {kind}, is called sent and never arrived")
    for row in raw.execute(_REFUSED):
        journal.breaks("I1", f"delivery {row[0]}, a {row[1]}, was refused: {row[2]} {row[3]}")
    if (row := raw.execute("SELECT enrollment_id FROM due WHERE due_at <= ?", (now,)).fetchone()) is not None:
        journal.breaks("I1", f"enrollment {row[0]} is due and nobody looks")
    if (row := raw.execute(_FORGOTTEN).fetchone()) is not None:
        journal.breaks("I1", f"enrollment {row[0]} has lessons to come, and nobody waits for it")
    _nothing_leaks(simulation)


def _nothing_leaks(simulation: "Simulation") -> None:
    content = simulation.disk.raw.serialize()
    for secret in (template.TOKEN, template.SECRET):
        if secret.encode() in content:
            simulation.journal.breaks("I8", "a secret stands in the database")
    for phone in simulation.crowd.everybody:
        for marker in phone.retired:
            if marker.encode() in content:
                where = _places_of(simulation.disk.raw, marker)
                says = f"{phone.address} was erased, and {marker} is in {where or 'free pages'}"
                simulation.journal.breaks("I8", says)


def _places_of(raw: sqlite3.Connection, text: str) -> str:
    """Return the rows that hold a text."""
    tables = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return "; ".join(
        f"{table}: {row}"
        for (table,) in tables
        for row in raw.execute(f'SELECT * FROM "{table}"').fetchall()
        if any(text in str(value) for value in row)
    )
