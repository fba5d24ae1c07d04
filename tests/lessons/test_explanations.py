"""Every code has its page, and the page is true: its wrong example gives that code, the right one nothing."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.commands.course import course
from bot.limits import TELEGRAM
from lessons.explanations import Example, codes, explanation
from lessons.reader import read
from tests.lessons.media_files import ogg, pdf

ROOT = Path(__file__).parents[2]
BAD = ROOT / "tests" / "data" / "courses" / "bad"
HEAD = {
    "format": "format: 1\n",
    "id": "id: heat\n",
    "title": "title: Heat\n",
    "language": "language: en\n",
    "version": "version: 1.0.0\n",
}
STEPS = "    steps:\n      - say: Close the window.\n"
LESSON = "id: one\ntitle: One degree\nsteps:\n  - say: Close the window.\n"
SHOWN_IN_WORDS = {
    "E011": "no text at all",
    "E012": "a megabyte of text",
    "E014": "a path on the command line",
    "E015": "a zip",
    "E016": "300 mistakes",
    "E132": "a file that is no picture",
    "E135": "a recording of another kind",
    "E136": "a film of 10 MB",
    "E137": "a picture",
    "E139": "a file with another ending",
    "E201": "4,000 characters",
    "W016": "300 warnings",
    "W201": "700 characters",
    "W230": "four questions",
    "W240": "a picture of 300 KB",
    "W242": "a recording",
    "W243": "a film",
    "W244": "a film of 2 MB",
}
"""Codes whose example would fill a page, or is no text; tests/data/courses/bad shows them all the same."""


MEDIA = {
    path.name: path.read_bytes() for path in BAD.iterdir() if path.suffix not in {"", ".yaml", ".txt"}
} | {"form.pdf": pdf(), "fan.ogg": ogg()}


def indented(text: str, by: int) -> str:
    return re.sub(r"(?m)^(?=[^\n])", " " * by, text)


def whole(text: str) -> str:
    """Return a course around a part: steps, lessons, or keys of the course."""
    head = "".join(HEAD.values())
    if text.startswith(("- id:", "-id:")):
        return f"{head}lessons:\n{indented(text, 2)}"
    if text.startswith("-"):
        return f"{head}lessons:\n  - id: one\n    title: One degree\n    steps:\n{indented(text, 6)}"
    first = re.findall(r"^(\w+):", text, re.MULTILINE)
    kept = "".join(line for key, line in HEAD.items() if key not in first)
    return f"{text}{kept}lessons:\n  - id: one\n    title: One degree\n{STEPS}"


def codes_of(example: Example, folder: Path) -> list[str]:
    (folder / "i18n").mkdir()
    (folder / "media").mkdir()
    for name, content in MEDIA.items():
        (folder / "media" / name).write_bytes(content)
    if example.files[0][0]:
        (folder / "course.yaml").write_text("".join(HEAD.values()) + "translations: [mn]\n", encoding="utf-8")
        (folder / "01-one.yaml").write_text(LESSON, encoding="utf-8")
        for name, text in example.files:
            (folder / name).write_text(text, encoding="utf-8")
        return [problem.code for problem in read(folder, limits=TELEGRAM).problems]
    (folder / "heat.yaml").write_text(whole(example.files[0][1]), encoding="utf-8")
    return [problem.code for problem in read(folder / "heat.yaml", limits=TELEGRAM).problems]


@pytest.mark.parametrize("code", codes())
def test_the_wrong_example_gives_its_code_and_the_right_one_gives_none(code: str, tmp_path: Path) -> None:
    page = explanation(code)
    if page.wrong is None or page.right is None:
        assert code in SHOWN_IN_WORDS
        return
    (tmp_path / "wrong").mkdir()
    (tmp_path / "right").mkdir()

    found = (codes_of(page.wrong, tmp_path / "wrong"), codes_of(page.right, tmp_path / "right"))

    assert found == ([code], [])


def test_every_code_in_the_source_has_a_page_and_every_page_a_code() -> None:
    written = {
        code
        for path in (ROOT / "lessons").glob("*.py")
        for code in re.findall(r'"([EW]\d{3})"', path.read_text(encoding="utf-8"))
    }

    assert set(codes()) == written


def test_the_reference_lists_the_same_codes_in_the_same_words() -> None:
    reference = (ROOT / "docs" / "course-format.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([EW]\d{3})` \| (.+) \|$", reference, re.MULTILINE))

    assert listed == {code: explanation(code).title for code in codes()}


def test_a_page_is_printed() -> None:
    result = CliRunner().invoke(course, ["explain", "e018"])

    assert result.exit_code == 0
    assert result.output == (
        "error[E018]: a colon without a space after it\n\n"
        "A colon ends a key only with a space after it. Without one, `title:Heat` is a word.\n\n"
        "Wrong:\n\n    licence:CC-BY-4.0\n\nRight:\n\n    licence: CC-BY-4.0\n"
    )


def test_without_a_code_all_are_listed() -> None:
    result = CliRunner().invoke(course, ["explain"])

    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()] == list(codes())
    assert result.output.startswith("E001  a colon and a space inside unquoted text\n")


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("E1200", "There is no code E1200. Did you mean E120"),
        ("E12", "There is no code E12. Did you mean E120, E121, E123?"),
        ("colon", "List all of them with: dusal course"),
    ],
)
def test_a_code_that_is_none_is_wrong_use(word: str, told: str) -> None:
    result = CliRunner().invoke(course, ["explain", word])

    assert result.exit_code == 2
    assert told in result.output
