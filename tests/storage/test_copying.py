"""An academy goes from SQLite to PostgreSQL and back, and is the same."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import Connection, insert, text

from lessons.model import Course, Lesson
from lessons.steps import Say
from storage import bots, copying, courses, enrollments, groups, people, records, sqlite_copies
from storage.bots import Bot
from storage.copying import CopyDiffersError, TableCompared, TargetNotEmptyError, compare, copy_rows
from storage.database import Database
from storage.sqlite_copies import CopyFaultyError
from storage.tables import file_ids, media, responses

NOW = datetime(2026, 11, 23, 1, 2, 3, 456_789, tzinfo=UTC)
TEA = Course(
    id="tea",
    title="Цай 🫖",
    language="mn",
    version="1.0.0",
    lessons=(Lesson(id="pot", title="Pot", minutes=3, steps=(Say(id="pot-1", text="Hot."),)),),
)


def quiet(_table: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def fill(tx: Connection) -> None:
    """Keep something of every type of column: truth, dates, moments, fractions, bytes, large numbers."""
    bots.bind(tx, bot=Bot(bot_id=2**52 - 1, username="dusal_bot", name="Dusal"), now=NOW)
    published = courses.publish(tx, course=TEA, media={}, now=NOW)
    assert isinstance(published, courses.Published)
    group = groups.add(
        tx,
        name="Өнгө",
        course_version_id=published.version_id,
        zone="Asia/Ulaanbaatar",
        weekdays=frozenset({0, 4}),
        at=time(9),
        expected=None,
        link_token="token",
        code="CODE",
        capacity=5,
        closes_at=None,
        now=NOW,
    )
    for address in range(1, 8):
        person = people.add(tx, address=2**51 + address, name=f"Ө'\"\\{address}", language="mn", now=NOW)
        people.set_text_only(tx, person.id, address % 2 == 0)
        enrollment = enrollments.enroll(tx, person_id=person.id, group=group, now=NOW)
        given = records.assign(
            tx,
            enrollment_id=enrollment.id,
            lesson_id="pot",
            course_version_id=published.version_id,
            at=NOW,
            on=date(2026, 11, 23),
        )
        assert given is not None
        records.change(tx, given, replace(given, started_at=NOW))
        tx.execute(
            insert(responses).values(
                assignment_id=given.id,
                question_id="q",
                try_number=1,
                response="{}",
                score=1 / 3,
                verdict="partly",
                answered_at=NOW,
            )
        )
    for name in ("a", "B", "ө", "_", "é", "Z", "z", "0"):
        tx.execute(insert(media).values(sha256=name, mime="image/png", bytes=bytes(range(256))))
        tx.execute(insert(file_ids).values(bot_id=1, sha256=name, file_id=name))


Open: TypeAlias = Callable[[str], Database]


@pytest.fixture(name="open_")
def _open() -> Iterator[Open]:
    """Opens databases as commands do, and closes them."""
    made: list[Database] = []

    def opened(url: str) -> Database:
        made.append(Database.open(url))
        made[-1].prepare(now=NOW)
        return made[-1]

    yield opened
    for database in made:
        database.close()


@pytest.fixture
def filled(sqlite_url: str, open_: Open) -> Database:
    made = open_(sqlite_url)
    made.run_here(fill)
    return made


@pytest.fixture
def server(fresh_postgresql_url: str, open_: Open) -> Database:
    return open_(fresh_postgresql_url)


def moved(source: Database, target: Database) -> dict[str, int]:
    return source.read_here(lambda tx: target.run_here(lambda into: copy_rows(tx, into, progress=quiet)))


def compared(one: Database, other: Database) -> list[TableCompared]:
    """Return the tables that differ."""
    found = one.read_here(lambda tx: other.read_here(lambda theirs: compare(tx, theirs, progress=quiet)))
    assert len(found) > 20
    return [table for table in found if table.different]


def test_an_academy_moves_to_postgresql_and_back(
    filled: Database, server: Database, open_: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_BATCH", 3)
    back = open_(f"sqlite:///{tmp_path / 'back.db'}")

    there = moved(filled, server)
    and_back = moved(server, back)

    assert there == and_back
    assert (there["people"], there["media"], there["responses"]) == (7, 8, 7)
    assert compared(filled, server) == compared(server, back) == compared(filled, back) == []


def test_new_rows_are_numbered_behind_the_old_ones(filled: Database, server: Database) -> None:
    moved(filled, server)

    for database in (filled, server):
        added = database.run_here(partial(people.add, address=99, name="", language="", now=NOW))
        assert added.id == 8


def test_the_number_of_somebody_who_was_erased_is_given_to_nobody_after_a_move(
    filled: Database, server: Database, open_: Open, tmp_path: Path
) -> None:
    back = open_(f"sqlite:///{tmp_path / 'back.db'}")
    filled.run_here(corrupted("DELETE FROM people WHERE id > 2"))

    moved(filled, server)
    moved(server, back)

    for database in (server, back):
        added = database.run_here(partial(people.add, address=99, name="", language="", now=NOW))
        assert added.id == 8


def test_a_target_with_something_in_it_is_refused_and_left_alone(filled: Database, server: Database) -> None:
    server.run_here(partial(people.add, address=5, name="Ann", language="", now=NOW))

    with pytest.raises(TargetNotEmptyError, match="has rows in people"):
        moved(filled, server)

    assert server.read_here(copying.row_counts)["people"] == 1


def corrupted(change: str) -> Callable[[Connection], None]:
    return lambda tx: (tx.execute(text(change)), None)[1]


def test_every_row_that_differs_is_found(filled: Database, server: Database) -> None:
    moved(filled, server)
    for change in (
        "UPDATE people SET name = 'x' WHERE id IN (3, 5)",
        "UPDATE people SET created_at = created_at + 1 WHERE id = 7",
        "DELETE FROM responses WHERE id = 2",
        "INSERT INTO media (sha256, mime, bytes) VALUES ('b', 'x', '')",
    ):
        server.run_here(corrupted(change))

    assert {found.table: found for found in compared(filled, server)} == {
        "people": TableCompared(table="people", rows=7, other_rows=7, different=3, first="3"),
        "responses": TableCompared(table="responses", rows=7, other_rows=6, different=1, first="2"),
        "media": TableCompared(table="media", rows=8, other_rows=9, different=1, first="b"),
    }


def test_a_copy_that_comes_out_wrong_is_not_kept(filled: Database, server: Database) -> None:
    server.run_here(
        corrupted(
            "CREATE FUNCTION spoil() RETURNS trigger AS $$ BEGIN NEW.name = 'x'; RETURN NEW; END $$"
            " LANGUAGE plpgsql; CREATE TRIGGER spoil BEFORE INSERT ON people"
            " FOR EACH ROW EXECUTE FUNCTION spoil()"
        )
    )

    with pytest.raises(CopyDiffersError, match="7 rows of people differ, the first is 1"):
        moved(filled, server)

    assert set(server.read_here(copying.row_counts).values()) == {0}


async def test_a_copy_is_one_moment_while_the_service_writes(database: Database, tmp_path: Path) -> None:
    """Two rows are written together, again and again: a copy has both or none."""
    if database.file is None:
        return
    await database.run(fill)

    for number in range(30):
        ben = database.run(partial(people.add, address=100 + number, name="", language="", now=NOW))
        copy = tmp_path / f"copy{number}.db"
        expected = sqlite_copies.copy_running(database.file, target=copy)
        await ben
        assert sqlite_copies.examine(copy).rows == expected
        assert not copy.with_name(copy.name + "-wal").exists()
        assert copy.stat().st_mode & 0o777 == 0o600


def test_damage_and_rows_that_point_at_nothing_are_found(filled: Database, tmp_path: Path) -> None:
    assert filled.file is not None
    whole, broken, orphaned = (tmp_path / name for name in ("whole.db", "broken.db", "orphaned.db"))
    sqlite_copies.copy_running(filled.file, target=whole)
    pages = bytearray(whole.read_bytes())
    pages[4096 * 30 : 4096 * 31] = b"\x5a" * 4096
    broken.write_bytes(pages)
    sqlite_copies.copy_at_rest(whole, target=orphaned)
    raw = sqlite3.connect(orphaned)
    # Without PRAGMA foreign_keys SQLite lets anybody.
    raw.execute("UPDATE responses SET assignment_id = 77 WHERE id = 1")
    raw.commit()
    raw.close()

    assert sqlite_copies.examine(whole).version == "0001"
    with pytest.raises(CopyFaultyError, match=r"damaged|cannot be read"):
        sqlite_copies.examine(broken)
    with pytest.raises(CopyFaultyError, match="a row of responses points at nothing"):
        sqlite_copies.examine(orphaned)
