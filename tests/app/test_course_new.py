"""`dusal course new`: what it makes can be taught as it is."""

import json
from pathlib import Path

import pytest

from bot.limits import TELEGRAM
from lessons.reader import read
from tests.app.scripting import Run

FOLDER = {"course.yaml", "01-one-cup.yaml", "02-boil-once.yaml", "media/kettle.png"}


def made(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("language", ["en", "mn"])
@pytest.mark.parametrize("form", [(), ("--one-file",)])
def test_a_new_course_has_no_problem(run: Run, tmp_path: Path, language: str, form: tuple[str, ...]) -> None:
    path = tmp_path / "tea-breaks"

    result = run("course", "new", str(path), "--language", language, *form)

    assert result.exit_code == 0, result.output
    reading = read(path, limits=TELEGRAM)
    assert reading.problems == ()
    course = reading.course
    assert course is not None
    assert (course.id, course.title, course.language) == ("tea-breaks", "Tea breaks", language)
    assert [[step.kind for step in lesson.steps] for lesson in course.lessons] == [
        ["say", "image", "choose", "number", "order"],
        ["say", "true_false", "choose_all", "text", "reflect"],
    ]
    assert run("course", "fmt", "--check", str(path)).exit_code == 0


def test_one_file_says_the_same_as_a_folder(run: Run, tmp_path: Path) -> None:
    run("course", "new", str(tmp_path / "a" / "tea"))
    run("course", "new", str(tmp_path / "b" / "tea"), "--one-file")

    assert read(tmp_path / "a" / "tea").course == read(tmp_path / "b" / "tea").course
    assert made(tmp_path / "a" / "tea") == FOLDER | {"course.schema.json", "lesson.schema.json"}
    assert made(tmp_path / "b" / "tea") == {"course.yaml", "media/kettle.png", "course.schema.json"}


def test_each_file_names_its_schema_first(run: Run, tmp_path: Path) -> None:
    run("course", "new", str(tmp_path / "tea"))

    for name in ("course.yaml", "01-one-cup.yaml", "02-boil-once.yaml"):
        first, *_ = (tmp_path / "tea" / name).read_text(encoding="utf-8").splitlines()
        schema = first.removeprefix("# yaml-language-server: $schema=")
        assert json.loads((tmp_path / "tea" / schema).read_text(encoding="utf-8"))["type"]


def test_the_next_commands_are_printed_as_they_can_be_typed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "Усны хэмнэлт"

    result = run("course", "new", str(path))

    assert result.output == (
        f"Made {path}: the course `usny-khemnelt` with two lessons that can be taught as they are.\n"
        "\n"
        f"  dusal course check '{path}'    every mistake at once; --watch tells them whenever you save\n"
        f"  dusal preview '{path}'         try it on a phone in the browser\n"
        f"  dusal course publish '{path}'  store this version, for groups to learn from\n"
    )


@pytest.mark.parametrize(
    ("name", "course_id", "title"),
    [
        ("#1: tea", "1-tea", "#1: tea"),
        ('"quotes" and \\ more', "quotes-and-more", '"quotes" and \\ more'),
        ("yes", "yes", "Yes"),
        ("…", "new-course", "…"),
    ],
)
def test_any_name_makes_a_course(run: Run, tmp_path: Path, name: str, course_id: str, title: str) -> None:
    assert run("course", "new", str(tmp_path / name)).exit_code == 0

    course = read(tmp_path / name, limits=TELEGRAM).course
    assert course is not None
    assert (course.id, course.title) == (course_id, title)


def test_another_language_gets_the_english_texts_and_is_told_so(run: Run, tmp_path: Path) -> None:
    result = run("course", "new", str(tmp_path / "tea"), "--language", "uk")

    assert "The sample texts are in English; write yours over them.\n" in result.output
    course = read(tmp_path / "tea", limits=TELEGRAM).course
    assert course is not None
    assert (course.language, course.lessons[0].title) == ("uk", "One cup, or the whole kettle?")


def test_an_empty_folder_is_filled(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tea").mkdir()
    monkeypatch.chdir(tmp_path / "tea")

    assert run("course", "new", ".").exit_code == 0

    assert made(tmp_path / "tea") >= FOLDER
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []
    course = read(tmp_path / "tea").course
    assert course is not None
    assert course.id == "tea"


def test_what_is_there_is_never_written_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tea").mkdir()
    (tmp_path / "tea" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")

    full, file = run("course", "new", str(tmp_path / "tea")), run("course", "new", str(tmp_path / "file"))

    assert (full.exit_code, file.exit_code) == (1, 1)
    assert f"{tmp_path}/tea is not empty, and nothing in it was changed. Choose another name." in full.output
    assert f"{tmp_path}/file is a file. Choose another name." in file.output
    assert made(tmp_path / "tea") == {"notes.txt"}


def test_a_language_that_is_none_is_refused(run: Run, tmp_path: Path) -> None:
    result = run("course", "new", str(tmp_path / "tea"), "--language", "English")

    assert result.exit_code == 2
    assert "write a language tag, for example en, mn or pt-BR" in result.output
    assert not (tmp_path / "tea").exists()
