"""One shape for every listing and report, so that each number has one home and many renderers."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Cell: TypeAlias = str | int | float | bool | datetime | None
"""None is unknown or not applicable, never zero. A datetime is aware and shown in its own zone."""


@dataclass(frozen=True, slots=True)
class Column:
    """What one column holds."""

    key: str
    """The field's term: the key in JSON and the heading in CSV; others script it."""
    title: str
    """Heading for people."""
    unit: str = ""
    """Shown after the title: "%", "hours"; empty for counts, words and moments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under named columns; may be empty."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    """Each as long as `columns`, in the order they are shown."""
    notes: tuple[str, ...] = ()
    """Sentences under the table for people; not part of CSV and JSON."""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells under {len(self.columns)} columns")
