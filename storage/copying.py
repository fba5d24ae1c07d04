"""Every row from one database into another, and every row compared, whichever of the two kinds they are.

Both are read in the order of their primary keys and in batches, so a million rows take no more memory
than a thousand. Values are what the columns mean (moments, dates, truth), never what a file happens to
hold, so that SQLite and PostgreSQL can be compared at all.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    RowMapping,
    Select,
    String,
    Table,
    func,
    insert,
    select,
    text,
)

from storage.errors import StorageError
from storage.tables import metadata

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with a table's name, how many of its rows are done, and how many it has."""

_BATCH: Final = 1000
_LARGE_BATCH: Final = 5
"""Rows with a file in them: 20 MB each at most."""


class TargetNotEmptyError(StorageError):
    """Something is in the database that was to be filled: give an empty one."""


class CopyDiffersError(StorageError):
    """What was copied is not what was read; nothing was kept. Try again, and tell us if it comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCompared:
    """One table of two databases."""

    table: str
    rows: int
    other_rows: int
    different: int
    """Rows that are in one only, or say something else."""
    first: str
    """The key of the first that differs; empty when none does."""


def copy_rows(source: Connection, target: Connection, *, progress: Progress) -> dict[str, int]:
    """Fill `target` from `source`, compare each row, and return how many rows each table has.

    Both have the same tables; whoever calls commits, or rolls back when this raises
    TargetNotEmptyError or CopyDiffersError.
    """
    if full := next((table.name for table in metadata.sorted_tables if count(target, table)), None):
        raise TargetNotEmptyError(f"the database to fill has rows in {full}: give an empty one")
    counts: dict[str, int] = {}
    for table in metadata.sorted_tables:
        counts[table.name] = total = count(source, table)
        done = 0
        for rows in _batches(source, table):
            target.execute(insert(table), [dict(row) for row in rows])
            done += len(rows)
            progress(table.name, done, total)
    for table in metadata.sorted_tables:
        found = _compared(source, target, table)
        if found.different:
            raise CopyDiffersError(
                f"{found.different} rows of {table.name} differ, the first is {found.first}"
            )
    _count_on(source, target)
    return counts


def compare(one: Connection, other: Connection, *, progress: Progress) -> tuple[TableCompared, ...]:
    """Return every table of the two, compared row by row."""
    compared: list[TableCompared] = []
    for table in metadata.sorted_tables:
        found = _compared(one, other, table)
        progress(table.name, found.rows, found.rows)
        compared.append(found)
    return tuple(compared)


def count(tx: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return tx.execute(select(func.count()).select_from(table)).scalar_one()


def row_counts(tx: Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    return {table.name: count(tx, table) for table in metadata.sorted_tables}


def _compared(one: Connection, other: Connection, table: Table) -> TableCompared:
    """Walk both in the order of the key; a row that one of them lacks shifts nothing."""
    key = [column.name for column in table.primary_key]
    rows = other_rows = different = 0
    first = ""
    left, right = _rows(one, table), _rows(other, table)
    mine, theirs = next(left, None), next(right, None)
    while mine is not None or theirs is not None:
        order = _order(mine, theirs, key)
        if order or mine != theirs:
            different += 1
            shown = mine if order <= 0 else theirs
            assert shown is not None
            first = first or ", ".join(str(shown[name]) for name in key)
        if order <= 0:
            rows += 1
            mine = next(left, None)
        if order >= 0:
            other_rows += 1
            theirs = next(right, None)
    return TableCompared(table=table.name, rows=rows, other_rows=other_rows, different=different, first=first)


def _order(mine: RowMapping | None, theirs: RowMapping | None, key: Sequence[str]) -> int:
    """Return -1 when `mine` comes first, 1 when `theirs` does, 0 when they are the same row."""
    if mine is None or theirs is None:
        return 1 if mine is None else -1
    for name in key:
        if mine[name] != theirs[name]:
            return -1 if _sorted_as(mine[name]) < _sorted_as(theirs[name]) else 1
    return 0


def _sorted_as(value: Any) -> Any:  # Any: a key of any type
    # By their bytes, as both databases are asked to sort them.
    return value.encode() if isinstance(value, str) else value


def _rows(tx: Connection, table: Table) -> Iterator[RowMapping]:
    for rows in _batches(tx, table):
        yield from rows


def _batches(tx: Connection, table: Table) -> Iterator[Sequence[RowMapping]]:
    large = any(isinstance(column.type, LargeBinary) for column in table.columns)
    # Of this statement only: on the connection it would count for those that follow, too.
    size = _LARGE_BATCH if large else _BATCH
    found = tx.execute(_in_order(tx, table).execution_options(yield_per=size))
    yield from found.mappings().partitions()


def _in_order(tx: Connection, table: Table) -> Select[tuple[Any, ...]]:  # Any: every table
    return select(table).order_by(*(_by_bytes(tx, column) for column in table.primary_key))


def _by_bytes(tx: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:  # Any: any key
    """SQLite sorts text by its bytes; PostgreSQL by the language of the server, unless it is asked."""
    if tx.dialect.name == "postgresql" and isinstance(column.type, String):
        return column.collate("C")
    return column


def _last_numbers(tx: Connection) -> dict[str, int]:
    """Return the highest number that was ever given to a row, by table; some tables may be missing."""
    if tx.dialect.name == "sqlite":
        return {row.name: row.seq for row in tx.execute(text("SELECT name, seq FROM sqlite_sequence"))}
    found = {
        table.name: tx.execute(
            text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, :number)::regclass)"),
            {"name": table.name, "number": number.name},
        ).scalar_one()
        for table, number in _numbered()
    }
    return {name: last for name, last in found.items() if last is not None}


def _count_on(source: Connection, target: Connection) -> None:
    """Let `target` number new rows behind those that were copied, and behind those that are gone.

    A button names a row by its number: somebody else's row must not get the number of one that was erased.
    """
    last = _last_numbers(source)
    for table, number in _numbered():
        highest = target.execute(select(func.max(number))).scalar_one() or 0
        given = {"name": table.name, "last": max(highest, last.get(table.name, 0))}
        if target.dialect.name == "postgresql":
            sequence = text(
                "SELECT setval(pg_get_serial_sequence(:name, :number), greatest(:last, 1), :last > 0)"
            )
            target.execute(sequence, {**given, "number": number.name})
        elif table.dialect_options["sqlite"]["autoincrement"]:
            target.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), given)
            target.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), given)


def _numbered() -> Iterator[tuple[Table, Column[Any]]]:  # Any: whole numbers of either size
    """Yield the tables whose rows the database numbers by itself, and the column of the number."""
    for table in metadata.sorted_tables:
        number = table.autoincrement_column
        if number is not None and isinstance(number.type, Integer):
            yield table, number
