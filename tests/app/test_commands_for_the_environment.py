from functools import partial
from pathlib import Path

import pytest

from app.place import Place
from storage import bots
from storage.bots import Bot
from storage.database import Database
from tests.app.scripting import NOW, Run

BOT = Bot(bot_id=42, username="dusal_bot", name="Dusal")


def set_to(place: Place, name: str) -> None:
    place.__dict__.pop("settings", None)
    place.config.write_text(f"academy: {{name: Darkhan, environment: {name}}}\n", encoding="utf-8")


@pytest.fixture
def begun(place: Place) -> Place:
    """A database that a first start has bound to its bot and to staging."""
    place.run(partial(bots.bind, bot=BOT, environment="staging", now=NOW))
    return place


def test_a_database_is_moved_only_to_what_the_settings_say(run: Run, begun: Place) -> None:
    wrong = run("database", "environment", "rehearsal")
    set_to(begun, "rehearsal")
    right = run("database", "environment", "rehearsal")

    assert (wrong.exit_code, wrong.output) == (
        1,
        "Error: academy.environment says production: a start would refuse rehearsal. Set it first.\n",
    )
    assert (right.exit_code, right.output) == (
        0,
        "The database belongs to rehearsal now, no longer to staging.\n",
    )
    begun.run(partial(bots.bind, bot=BOT, environment="rehearsal", now=NOW))


def test_before_the_first_start_there_is_nothing_to_move(run: Run, place: Place) -> None:
    told = run("database", "environment", "production")

    assert told.exit_code == 1
    assert told.output == (
        "Error: The database belongs to none yet: the first start of `dusal serve` stores "
        "academy.environment.\n"
    )


def test_a_backup_keeps_where_it_comes_from(run: Run, begun: Place, tmp_path: Path) -> None:
    copy, other = tmp_path / "copy.db", f"sqlite:///{tmp_path / 'other.db'}"

    assert run("backup", str(copy)).exit_code == 0
    begun.run(partial(bots.move_to, environment="production"))
    begun.database.close()
    put = run("restore", str(copy))
    copied = run("database", "copy", begun.database_url, other)

    assert (put.exit_code, copied.exit_code) == (0, 0), put.output + copied.output
    for url in (begun.database_url, other):
        found = Database.open(url)
        assert found.read_here(bots.environment_of) == "staging"
        found.close()


@pytest.mark.parametrize("written", ["Staging", "a b", "-", "x" * 33, '""'])
def test_an_environment_is_a_short_word(run: Run, place: Place, written: str) -> None:
    set_to(place, written)

    told = run("group", "list")

    assert told.exit_code == 1
    assert "environment" in told.output
