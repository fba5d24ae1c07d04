"""What one engine has compiled, the next one of its kind runs."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, literal, select

from storage.compiled_statements import KEPT_FOR_ALL
from storage.sqlite_connections import reading_engine, turn_on_log, writing_engine


def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the dialects that a statement is compiled for from now on."""
    found: list[str] = []
    compile_ = type(select(1))._compiler

    def noted(self: Any, dialect: Any, **given: Any) -> Any:
        found.append(dialect.name)
        return compile_(self, dialect, **given)

    monkeypatch.setattr(type(select(1)), "_compiler", noted)
    return found


def asked(tx: Connection, number: int) -> int:
    return tx.execute(select(literal(number).label("here_only"))).scalar_one()


def test_a_statement_is_compiled_once_for_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = compilations(monkeypatch)
    for name in ("one.db", "two.db"):
        turn_on_log(tmp_path / name)
        writing = writing_engine(tmp_path / name, patience_seconds=1, polite=False)
        reading = reading_engine(tmp_path / name, readers=1)
        with writing.begin() as tx:
            assert asked(tx, 7) == 7
        with reading.begin() as tx:
            # The values are each one's own.
            assert asked(tx, 8) == 8
        writing.dispose()
        reading.dispose()

    assert found == ["sqlite"]


def test_each_kind_of_database_has_its_own(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = compilations(monkeypatch)
    for url in (f"sqlite:///{tmp_path / 'one.db'}", postgresql_url) * 2:
        engine = create_engine(url, execution_options=KEPT_FOR_ALL)
        with engine.begin() as tx:
            assert tx.execute(select(literal("x").label("of_both_kinds"))).scalar_one() == "x"
        engine.dispose()

    assert sorted(found) == ["postgresql", "sqlite"]
