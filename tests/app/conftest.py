"""A folder with settings and a course, and the command line run in it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.place import Place
from tests.app.scripting import COURSE, NOW, Run, published


@pytest.fixture(autouse=True)
def courses_are_read_quickly(quick_reading: None) -> None:
    """Most commands read a course, and few tests are about how."""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty folder with settings; the first command makes the database."""
    config = tmp_path / "config.yaml"
    config.write_text("academy: {name: Darkhan, zone: Asia/Ulaanbaatar}\n", encoding="utf-8")
    (tmp_path / "tea.yaml").write_text(COURSE, encoding="utf-8")
    return Place(config=config, data=tmp_path / "data", environ={}, clock=lambda: NOW)


@pytest.fixture
def run(place: Place) -> Run:
    """Run `dusal …` in that folder."""

    def running(*arguments: str) -> Result:
        command = main.get_command(None, arguments[0])  # type: ignore[arg-type]  # needs no context
        assert command is not None
        return CliRunner().invoke(command, [*arguments[1:]], obj=place, prog_name=f"dusal {arguments[0]}")

    return running


@pytest.fixture
def taught(run: Run, place: Place) -> Run:
    """The same, with a published course and a group."""
    # Read here: the command reads it in a process of its own, which takes half a second.
    assert published(place, place.config.parent / "tea.yaml") == "tea"
    made = run("group", "create", "--course", "tea", "--name", "Autumn", "--days", "mon,wed", "--at", "10:30")
    assert made.exit_code == 0, made.output
    return run
