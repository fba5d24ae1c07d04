"""`dusal course fmt` on real files."""

import stat
from pathlib import Path

import pytest

from tests.app.scripting import Run

COURSE = """\
format: 1
id: heat
title: Heat
language: en
version: 1.0.0
"""
FIRST = """\
id: one
title: One
steps:
  - say: Hello.
  - true_false: Tea needs water.  # or does it
    answer: yes
"""
SECOND = """\
id: two
title: Two
steps:
  - true_false: Tea needs water.
    answer: yes
  - true_false: Steam is hot.
    id: q-steam
    answer: yes
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    course = tmp_path / "heat"
    course.mkdir()
    (course / "course.yaml").write_text(COURSE, encoding="utf-8")
    (course / "01-one.yaml").write_text(FIRST, encoding="utf-8")
    (course / "02-two.yaml").write_bytes(SECOND.replace("\n", "\r\n").encode())
    return course


def test_a_folder_gets_its_ids(run: Run, folder: Path) -> None:
    result = run("course", "fmt", str(folder))

    assert result.exit_code == 0, result.output
    assert result.output == (
        f"{folder}/01-one.yaml: q-tea-needs-water\n{folder}/02-two.yaml: q-tea-needs-water-2\n2 ids added.\n"
    )
    assert (folder / "01-one.yaml").read_text() == FIRST.replace(
        "or does it\n", "or does it\n    id: q-tea-needs-water\n"
    )
    assert (folder / "02-two.yaml").read_bytes().decode() == SECOND.replace(
        "water.\n", "water.\n    id: q-tea-needs-water-2\n"
    ).replace("\n", "\r\n")
    assert "W122" not in run("course", "check", str(folder)).output
    assert sorted(file.name for file in folder.iterdir()) == ["01-one.yaml", "02-two.yaml", "course.yaml"]


def test_a_second_time_changes_nothing(run: Run, folder: Path) -> None:
    run("course", "fmt", str(folder))
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}

    result = run("course", "fmt", str(folder))

    assert result.exit_code == 0
    assert result.output == "Every question has an id; nothing was changed.\n"
    assert {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()} == before


def test_one_file_of_a_folder_knows_the_ids_of_the_others(run: Run, folder: Path) -> None:
    run("course", "fmt", str(folder / "02-two.yaml"))

    assert (folder / "01-one.yaml").read_text() == FIRST
    assert "id: q-tea-needs-water\r\n" in (folder / "02-two.yaml").read_bytes().decode()

    run("course", "fmt", str(folder / "01-one.yaml"))

    assert "id: q-tea-needs-water-2\n" in (folder / "01-one.yaml").read_text()


def test_check_changes_nothing_and_shows_the_difference(run: Run, folder: Path) -> None:
    result = run("course", "fmt", "--check", str(folder / "01-one.yaml"))

    assert result.exit_code == 1
    assert result.stdout == (
        f"--- {folder}/01-one.yaml\n"
        f"+++ {folder}/01-one.yaml with ids\n"
        "@@ -3,4 +3,5 @@\n"
        " steps:\n"
        "   - say: Hello.\n"
        "   - true_false: Tea needs water.  # or does it\n"
        "+    id: q-tea-needs-water\n"
        "     answer: yes\n"
    )
    assert result.stderr == "1 id would be added.\n"
    assert (folder / "01-one.yaml").read_text() == FIRST


def test_who_may_read_a_file_stays_and_a_link_stays_a_link(run: Run, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    (folder / "01-one.yaml").rename(elsewhere)
    elsewhere.chmod(0o640)
    (folder / "01-one.yaml").symlink_to(elsewhere)

    assert run("course", "fmt", str(folder)).exit_code == 0

    assert (folder / "01-one.yaml").is_symlink()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o640
    assert "id: q-tea-needs-water" in elsewhere.read_text()


def test_a_file_with_mistakes_is_left_alone_and_the_others_are_not(run: Run, folder: Path) -> None:
    broken = FIRST.replace("Tea needs", "Tea: needs")
    (folder / "01-one.yaml").write_text(broken)

    result = run("course", "fmt", str(folder))

    assert result.exit_code == 1
    assert "error[E001]: a colon and a space inside unquoted text" in result.stderr
    assert f"{folder}/01-one.yaml cannot be read as it is; mend it first.\n" in result.stderr
    assert result.stdout == f"{folder}/02-two.yaml: q-tea-needs-water\n1 id added.\n"
    assert (folder / "01-one.yaml").read_text() == broken


def test_a_counted_id_that_a_translation_names_stays(run: Run, folder: Path) -> None:
    (folder / "i18n").mkdir()
    (folder / "i18n" / "mn.yaml").write_text("language: mn\none:\n  - at: one-q1\n    en: A\n    mn: B\n")

    result = run("course", "fmt", str(folder / "01-one.yaml"))

    assert result.output == f"{folder}/01-one.yaml: one-q1\n1 id added.\n"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("heat.zip", "heat.zip is not a YAML file; name a course folder or one of its .yaml files"),
        ("nowhere.yaml", "nowhere.yaml cannot be read (No such file or directory)"),
        ("empty", "there is no course.yaml in {folder}/empty; name a course folder or a file"),
    ],
)
def test_what_is_no_course_is_refused(run: Run, tmp_path: Path, path: str, told: str) -> None:
    (tmp_path / "heat.zip").write_bytes(b"PK")
    (tmp_path / "empty").mkdir()

    result = run("course", "fmt", str(tmp_path / path))

    assert result.exit_code == 1
    assert told.format(folder=tmp_path) in result.stderr
