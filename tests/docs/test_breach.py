"""docs/breach.md is needed in a bad hour: what it says to type works, and its text fits into one message."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from app.place import Place
from learners.people import Person
from storage import groups, people, roles
from tests.app.scripting import COURSE, NOW, joined, published

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/breach.md").read_text(encoding="utf-8")
SERVICE = {"settings check", "doctor"}
"""These look at the machine and at Telegram: tests of their own try them."""


def commands() -> list[list[str]]:
    typed = re.findall(r"^ *\$ dusal (.+)$", PAGE, re.MULTILINE) + re.findall(r"`dusal ([^`]+)`", PAGE)
    return [shlex.split(line.partition("#")[0]) for line in typed if line not in SERVICE]


def breach_text() -> str:
    [text] = re.findall(r"^```text\n(.+?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(text)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An academy with the group and the people that the page names."""
    (tmp_path / "config.yaml").write_text("academy: {name: Darkhan, quiet_hours: 00:00-00:01}\n")
    (tmp_path / "tea.yaml").write_text(COURSE, encoding="utf-8")
    (tmp_path / "breach.txt").write_text(breach_text(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    made = Place(config=tmp_path / "config.yaml", data=tmp_path / "data", environ={}, clock=lambda: NOW)
    published(made, tmp_path / "tea.yaml")
    run(made, ["group", "create", "--course", "tea", "--name", "Autumn"])
    joined(made, 700_000_001)
    facilitator = made.run(
        lambda tx: people.add(tx, address=700_000_002, name="Iryna", language="en", now=NOW)
    )
    grant(made, facilitator)
    return made


def grant(place: Place, person: Person) -> None:
    group = place.read(lambda tx: groups.by_name(tx, "Autumn"))
    assert group is not None
    place.run(lambda tx: roles.grant(tx, person_id=person.id, name="facilitator", group_id=group.id, now=NOW))


def run(place: Place, words: list[str]) -> str:
    told = CliRunner().invoke(main, words, obj=place, catch_exceptions=False)
    assert told.exit_code == 0, (words, told.output)
    return told.stdout


def test_every_command_of_the_page_works(place: Place, tmp_path: Path) -> None:
    told = {shlex.join(words): run(place, words) for words in commands()}

    assert len(told) >= 10
    assert "700000001" in (tmp_path / "autumn.csv").read_text(encoding="utf-8")
    assert told["announce --group Autumn --file breach.txt"].startswith('To "Autumn": 1 person.')
    # The file with everybody's names is a copy, too.
    assert "operator" in run(place, ["access", "list", "--group", "Autumn"])


def test_the_text_says_what_article_34_asks_for() -> None:
    asked = ("On [day]", "What it can mean for you", "Since then [what was stopped", "Who answers")

    assert [part for part in asked if part not in breach_text()] == []


@pytest.mark.parametrize("page", ["docs/operating.md", "docs/privacy.md", "SECURITY.md"])
def test_it_is_found_from_where_people_look(page: str) -> None:
    assert "breach.md)" in (ROOT / page).read_text(encoding="utf-8")
