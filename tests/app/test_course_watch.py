"""`dusal course check --watch`: the sleep is where somebody saves."""

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from subprocess import PIPE

import click
import pytest

from app.commands.course_watch import POLL_SECONDS, watch

NINE = datetime(2026, 11, 23, 9, 5, 7)  # noqa: DTZ001 - a wall clock is shown
SAVED_AT = 1_800_000_000


class Author:
    """Saves something during some of the pauses."""

    def __init__(self, *acts: Callable[[], object] | None) -> None:
        self.acts = list(acts)
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        act = self.acts.pop(0) if self.acts else None
        if act is not None:
            act()


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "media").mkdir()
    (tmp_path / "course.yaml").write_text("format: 1\n")
    return tmp_path


def checks(path: Path, author: Author, *, check: Callable[[], object] = lambda: None) -> int:
    """Return how often the check ran while the author acted, once more than there were acts."""
    ran: list[None] = []

    def counted() -> None:
        ran.append(None)
        check()

    watch(path, check=counted, clear=False, sleep=author.sleep, now=lambda: NINE, looks=len(author.acts) + 1)
    return len(ran)


def save(file: Path, text: str, *, at: int) -> Callable[[], object]:
    def saving() -> None:
        file.write_text(text)
        os.utime(file, (at, at))

    return saving


def test_it_runs_at_once_and_after_each_save(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    author = Author(
        None,
        save(course / "course.yaml", "format: 1\nid: tea\n", at=SAVED_AT),
        None,
        # The same size: only the time tells.
        save(course / "course.yaml", "format: 1\nid: tin\n", at=SAVED_AT + 1),
    )

    assert checks(course, author) == 3
    assert capsys.readouterr().out == (
        "\nChecked at 09:05:07. Save a file to check again; Ctrl+C ends.\n" * 3
    )
    assert author.pauses == [POLL_SECONDS] * 5


@pytest.mark.parametrize(
    ("name", "runs"),
    [("02-new.yaml", 2), ("media/new.png", 2), (".course.yaml.swp", 1), ("course.yaml~", 1), (".git/x", 1)],
)
def test_new_files_count_and_what_editors_keep_does_not(course: Path, name: str, runs: int) -> None:
    (course / ".git").mkdir()

    assert checks(course, Author(save(course / name, "x", at=SAVED_AT))) == runs


def test_a_file_that_goes_counts(course: Path) -> None:
    assert checks(course, Author((course / "course.yaml").unlink)) == 2


def test_beside_a_single_file_the_pictures_count(course: Path) -> None:
    author = Author(save(course / "media" / "new.png", "x", at=SAVED_AT))

    assert checks(course / "course.yaml", author) == 2


def test_the_end_of_a_check_is_not_the_end_of_the_watch(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing() -> None:
        raise click.ClickException("no course there")

    def ending() -> None:
        sys.exit(1)

    author = Author(save(course / "course.yaml", "x", at=SAVED_AT))
    assert checks(course, author, check=failing) == 2
    assert capsys.readouterr().err == "Error: no course there\n" * 2
    author = Author(save(course / "course.yaml", "y", at=SAVED_AT + 1))
    assert checks(course, author, check=ending) == 2


def test_an_interrupt_ends_it_in_peace(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    assert checks(course, Author(interrupt, None)) == 1
    assert capsys.readouterr().out.endswith("\nStopped.\n")


def test_the_command_ends_with_zero_after_ctrl_c(tmp_path: Path) -> None:
    import signal
    import subprocess

    (tmp_path / "course.yaml").write_text("format: 1\n")
    dusal = Path(sys.executable).with_name("dusal")
    process = subprocess.Popen(
        # Whoever runs the tests in the background has made every child of theirs deaf to Ctrl+C.
        ["env", "--default-signal=INT", str(dusal), "course", "check", ".", "--watch"],
        cwd=tmp_path, stdout=PIPE, stderr=PIPE, text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    told = ""
    while "Ctrl+C ends." not in told:
        told += process.stdout.readline()

    process.send_signal(signal.SIGINT)
    rest, complaint = process.communicate(timeout=30)

    assert "error[E102]" in told
    assert (process.returncode, rest, complaint) == (0, "\nStopped.\n", "")
