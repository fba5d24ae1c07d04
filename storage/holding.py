"""What a registered table of personal data says about itself (`storage.personal_data`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Table

from learners.people import Person

Owned: TypeAlias = Callable[[Person], ColumnElement[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A person's rows in one table, and what becomes of them."""

    table: Table
    why: str
    """What they are for, in one sentence that the export repeats."""
    owned: Owned
    """Which rows are this person's."""
    shown: tuple[ColumnElement[Any], ...]  # Any: columns of every type
    """What the export shows of them."""
    erased: Owned | None = None
    """Which rows erasing meets, when they are not all that are owned."""
    blanked: Mapping[str, object] = field(default_factory=dict)
    """What erasing writes into rows that other people's records need; empty means the rows go."""
