"""What became of everything that was to be said: the rows of the outbox against what arrived.

Read with the tables, not with the product's own listing, once nobody writes any more.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from faults.recorder import Arrival
from storage.database import Database
from storage.tables import outbox, people

CREDITS = 4
"""Messages under way at once: the most that one kill may double (guarantees 4.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Every row, by what became of it."""

    rows: int
    lost: int
    """Settled as sent and nobody got it, or neither sent nor held in the end."""
    held: int
    """Listed for a person to decide."""
    held_and_arrived: int
    doubled: int
    most_copies: int
    unflagged: int
    """More than one copy arrived, and the row does not say that it may have."""
    most_per_life: int
    """Doubles whose first copy one and the same child had sent: what its kill cost."""
    out_of_order: int
    """Messages that arrived for the first time before an earlier one of the same chat."""

    @property
    def is_kept(self) -> bool:
        """Whether the promise holds for any number of kills."""
        return (
            not self.lost
            and not self.unflagged
            and not self.out_of_order
            and self.most_copies <= 2
            and self.most_per_life <= CREDITS
        )


def account(url: str, arrived: Sequence[Arrival]) -> Account:
    """Return the account of a database that nobody works on any more."""
    database = Database.open(url)
    rows = database.read_here(_rows)
    database.close()
    copies: Counter[tuple[int, str]] = Counter()
    first: dict[tuple[int, str], Arrival] = {}
    for arrival in arrived:
        key = (arrival.to, arrival.say)
        copies[key] += 1
        first.setdefault(key, arrival)
    doubled = [row for row in rows if copies[row.address, row.content] > 1]
    held = [row for row in rows if row.state == "held"]
    lives = Counter(first[row.address, row.content].life for row in doubled)
    return Account(
        rows=len(rows),
        lost=sum(
            row.state not in {"sent", "held"}
            or (row.state == "sent" and not copies[row.address, row.content])
            for row in rows
        ),
        held=len(held),
        held_and_arrived=sum(copies[row.address, row.content] > 0 for row in held),
        doubled=len(doubled),
        most_copies=max(copies.values(), default=0),
        unflagged=sum(not row.maybe_doubled for row in doubled),
        most_per_life=max(lives.values(), default=0),
        out_of_order=_out_of_order(rows, first),
    )


def states(url: str) -> dict[tuple[str, bool], int]:
    """Return how many rows are in each state, by whether they may be doubled."""
    database = Database.open(url)
    rows = database.read_here(_rows)
    database.close()
    return dict(Counter((row.state, row.maybe_doubled) for row in rows))


def _out_of_order(rows: Sequence["_Row"], first: Mapping[tuple[int, str], Arrival]) -> int:
    """Return how many messages arrived before one of the same urgency that was decided earlier."""
    latest: dict[tuple[int, int], float] = {}
    wrong = 0
    for row in rows:
        if (arrival := first.get((row.address, row.content))) is None:
            continue
        chat = (row.address, row.priority)
        wrong += arrival.at < latest.get(chat, 0.0)
        latest[chat] = max(arrival.at, latest.get(chat, 0.0))
    return wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    address: int
    priority: int
    content: str
    state: str
    maybe_doubled: bool


def _rows(tx: Connection) -> list[_Row]:
    found = tx.execute(
        select(people.c.address, outbox.c.priority, outbox.c.content, outbox.c.state, outbox.c.maybe_doubled)
        .join(people, people.c.id == outbox.c.person_id)
        .order_by(outbox.c.id)
    )
    return [_Row(**row) for row in found.mappings()]
