"""A prepared statement does what SQLAlchemy would have done with it, on both databases."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, create_engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError, NoResultFound, OperationalError

from storage.database import Database
from storage.prepared import Prepared
from storage.tables import metadata, people

NOW = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)
LATER = datetime(2026, 11, 24, tzinfo=UTC)

ADD = Prepared(
    insert(people)
    .values(
        {
            name: bindparam(name, type_=people.c[name].type)
            for name in ("address", "name", "language", "created_at")
        }
    )
    .returning(people.c.id)
)
BY_NAME = Prepared(
    select(people.c.address, people.c.text_only, people.c.created_at, people.c.zone)
    .where(people.c.name >= bindparam("first"))
    .order_by(people.c.name)
)
COUNTED = Prepared(select(func.count().label("people"), func.max(people.c.created_at).label("newest")))
MOVE = Prepared(update(people).where(people.c.address == bindparam("who")).values(zone=bindparam("zone")))


def ann(tx: Connection) -> None:
    ADD.rows(tx, {"address": 2**52 - 1, "name": "Ann", "language": "en", "created_at": NOW})


def ben(tx: Connection) -> None:
    ADD.rows(tx, {"address": 8, "name": "Ben", "language": "en", "created_at": LATER})


def read(prepared: Prepared, tx: Connection, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in prepared.rows(tx, given)]


def test_values_become_what_the_columns_mean_and_come_back(tx: Connection) -> None:
    ann(tx)
    ben(tx)

    assert read(BY_NAME, tx, {"first": "A"}) == [(2**52 - 1, False, NOW, None), (8, False, LATER, None)]
    assert read(BY_NAME, tx, {"first": "A"}) == [
        tuple(row) for row in tx.execute(BY_NAME.statement, {"first": "A"})
    ]


def test_a_row_is_read_by_column_and_a_label_by_its_name(tx: Connection) -> None:
    ann(tx)

    row = BY_NAME.one(tx, {"first": "A"})

    assert (row[people.c.address], row[people.c.created_at]) == (2**52 - 1, NOW)
    assert COUNTED.one(tx, {}) == {"people": 1, "newest": NOW}


def test_what_returns_nothing_returns_no_rows(tx: Connection) -> None:
    ann(tx)

    assert MOVE.rows(tx, {"who": 2**52 - 1, "zone": "Asia/Hovd"}) == []
    assert BY_NAME.one(tx, {"first": "A"})[people.c.zone] == "Asia/Hovd"


def test_nobody_is_none_or_an_error(tx: Connection) -> None:
    assert BY_NAME.one_or_none(tx, {"first": "Z"}) is None
    with pytest.raises(NoResultFound):
        BY_NAME.one(tx, {"first": "Z"})


def test_a_refusal_is_sqlalchemys_and_tells_no_values(tx: Connection) -> None:
    ann(tx)

    with pytest.raises(IntegrityError) as refused, tx.begin_nested():
        ADD.rows(tx, {"address": 2**52 - 1, "name": "Secret", "language": "en", "created_at": NOW})

    assert tx.dialect.name == "postgresql" or "Secret" not in str(refused.value)
    assert COUNTED.one(tx, {})["people"] == 1


async def test_a_function_that_fails_leaves_nothing(database: Database) -> None:
    def fails(tx: Connection) -> None:
        ann(tx)
        raise LookupError

    with pytest.raises(LookupError):
        await database.run(fails)
    await database.run(ben)

    assert (await database.read(lambda tx: COUNTED.one(tx, {})))["people"] == 1


def test_reading_sees_one_snapshot(tmp_path: Path) -> None:
    """Outside a transaction SQLite would see each statement's own."""
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    metadata.create_all(engine)
    with engine.connect() as tx:
        assert not tx.in_transaction()
        assert COUNTED.one(tx, {})["people"] == 0
        assert tx.in_transaction()
    engine.dispose()


def test_a_lost_line_is_told_and_the_next_transaction_has_a_new_one(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    alive = Prepared(select(func.pg_backend_pid().label("backend")))
    with engine.connect() as tx:
        whole = tx.begin()
        first = alive.one(tx, {})["backend"]
        with engine.begin() as other:
            other.execute(select(func.pg_terminate_backend(first)))
        with pytest.raises(OperationalError) as lost:
            alive.one(tx, {})
        assert lost.value.connection_invalidated
        assert tx.invalidated
        whole.rollback()
    with engine.begin() as tx:
        assert alive.one(tx, {})["backend"] != first
    engine.dispose()
