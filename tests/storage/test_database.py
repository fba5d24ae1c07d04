import asyncio
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Insert, func, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from storage.database import Database
from storage.errors import AlreadyRunningError, WrongDatabaseError
from storage.tables import code_guesses, people

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)


def guess(address: int) -> Insert:
    return insert(code_guesses).values(address=address, guessed_at=NOW)


def keep(address: int) -> Callable[[Connection], None]:
    """A function of a transaction that keeps one row."""
    return lambda tx: tx.execute(guess(address)).close()


def guessed(tx: Connection) -> list[int]:
    return list(tx.execute(select(code_guesses.c.address).order_by(code_guesses.c.address)).scalars())


async def test_what_a_function_returns_is_on_disk(database: Database) -> None:
    result = await database.run(
        lambda tx: tx.execute(guess(7).returning(code_guesses.c.address)).scalar_one()
    )

    assert (result, await database.read(guessed)) == (7, [7])


async def test_a_failing_function_undoes_only_itself(database: Database) -> None:
    def write(address: int) -> Callable[[Connection], int]:
        def function(tx: Connection) -> int:
            tx.execute(guess(address))
            if address % 2:
                raise ValueError(address)
            return address

        return function

    results = await asyncio.gather(*(database.run(write(n)) for n in range(10)), return_exceptions=True)

    assert [str(result) for result in results] == [str(n) for n in range(10)]
    assert [type(result) for result in results] == [int, ValueError] * 5
    assert await database.read(guessed) == [0, 2, 4, 6, 8]


async def test_a_broken_constraint_undoes_only_its_own_function(database: Database) -> None:
    def add(tx: Connection) -> None:
        tx.execute(insert(people).values(address=7, created_at=NOW))

    results = await asyncio.gather(*(database.run(add) for _ in range(3)), return_exceptions=True)

    assert sorted(type(result).__name__ for result in results) == [
        "IntegrityError",
        "IntegrityError",
        "NoneType",
    ]
    assert IntegrityError in {type(result) for result in results}


async def test_a_function_that_ends_the_transaction_loses_nobody_elses_work(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    database.prepare(now=NOW)
    await database.start()
    gate = threading.Event()

    def end_everything(tx: Connection) -> None:
        tx.execute(guess(99))
        # What SQLite does by itself when the disk is full: the transaction is gone, not the savepoint.
        raw = tx.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute("ROLLBACK")
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))

    first = asyncio.ensure_future(database.run(lambda _: gate.wait(5)))
    await asyncio.sleep(0)
    before = [asyncio.ensure_future(database.run(keep(n))) for n in (1, 2)]
    culprit = asyncio.ensure_future(database.run(end_everything))
    after = [asyncio.ensure_future(database.run(keep(n))) for n in (3, 4)]
    await asyncio.sleep(0)
    gate.set()
    results = await asyncio.gather(first, *before, culprit, *after, return_exceptions=True)

    assert [type(result).__name__ for result in results] == [
        "bool", "NoneType", "NoneType", "OperationalError", "NoneType", "NoneType",
    ]  # fmt: skip
    assert await database.read(guessed) == [1, 2, 3, 4]
    await database.stop()


async def test_a_function_that_rolls_back_is_told_that_nothing_was_kept(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    database.prepare(now=NOW)
    await database.start()

    with pytest.raises(RuntimeError, match="ended the transaction"):
        await database.run(lambda tx: tx.rollback())

    await database.run(keep(1))
    assert await database.read(guessed) == [1]
    await database.stop()


async def test_a_full_disk_fails_one_and_keeps_the_others(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    database.prepare(now=NOW)
    await database.start()

    def fill(tx: Connection) -> None:
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.exec_driver_sql(f"PRAGMA max_page_count = {pages + 3}")
        tx.execute(insert(people).values(address=5, name="x" * 100_000, created_at=NOW))

    functions = [keep(n) for n in range(3)]
    results = await asyncio.gather(
        *(database.run(function) for function in (functions[0], fill, *functions[1:])), return_exceptions=True
    )

    assert [type(result).__name__ for result in results] == [
        "NoneType",
        "OperationalError",
        "NoneType",
        "NoneType",
    ]
    assert await database.read(guessed) == [0, 1, 2]
    await database.stop()


async def test_reading_does_not_wait_for_a_writer(database: Database) -> None:
    writing, done = threading.Event(), threading.Event()

    def write_slowly(tx: Connection) -> None:
        tx.execute(guess(7))
        writing.set()
        assert done.wait(10)

    slow = asyncio.ensure_future(database.run(write_slowly))
    await asyncio.to_thread(writing.wait, 10)
    seen = await database.read(guessed)
    done.set()
    await slow

    assert (seen, await database.read(guessed)) == ([], [7])


async def test_reading_cannot_write(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    database.prepare(now=NOW)
    await database.start()

    with pytest.raises(OperationalError, match="readonly"):
        await database.read(keep(1))

    await database.stop()


async def test_many_callers_read_and_write_without_losing_a_count(database: Database) -> None:
    await database.run(lambda tx: tx.execute(insert(people).values(address=7, created_at=NOW)).close())

    def count_up(tx: Connection) -> None:
        name = tx.execute(select(people.c.name)).scalar_one()
        tx.execute(people.update().values(name=str(int(name or 0) + 1)))

    # Five collide at most with one another on PostgreSQL, which tries each five times.
    for _ in range(8):
        await asyncio.gather(*(database.run(count_up) for _ in range(4)))

    assert await database.read(lambda tx: tx.execute(select(people.c.name)).scalar_one()) == "32"


async def test_commands_write_beside_a_running_service_and_wake_it(sqlite_url: str) -> None:
    service = Database.open(sqlite_url)
    service.prepare(now=NOW)
    await service.start()
    woken = asyncio.Event()
    service.on_wake(woken.set)

    def commands() -> None:
        command = Database.open(sqlite_url)
        for n in range(20):
            command.run_here(keep(n))
        command.close()

    writing = asyncio.ensure_future(asyncio.to_thread(commands))
    for n in range(100, 150):
        await service.run(keep(n))
    await writing
    async with asyncio.timeout(5):
        await woken.wait()

    assert await service.read(guessed) == [*range(20), *range(100, 150)]
    await service.stop()


async def test_a_checkpoint_empties_the_log(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'dusal.db'}")
    database.prepare(now=NOW)
    await database.start()
    log = tmp_path / "dusal.db-wal"
    await database.run(keep(1))
    before = log.stat().st_size

    await database.checkpoint()

    assert (before > 0, log.stat().st_size) == (True, 0)
    await database.stop()


async def test_the_log_is_copied_into_the_database_as_it_grows(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'dusal.db'}")
    database.prepare(now=NOW)
    await database.start()

    def add_long(address: int) -> Callable[[Connection], None]:
        values = {"address": address, "name": "x" * 300_000, "created_at": NOW}
        return lambda tx: tx.execute(insert(people).values(**values)).close()

    for n in range(30):
        await database.run(add_long(n))

    assert (tmp_path / "dusal.db").stat().st_size > 4_000_000
    assert (tmp_path / "dusal.db-wal").stat().st_size < 6_000_000
    await database.stop()


async def test_the_log_is_written_over_instead_of_growing(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'dusal.db'}")
    database.prepare(now=NOW)
    await database.start()
    log = tmp_path / "dusal.db-wal"
    for n in range(600):
        await database.run(keep(n))
    grown = log.stat().st_size

    for n in range(600, 1000):
        await database.run(keep(n))

    # Without beginning anew it would be two thirds longer.
    assert 0 < log.stat().st_size < 1.2 * grown
    assert await database.read(guessed) == list(range(1000))
    await database.stop()


async def test_a_long_batch_does_not_keep_its_first_waiting(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'dusal.db'}")
    database.prepare(now=NOW)
    await database.start()
    told: list[int] = []
    busy, go_on = threading.Event(), threading.Event()

    def first(tx: Connection) -> None:
        busy.set()
        go_on.wait()

    def lasting(address: int) -> Callable[[Connection], None]:
        def function(tx: Connection) -> None:
            give_up_at = time.monotonic() + 0.03
            while time.monotonic() < give_up_at:
                tx.execute(select(1)).close()
            tx.execute(guess(address)).close()

        return function

    async def run(address: int) -> None:
        await database.run(lasting(address))
        told.append(len(await database.read(guessed)))

    held = asyncio.ensure_future(database.run(first))
    await asyncio.to_thread(busy.wait)
    waiting = asyncio.gather(*(run(n) for n in range(4)))
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(held, waiting)

    # Each of them lasts longer than a batch may, so the first is told before the last is done.
    assert told[0] < 4
    await database.stop()


def test_a_second_service_is_refused_with_pid_and_hour(database_url: str) -> None:
    first, second = Database.open(database_url), Database.open(database_url)
    first.prepare(now=NOW)

    with first.hold(now=NOW), pytest.raises(AlreadyRunningError, match=r"^already running") as refused:
        second.hold(now=NOW).__enter__()

    if first.dialect == "sqlite":
        assert str(refused.value) == f"already running as pid {os.getpid()} since {NOW.astimezone():%H:%M}"
    with second.hold(now=NOW):
        pass
    first.close()
    second.close()


@pytest.mark.parametrize(
    "address", ["mysql://localhost/dusal", "sqlite://", "sqlite:///:memory:", "no address"]
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(WrongDatabaseError):
        Database.open(address)


def test_a_relative_address_is_relative_to_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database = Database.open("sqlite:///data/dusal.db")

    database.prepare(now=NOW)

    assert (tmp_path / "data" / "dusal.db").exists()
    database.close()


def test_a_command_leaves_no_log_behind_when_no_service_runs(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'dusal.db'}")
    database.prepare(now=NOW)

    database.run_here(keep(1))

    raw = sqlite3.connect(f"file:{tmp_path / 'dusal.db'}?mode=ro&immutable=1", uri=True)
    assert raw.execute("SELECT address FROM code_guesses").fetchall() == [(1,)]
    raw.close()
    database.close()


async def test_a_long_path_still_has_a_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 100)
    database = Database.open(f"sqlite:///{folder / 'dusal.db'}")
    database.prepare(now=NOW)
    woken = asyncio.Event()
    database.on_wake(woken.set)

    database.run_here(lambda tx: tx.execute(select(func.count()).select_from(people)).close())
    async with asyncio.timeout(5):
        await woken.wait()

    await database.stop()


def test_power_failure_settings(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    database.prepare(now=NOW)

    def settings(tx: Connection) -> tuple[object, ...]:
        names = ("journal_mode", "synchronous", "wal_autocheckpoint", "foreign_keys")
        return tuple(tx.execute(text(f"PRAGMA {name}")).scalar_one() for name in names)

    assert database.run_here(settings) == ("wal", 2, 0, 1)
    database.close()


async def test_after_an_orderly_stop_the_file_alone_is_the_whole_database(tmp_path: Path) -> None:
    file = tmp_path / "dusal.db"
    database = Database.open(f"sqlite:///{file}")
    database.prepare(now=NOW)
    await database.start()
    await database.run(keep(7))
    await database.read(guessed)

    await database.stop()

    copy = tmp_path / "copy.db"
    copy.write_bytes(file.read_bytes())
    with sqlite3.connect(copy) as raw:
        assert raw.execute("SELECT address FROM code_guesses").fetchall() == [(7,)]
    raw.close()
