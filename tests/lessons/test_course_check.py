"""`dusal course check`, as it is typed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.commands.course import course

CLEAN = (
    "format: 1\nid: heat\ntitle: Heat\nlanguage: en\nversion: 1.0.0\n"
    "lessons:\n  - id: one\n    title: One degree\n    steps:\n      - say: Close the window.\n"
)


@pytest.mark.parametrize(
    ("text", "code", "printed"),
    [
        pytest.param(CLEAN, 0, "heat 1.0.0: 1 lesson, 0 questions, 4 minutes\nNo problems.\n", id="clean"),
        pytest.param(
            CLEAN.replace("say: ", "say: Note #3, "),
            0,
            "warning[W220]: the text after ` #` is a comment and will not be shown\n"
            "  --> heat.yaml:10:19\n   |\n10 |       - say: Note #3, Close the window.\n"
            "   |                   ^^^^^^^^^^^^^^^^^^^^^ dropped\n   |\n"
            "   = fix: put quotes around the whole text\n\n"
            "heat 1.0.0: 1 lesson, 0 questions, 4 minutes\n1 warning\n"
            "More about a problem: dusal course explain W220\n",
            id="warning",
        ),
        pytest.param(
            CLEAN.replace("title: One degree", "titel: One degree"),
            1,
            "error[E101]: unknown key `titel` in lesson\n --> heat.yaml:8:5\n  |\n8 |     titel: One degree\n"
            "  |     ^^^^^ not a key here\n  |\n  = fix: did you mean `title`?\n\n"
            "1 error\nMore about a problem: dusal course explain E101\n",
            id="errors",
        ),
    ],
)
def test_check_prints_all_and_exits_by_the_worst(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, code: int, printed: str
) -> None:
    (tmp_path / "heat.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(course, ["check", "heat.yaml"])

    assert (result.output, result.exit_code) == (printed, code)


def test_check_for_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "heat.yaml").write_text(CLEAN.replace("title: Heat", "titles: Heat"))
    monkeypatch.chdir(tmp_path)

    as_json = CliRunner().invoke(course, ["check", "heat.yaml", "--format", "json"])
    as_github = CliRunner().invoke(course, ["check", "heat.yaml", "--format", "github"])

    assert [problem["code"] for problem in json.loads(as_json.output)["problems"]] == ["E101"]
    assert as_github.output.splitlines()[0] == (
        "::error file=heat.yaml,line=3,col=1,endColumn=7,title=E101::"
        "unknown key `titles` in course. Fix: did you mean `title`?"
    )
    assert (as_json.exit_code, as_github.exit_code) == (1, 1)


@pytest.mark.parametrize("arguments", [["check"], ["check", "x", "--format", "xml"], ["chek", "x"]])
def test_wrong_use_is_exit_code_two(arguments: list[str]) -> None:
    assert CliRunner().invoke(course, arguments).exit_code == 2


def test_a_path_that_is_not_there_is_an_error_like_any_other(tmp_path: Path) -> None:
    result = CliRunner().invoke(course, ["check", str(tmp_path / "none.yaml")])

    assert result.exit_code == 1
    assert "error[E014]: the file cannot be read: No such file or directory" in result.output
