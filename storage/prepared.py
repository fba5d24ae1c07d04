"""Statements that each press runs: written by SQLAlchemy once, and handed to SQLite as they are.

Running a statement through SQLAlchemy costs 65 µs more than SQLite needs for it (6 µs), and a press
runs a dozen: more than half of the time in which somebody waits for the answer to it. What a value
becomes in a column, and back, is SQLAlchemy's all the same. On PostgreSQL, where the way to the
server takes longer than that, and outside a transaction, everything goes through SQLAlchemy.
"""

import sqlite3
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Dialect, Executable, Label
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows

Record: TypeAlias = Mapping[Any, Any]
"""One row, by its columns; what has a label of its own is found by the label's name."""

_Convert: TypeAlias = Callable[[Any], Any] | None


class Prepared:
    """One statement with values to be given by name; lists of values are not among them."""

    def __init__(self, statement: Executable, *, by_name: bool = False) -> None:
        """Take a statement; with `by_name`, its rows are read by the names of its columns alone."""
        self.statement = statement
        self._by_name = by_name
        self._written: _Written | None = None

    def one_or_none(self, tx: Connection, given: Mapping[str, Any]) -> Record | None:
        """Return the first row, or None; a statement that can find two has to limit itself."""
        rows = self.rows(tx, given)
        return rows[0] if rows else None

    def one(self, tx: Connection, given: Mapping[str, Any]) -> Record:
        """Return the first row; raises NoResultFound when there is none."""
        rows = self.rows(tx, given)
        if not rows:
            raise NoResultFound
        return rows[0]

    def rows(self, tx: Connection, given: Mapping[str, Any]) -> list[Record]:
        """Return every row, in the order of the statement; of one that returns none, nothing."""
        dialect = tx.dialect
        if dialect.name != "sqlite" or not tx.in_transaction():
            result = tx.execute(self.statement, given)
            keys = self._keys
            return [dict(zip(keys, row, strict=True)) for row in result] if keys else []
        written = self._written
        if written is None:
            # Two threads may both write it: they write the same.
            written = self._written = _Written(self.statement, dialect, keys=self._keys)
        raw: Any = tx.connection.driver_connection
        values = written.values_of(given)
        try:
            found = raw.execute(written.text, values).fetchall()
        except sqlite3.Error as error:
            # As SQLAlchemy would have raised it, but without the values: they end up in logs.
            raise DBAPIError.instance(written.text, None, error, sqlite3.Error, dialect=dialect) from error
        return [written.record(row) for row in found]

    @cached_property
    def _keys(self) -> tuple[Any, ...]:
        return tuple(
            column.name if self._by_name or isinstance(column, Label) else column
            for column in _columns(self.statement)
        )


class _Written:
    """A statement in the words of one dialect, with what its values and columns have to go through."""

    def __init__(self, statement: Executable, dialect: Dialect, *, keys: tuple[Any, ...]) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]  # every one we write can
        assert isinstance(compiled, SQLCompiler)
        assert compiled.positiontup is not None, "SQLite is given its values by position"
        self.text = str(compiled)
        fixed = compiled.construct_params(_check=False)
        self._places: list[tuple[str, Any, _Convert]] = []
        for name in compiled.positiontup:
            kind = compiled.binds[name].type.dialect_impl(dialect)
            self._places.append((name, fixed[name], kind.bind_processor(dialect)))
        self._keys = keys
        self._convert: list[tuple[int, Callable[[Any], Any]]] = []
        for position, column in enumerate(_columns(statement)):
            convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if convert is not None:
                self._convert.append((position, convert))

    def values_of(self, given: Mapping[str, Any]) -> list[Any]:
        """Return the values in the statement's order."""
        values = []
        for name, fixed, convert in self._places:
            value = given.get(name, fixed)
            values.append(value if convert is None else convert(value))
        return values

    def record(self, row: tuple[Any, ...]) -> Record:
        """Return a row with its values as the columns mean them."""
        values = list(row)
        for position, convert in self._convert:
            values[position] = convert(values[position])
        return dict(zip(self._keys, values, strict=True))


def _columns(statement: Executable) -> list[ColumnElement[Any]]:
    return list(statement.exported_columns) if isinstance(statement, ReturnsRows) else []
