"""Statements that each press runs: written by SQLAlchemy once, and handed to the driver as they are.

Running a statement through SQLAlchemy costs 65 µs more than SQLite needs for it (6 µs), and a press
runs a dozen: more than half of the time in which somebody waits for the answer to it. What a value
becomes in a column, and back, is SQLAlchemy's all the same. Outside a transaction everything goes
through SQLAlchemy.
"""

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
        self._written: dict[str, _Written] = {}

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
        if not tx.in_transaction():
            result = tx.execute(self.statement, given)
            keys = self._keys
            return [dict(zip(keys, row, strict=True)) for row in result] if keys else []
        dialect = tx.dialect
        written = self._written.get(dialect.name)
        if written is None:
            # Two threads may both write it: they write the same.
            written = self._written[dialect.name] = _Written(self.statement, dialect, keys=self._keys)
        raw: Any = tx.connection.driver_connection
        errors = dialect.loaded_dbapi.Error
        try:
            return written.rows(raw, given)
        except errors as error:
            lost = dialect.is_disconnect(error, raw, None)
            if lost:
                tx.invalidate(error)
            # As SQLAlchemy would have raised it, but without the values: they end up in logs.
            raise DBAPIError.instance(
                written.text, None, error, errors, dialect=dialect, connection_invalidated=lost
            ) from error

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
        self.text = str(compiled)
        self._dialect = dialect
        fixed = compiled.construct_params(_check=False)
        self._places: list[tuple[str, Any, _Convert]] = []
        for name in compiled.positiontup or fixed:
            kind = compiled.binds[name].type.dialect_impl(dialect)
            self._places.append((name, fixed[name], kind.bind_processor(dialect)))
        self._names: tuple[str, ...] | None = None
        """What the text calls the values, where the driver takes them by name."""
        if not compiled.positional:
            self._names = tuple(compiled.escaped_bind_names.get(name, name) for name in fixed)
        self._keys = keys
        self._types = [column.type.dialect_impl(dialect) for column in _columns(statement)]
        self._convert: list[tuple[int, Callable[[Any], Any]]] | None = None

    def rows(self, raw: Any, given: Mapping[str, Any]) -> list[Record]:
        """Return every row that the driver's own connection finds."""
        cursor = raw.execute(self.text, self.values_of(given))
        if not self._keys:
            return []
        if self._convert is None:
            # A number's way back depends on what the server calls it.
            self._convert = self._conversions([column[1] for column in cursor.description])
        return [self.record(row, self._convert) for row in cursor.fetchall()]

    def values_of(self, given: Mapping[str, Any]) -> list[Any] | dict[str, Any]:
        """Return the values as the driver takes them: in the statement's order, or by name."""
        values = []
        for name, fixed, convert in self._places:
            value = given.get(name, fixed)
            values.append(value if convert is None else convert(value))
        return values if self._names is None else dict(zip(self._names, values, strict=True))

    def record(self, row: tuple[Any, ...], convert: list[tuple[int, Callable[[Any], Any]]]) -> Record:
        """Return a row with its values as the columns mean them."""
        values = list(row)
        for position, change in convert:
            values[position] = change(values[position])
        return dict(zip(self._keys, values, strict=True))

    def _conversions(self, codes: list[Any]) -> list[tuple[int, Callable[[Any], Any]]]:
        processors = (
            kind.result_processor(self._dialect, code) for kind, code in zip(self._types, codes, strict=True)
        )
        return [(position, change) for position, change in enumerate(processors) if change is not None]


def _columns(statement: Executable) -> list[ColumnElement[Any]]:
    return list(statement.exported_columns) if isinstance(statement, ReturnsRows) else []
