"""A disk that takes nothing for a while, is read-only, fails or is damaged."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from faults.disk import run
from faults.fresh import fresh
from storage.database import Database
from storage.errors import DatabaseDamagedError, DiskFailedError, StorageError, UnwritableError
from storage.outage import Outage
from storage.sqlite import SqliteFile
from storage.sqlite_troubles import assert_sound, check_place, fatal
from storage.sqlite_writer import SqliteWriter
from storage.tables import code_guesses

pytestmark = pytest.mark.fault

SEED = 20261123
NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)


def keep(address: int) -> Callable[[Connection], None]:
    return lambda tx: tx.execute(insert(code_guesses).values(address=address, guessed_at=NOW)).close()


def raised(code: int) -> OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    error.sqlite_errorname = {sqlite3.SQLITE_FULL: "SQLITE_FULL"}.get(code, "SQLITE_IOERR_FSYNC")
    return OperationalError("COMMIT", {}, error)


async def test_a_service_waits_for_a_full_and_a_read_only_disk(tmp_path: Path) -> None:
    found = await run("small", SEED, tmp_path)

    assert [one for one in found if not one.holds] == []
    assert len(found) == 1


def test_an_outage_is_told_once_however_often_it_is_met() -> None:
    seconds = [100.0]
    outage = Outage(monotonic=lambda: seconds[0])

    with capture_logs() as told:
        for _ in range(50):
            outage.failed(raised(sqlite3.SQLITE_FULL))
            seconds[0] += 1
            # Something small has found room in between.
            outage.over()
        met = outage.says
        seconds[0] += 5
        outage.over()

    assert met == "the disk under the database is full: make room, and everything goes on by itself"
    assert [(line["log_level"], line.get("after_seconds")) for line in told] == [
        ("error", None),
        ("info", 49),
    ]
    assert outage.says is None


def test_what_a_handler_raises_is_no_outage() -> None:
    outage = Outage()

    outage.failed(ValueError("a handler's own fault"))

    assert outage.says is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_IOERR_FSYNC, DiskFailedError),
        (sqlite3.SQLITE_IOERR_DIR_FSYNC, DiskFailedError),
        (sqlite3.SQLITE_IOERR_READ, DiskFailedError),
        (sqlite3.SQLITE_CORRUPT, DatabaseDamagedError),
        (sqlite3.SQLITE_NOTADB, DatabaseDamagedError),
        (sqlite3.SQLITE_FULL, type(None)),
        (sqlite3.SQLITE_IOERR_WRITE, type(None)),
        (sqlite3.SQLITE_READONLY, type(None)),
        (sqlite3.SQLITE_BUSY, type(None)),
        (sqlite3.SQLITE_CONSTRAINT, type(None)),
    ],
)
def test_after_which_errors_nothing_is_written(code: int, expected: type) -> None:
    assert type(fatal(raised(code), Path("dusal.db"))) is expected


async def test_another_writer_that_keeps_the_database_is_waited_for(tmp_path: Path) -> None:
    url = fresh(tmp_path / "dusal.db")
    database = Database.open(url)
    await database.start()
    other = sqlite3.connect(tmp_path / "dusal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    waiting = [asyncio.create_task(database.run(keep(number))) for number in range(3)]
    done, _ = await asyncio.wait(waiting, timeout=1.0)
    other.execute("COMMIT")
    await asyncio.gather(*waiting)

    assert done == set()
    kept = database.read_here(lambda tx: tx.exec_driver_sql("SELECT count(*) FROM code_guesses").scalar_one())
    assert kept == 3
    other.close()
    await database.stop()


async def test_another_writer_that_never_ends_loses_nothing_either(tmp_path: Path) -> None:
    url = fresh(tmp_path / "dusal.db")
    database = Database.open(url)
    await database.start()
    await database.run(lambda tx: tx.exec_driver_sql("PRAGMA busy_timeout=50").close())
    other = sqlite3.connect(tmp_path / "dusal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with capture_logs() as told, pytest.raises(OperationalError, match="locked"):
        await database.run(keep(1))
    other.execute("COMMIT")
    await database.run(keep(1))

    assert [line["says"] for line in told] == ["another program keeps the database to itself"]
    other.close()
    await database.stop()


def as_nobody(folder: Path, code: str) -> str:
    """Run a few lines as a user without privileges, where there is one to become; return what was said."""
    become = "import os\nif os.geteuid() == 0:\n    os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
    script = (
        f"import sys\nsys.path[:] = {sys.path!r}\nfrom pathlib import Path\nimport storage.sqlite_troubles\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script + become + code],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    return ended.stdout + ended.stderr


def test_a_database_of_another_user_is_told_by_path_and_user(tmp_path: Path) -> None:
    path = tmp_path / "dusal.db"
    fresh(path)
    path.chmod(0o400)
    for folder in [tmp_path, *tmp_path.parents]:
        # How deep it lies depends on how the tests are run; what is open already is not ours.
        if (mode := folder.stat().st_mode) & 0o005 != 0o005:
            folder.chmod(mode | 0o005)
    asked = (
        "from storage.errors import UnwritableError\n"
        "try: storage.sqlite_troubles.check_place(Path({!r}))\n"
        "except UnwritableError as error: print(error)"
    )

    said_of_folder = as_nobody(tmp_path, asked.format(str(path)))
    tmp_path.chmod(0o777)
    said_of_file = as_nobody(tmp_path, asked.format(str(path)))

    assert f"{tmp_path} cannot be written by " in said_of_folder
    assert f"{path} cannot be written by " in said_of_file
    assert "Permission denied" in said_of_file


def test_a_place_that_can_be_written_is_fine(tmp_path: Path) -> None:
    fresh(tmp_path / "dusal.db")

    check_place(tmp_path / "dusal.db")
    check_place(tmp_path / "not-yet" / "dusal.db")


def damage(path: Path) -> None:
    """Overwrite the head of every page behind the first: none of them fits any more."""
    content = bytearray(path.read_bytes())
    for page in range(4096, len(content), 4096):
        content[page] ^= 0xFF
    path.write_bytes(content)


async def test_a_damaged_file_is_found_at_the_start_and_not_written_to(tmp_path: Path) -> None:
    url = fresh(tmp_path / "dusal.db")
    damage(tmp_path / "dusal.db")
    before = (tmp_path / "dusal.db").read_bytes()
    database = Database.open(url)

    with pytest.raises(DatabaseDamagedError, match=r"go back to the last backup"):
        await database.start()

    database.close()
    assert (tmp_path / "dusal.db").read_bytes() == before


async def test_damage_met_while_serving_ends_it(tmp_path: Path) -> None:
    fresh(tmp_path / "dusal.db")
    ends: list[StorageError] = []
    store = SqliteFile(tmp_path / "dusal.db", readers=1, end=ends.append)
    await store.start()
    await store.run(keep(0))
    damage(tmp_path / "dusal.db")

    with pytest.raises(StorageError):
        await store.read(lambda tx: tx.exec_driver_sql("SELECT * FROM outbox").fetchall())
    await store.stop()

    # A running service is gone by now.
    assert {type(why) for why in ends} == {DatabaseDamagedError}


async def test_a_writer_that_finds_damage_writes_nothing(tmp_path: Path) -> None:
    fresh(tmp_path / "dusal.db")
    ends: list[StorageError] = []
    damage(tmp_path / "dusal.db")
    before = (tmp_path / "dusal.db").read_bytes()
    writer = SqliteWriter(tmp_path / "dusal.db", end=ends.append)

    with pytest.raises(Exception, match="malformed"):
        await writer.run(keep(1))
    await asyncio.to_thread(writer.stop)

    assert [type(why) for why in ends] == [DatabaseDamagedError]
    assert (tmp_path / "dusal.db").read_bytes() == before


def test_a_sound_file_is_found_sound(tmp_path: Path) -> None:
    fresh(tmp_path / "dusal.db")

    assert_sound(tmp_path / "dusal.db")


def test_a_command_is_told_of_a_damaged_file(tmp_path: Path) -> None:
    url = fresh(tmp_path / "dusal.db")
    damage(tmp_path / "dusal.db")
    database = Database.open(url)

    with pytest.raises(DatabaseDamagedError):
        database.read_here(lambda tx: tx.exec_driver_sql("SELECT * FROM outbox").fetchall())

    database.close()


def test_an_unwritable_place_says_what_to_do() -> None:
    said = str(UnwritableError(Path("data/dusal.db"), user="dusal", why="Permission denied"))

    assert said == (
        "data/dusal.db cannot be written by dusal (Permission denied): let dusal write there, or choose "
        "another folder with --data"
    )
