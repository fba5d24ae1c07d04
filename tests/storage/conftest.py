"""Databases as the service opens them: prepared, started, and stopped again."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from storage.database import Database


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'dusal.db'}"


@pytest.fixture
def fresh_postgresql_url(postgresql_url: str) -> str:
    """A database of its own on the server of the tests: migrations start from nothing."""
    name = f"dusal_{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return make_url(postgresql_url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    fixture = "sqlite_url" if request.param == "sqlite" else "fresh_postgresql_url"
    chosen = request.getfixturevalue(fixture)
    assert isinstance(chosen, str)
    return chosen


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """A running database of each kind with every table."""
    opened = Database.open(url)
    opened.prepare(now=datetime(2026, 11, 23, tzinfo=UTC))
    await opened.start()
    yield opened
    await opened.stop()
