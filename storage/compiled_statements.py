"""What statements were compiled to, kept once for all engines of a process.

Each engine of SQLAlchemy keeps its own, and there are many: one that reads, one that writes, one for each
command that a trial runs. A statement takes a millisecond to compile, and our engines of one kind of
database are made alike.
"""

from typing import Any, Final

from sqlalchemy import Dialect
from sqlalchemy.util import LRUCache

_MOST = 1000
"""Statements; all journeys together run 536 (a list of values makes no new one for each length)."""


class _ByDialect(LRUCache[Any, Any]):
    """Finds what another dialect object of the same name compiled."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_named(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_named(key), value)


def _named(key: tuple[Dialect, Any]) -> tuple[Any, ...]:
    # SQLAlchemy's own key begins with the dialect object.
    dialect, *rest = key
    return dialect.name, *rest


KEPT_FOR_ALL: Final = {"compiled_cache": _ByDialect(_MOST)}
"""The execution options of an engine that shares."""
