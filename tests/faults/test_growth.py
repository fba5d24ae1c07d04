"""With fifty thousand rows in each table that grows, what is asked all the time comes from an index."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text

from academy import sending
from academy.messenger import Sent
from storage import bots, due, inbox, outbox, people, recovery
from storage.bots import Bot
from storage.inbox import Received
from storage.send_attempts import Room

ROWS = 50_000
NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
BOT = Bot(bot_id=4242, username="dusal_bot", name="Dusal")
LARGE = ("inbox", "outbox", "send_attempts")

NUMBERS = f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {ROWS})"
INBOX = f"""
INSERT INTO inbox (bot_id, update_id, sender, payload, received_at, state, tries, handled_at)
{NUMBERS} SELECT 4242, n, n % 5000, '', :now, 'done', 1, :now FROM numbers
"""
OUTBOX = f"""
INSERT INTO outbox (person_id, kind, priority, content, not_before, state, attempts, epoch, maybe_doubled,
                    repeatable, message_id, created_at, settled_at)
{NUMBERS} SELECT :person, 'lesson', 1, '', :now, 'sent', 1, 1, :no, :no, n, :now, :now FROM numbers
"""
ATTEMPTS = """
INSERT INTO send_attempts (outbox_id, number, epoch, claimed_at, outcome, settled_at)
SELECT id, 1, 1, :now, 'sent', :now FROM outbox
"""


@pytest.fixture(scope="module")
def years(tables: Engine) -> Iterator[Connection]:
    """A database with years behind it, filled once for both."""
    with tables.connect() as connection, connection.begin() as transaction:
        yield filled(connection)
        transaction.rollback()


@pytest.fixture
def full(years: Connection) -> Iterator[Connection]:
    """The same, and what a test does to it is undone."""
    with years.begin_nested() as savepoint:
        yield years
        savepoint.rollback()


def filled(tx: Connection) -> Connection:
    bots.bind(tx, bot=BOT, now=NOW)
    person = people.add(tx, address=7, name="Bold", language="en", now=NOW)
    # A moment as the column writes it: the tables know how.
    moment = tx.execute(text("SELECT created_at FROM people")).scalar_one()
    for statement in (INBOX, OUTBOX, ATTEMPTS):
        given = {"now": moment, "person": person.id, "no": False}
        tx.execute(text(statement), {name: value for name, value in given.items() if f":{name}" in statement})
        if tx.dialect.name == "postgresql":
            # At once: a server that believes a table to be empty reads all of it for each row that names it.
            tx.execute(text("ANALYZE inbox, outbox, send_attempts"))
    return tx


@contextmanager
def written(tx: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Collect every statement that reaches the database, with its values."""
    found: list[tuple[str, Any]] = []
    raw: Any = tx.connection.driver_connection
    if tx.dialect.name == "sqlite":
        raw.set_trace_callback(lambda statement: found.append((statement, ())))
        yield found
        raw.set_trace_callback(None)
        return

    class Noting(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **given: Any) -> Self:
            found.append((query, params))
            return super().execute(query, params, **given)

    usual, raw.cursor_factory = raw.cursor_factory, Noting
    yield found
    raw.cursor_factory = usual


def scanned(tx: Connection, statements: list[tuple[str, Any]]) -> list[str]:
    """Return the steps of their plans that read one of the large tables from end to end."""
    found = []
    for statement, given in statements:
        if tx.dialect.name == "sqlite":
            raw: Any = tx.connection.driver_connection
            steps = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}")]
            bad = [f"SCAN {table}" for table in LARGE]
            found += [step for step in steps if any(step == one for one in bad)]
        else:
            steps = [row[0] for row in tx.exec_driver_sql(f"EXPLAIN {statement}", given)]
            found += [step for step in steps if any(f"Seq Scan on {table}" in step for table in LARGE)]
    return found


def receive(tx: Connection) -> object:
    update = Received(update_id=ROWS + 1, sender=7, payload="{}")
    return inbox.receive(tx, bot_id=BOT.bot_id, updates=[update], now=NOW)


def at_once(tx: Connection) -> object:
    update = Received(update_id=ROWS + 2, sender=8, payload="{}")
    return inbox.receive_done(tx, bot_id=BOT.bot_id, update_=update, now=NOW)


def send(tx: Connection) -> object:
    epoch = bots.next_epoch(tx, bot_id=BOT.bot_id)
    for _ in range(2):
        outbox.add(
            tx, person_id=people_id(tx), kind="reply", priority=0, now=NOW, key=None, not_before=NOW,
            content='{"type": "remove_buttons", "screen": {"message_id": 5}}',
        )  # fmt: skip
    room = Room(credits=4, repeatable=4)
    claim = sending.claim(tx, bot_id=BOT.bot_id, epoch=epoch, now=NOW, room=room)
    for delivery in claim.deliveries:
        sending.settle(
            tx, delivery=delivery, outcome=Sent(message_id=9), bot_id=BOT.bot_id, epoch=epoch, now=NOW,
            second_refusal=False,
        )  # fmt: skip
    return claim


def people_id(tx: Connection) -> int:
    person = people.by_address(tx, 7)
    assert person is not None
    return person.id


@pytest.mark.parametrize(
    "hot",
    [
        receive,
        at_once,
        send,
        partial(inbox.claim, now=NOW, limit=64),
        inbox.next_retry_at,
        partial(inbox.due_count, now=NOW),
        partial(outbox.next_at, now=NOW),
        partial(outbox.due_count, now=NOW),
        partial(due.claim, now=NOW, limit=100),
        partial(recovery.recover, epoch=9, now=NOW, quarantine=timedelta(minutes=1)),
        partial(recovery.give_back_unknown, epoch=9, known=(), now=NOW),
        lambda tx: outbox.find_by_message(tx, person_id=people_id(tx), message_id=77),
    ],
)
def test_nothing_hot_reads_a_large_table_from_end_to_end(
    full: Connection, hot: Callable[[Connection], object]
) -> None:
    with written(full) as statements:
        hot(full)

    assert statements
    assert scanned(full, statements) == []


def test_the_plans_are_looked_at(full: Connection) -> None:
    with written(full) as statements:
        full.execute(text("SELECT count(*) FROM outbox WHERE reason = 'none'"))

    assert len(scanned(full, statements)) == 1


def test_what_was_handled_a_week_ago_is_forgotten(full: Connection) -> None:
    early = inbox.prune(full, now=NOW + timedelta(days=6))
    late = inbox.prune(full, now=NOW + timedelta(days=8))

    left = full.execute(text("SELECT count(*) FROM inbox")).scalar_one()
    assert (early, late, left) == (0, 1000, ROWS - 1000)
