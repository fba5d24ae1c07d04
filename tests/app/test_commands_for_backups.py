"""`dusal backup`, `restore` and `database` as an operator meets them; the stories are in tests/journeys."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.backup import checksum_file
from app.cli import main
from app.place import Place
from storage import bots, people, restored
from storage.bots import Bot
from storage.instance_lock import lifetime_lock
from tests.app.scripting import NOW, Run, joined, listed

BOT = Bot(bot_id=42, username="dusal_bot", name="Dusal")


@pytest.fixture
def learning(taught: Run, place: Place) -> Run:
    """An academy with two learners that a bot has worked on."""
    place.run(partial(bots.bind, bot=BOT, now=NOW))
    joined(place, 1)
    joined(place, 2)
    return taught


def backed_up(run: Run, file: Path) -> Path:
    made = run("backup", str(file))
    assert made.exit_code == 0, made.output
    return file


def at_rest(place: Place) -> Path:
    place.database.close()
    file = place.database.file
    assert file is not None
    return file


def test_a_backup_is_one_file_with_its_checksum(learning: Run, place: Place) -> None:
    made = learning("backup")

    folder = place.data / "backups"
    file = folder / "dusal-20261123-020000.db"
    assert sorted(found.name for found in folder.iterdir()) == [file.name, file.name + ".sha256"]
    assert made.exit_code == 0
    assert made.output.startswith(f"{file}: ")
    assert made.output.endswith("read back and found whole.\n")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert checksum_file(file).read_text() == f"{digest}  {file.name}\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert place.read(bots.backed_up_at) == NOW


def test_a_backup_writes_over_nothing(learning: Run, tmp_path: Path) -> None:
    file = backed_up(learning, tmp_path / "mine.db")
    before = file.read_bytes()

    again = learning("backup", str(file))

    assert (again.exit_code, again.output) == (1, f"Error: {file} exists already: give another name\n")
    assert file.read_bytes() == before


def test_only_the_newest_of_ours_are_kept(learning: Run, place: Place) -> None:
    folder = place.data / "backups"
    mine = backed_up(learning, folder / "before-the-exam.db")
    for days in range(4):
        place.clock = lambda days=days: NOW + timedelta(days=days)  # type: ignore[misc]  # bound to this day
        made = learning("backup", "--keep", "2")

    assert made.output.count("Removed ") == 1
    assert sorted(found.name for found in folder.glob("*.db")) == sorted(
        [mine.name, "dusal-20261125-020000.db", "dusal-20261126-020000.db"]
    )
    assert len(list(folder.glob("*.sha256"))) == 3


def test_going_back_keeps_what_was_there(learning: Run, place: Place, tmp_path: Path) -> None:
    file = backed_up(learning, tmp_path / "copy.db")
    joined(place, 3)
    database = at_rest(place)

    told = learning("restore", str(file))

    aside = database.with_name(database.name + ".before-20261123-020000")
    again = Place(config=place.config, data=place.data, environ={}, clock=place.clock)
    found = [again.read(partial(people.by_address, address=number)) for number in (1, 2, 3)]
    again.database.close()
    assert told.exit_code == 0, told.output
    assert f"What was here before is kept as {aside}\n" in told.output
    assert [person is None for person in found] == [False, False, True]
    assert [learners(aside), learners(database)] == [3, 2]
    assert database.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.rglob(".dusal-*"))
    raw = sqlite3.connect(database)
    assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    raw.close()


def learners(file: Path) -> int:
    raw = sqlite3.connect(file)
    found: int = raw.execute("SELECT count(*) FROM people").fetchone()[0]
    raw.close()
    return found


def spoiled(file: Path) -> str:
    pages = bytearray(file.read_bytes())
    pages[8192:12288] = b"\x5a" * 4096
    file.write_bytes(pages)
    checksum_file(file).unlink()
    return "damaged|cannot be read"


def changed(file: Path) -> str:
    raw = sqlite3.connect(file)
    raw.execute("UPDATE people SET name = 'x'")
    raw.commit()
    raw.close()
    return "it was changed"


def from_a_newer_program(file: Path) -> str:
    raw = sqlite3.connect(file)
    raw.execute("UPDATE alembic_version SET version_num = '0999'")
    raw.commit()
    raw.close()
    checksum_file(file).unlink()
    return "database is version 0999, this program knows"


def of_another_program(file: Path) -> str:
    file.unlink()
    checksum_file(file).unlink()
    raw = sqlite3.connect(file)
    raw.execute("CREATE TABLE notes (text)")
    raw.close()
    return "not one of ours"


@pytest.mark.parametrize("harm", [spoiled, changed, from_a_newer_program, of_another_program])
def test_a_copy_that_is_none_changes_nothing(
    learning: Run, place: Place, tmp_path: Path, harm: Callable[[Path], str]
) -> None:
    file = backed_up(learning, tmp_path / "copy.db")
    says = harm(file)
    database = at_rest(place)
    before = database.read_bytes()

    told = learning("restore", str(file))

    assert told.exit_code == 1
    assert any(word in told.output for word in says.split("|")), told.output
    assert database.read_bytes() == before
    assert not list(database.parent.glob("*.before-*"))


def test_nobody_goes_back_or_moves_under_a_running_service(
    learning: Run, place: Place, tmp_path: Path
) -> None:
    file = backed_up(learning, tmp_path / "copy.db")
    database = at_rest(place)
    with lifetime_lock(database, now=NOW):
        restoring = learning("restore", str(file))
        moving = learning("database", "copy", f"sqlite:///{database}", f"sqlite:///{tmp_path / 'new.db'}")
        # A backup is made while it runs.
        backed_up(learning, tmp_path / "another.db")

    for told in (restoring, moving):
        assert told.exit_code == 1
        assert told.output.startswith("Error: already running as pid")


def test_moving_to_postgresql_and_back_by_backup(
    learning: Run, place: Place, tmp_path: Path, fresh_postgresql_url: str, request: pytest.FixtureRequest
) -> None:
    database = at_rest(place)
    server = fresh_postgresql_url.replace("postgresql+psycopg://", "postgresql://")
    moved = learning("database", "copy", f"sqlite:///{database}", server)
    place.config.write_text(f"academy: {{name: Darkhan}}\ndatabase: {{url: '{server}'}}\n", encoding="utf-8")
    there = Place(config=place.config, data=tmp_path / "other", environ={}, clock=place.clock)
    request.addfinalizer(lambda: there.database.close())  # noqa: PLW0108 - it is opened when first needed

    def run(*words: str, code: int = 0) -> str:
        told = CliRunner().invoke(main, [*words], obj=there)
        assert told.exit_code == code, told.output
        return told.output

    copy = tmp_path / "copy.db"
    run("backup", str(copy))
    there.run(partial(people.add, address=3, name="Later", language="", now=NOW))
    put_back = run("restore", str(copy))
    same = learning("database", "check", f"sqlite:///{copy}", server, "--format", "json")
    found = [there.read(partial(people.by_address, address=number)) for number in (1, 3)]
    doctor = run("doctor", "--repair")

    assert moved.exit_code == 0, moved.output
    assert "What was here before is kept as before_20261123_020000" in put_back
    assert [person is None for person in found] == [False, True]
    assert {row["table"] for row in json.loads(same.stdout) if row["different"]} == {"bots"}
    assert "good     On disk      what is confirmed is on disk" in doctor
    assert "good     Agenda       learners planned anew: 2" in doctor


def test_done_by_hand_is_said_for_other_tools(learning: Run, place: Place) -> None:
    told = learning("restore", "--done-by-hand")
    neither, both = learning("restore"), learning("restore", "--done-by-hand", str(place.config))

    assert told.exit_code == 0, told.output
    assert place.read(restored.is_waiting)
    assert neither.exit_code == both.exit_code == 2


def test_two_databases_are_compared(learning: Run, place: Place, tmp_path: Path) -> None:
    database = at_rest(place)
    other = f"sqlite:///{tmp_path / 'other.db'}"
    learning("database", "copy", f"sqlite:///{database}", other)
    same = learning("database", "check", f"sqlite:///{database}", other, "--format", "json")
    joined(place, 3)
    different = learning("database", "check", f"sqlite:///{database}", other)

    assert {row["different"] for row in listed(same)} == {0}
    assert different.exit_code == 1
