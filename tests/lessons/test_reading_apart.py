"""A course read in a process of its own is the same course, with the same problems."""

import json
import zipfile
from pathlib import Path

import pytest

from bot.limits import TELEGRAM
from lessons.new_course import new_course
from lessons.reader import read
from lessons.reading_apart import answered, check_path, checked, environment, read_path
from lessons.reading_report import conclusion

LESSONS = Path(__file__).parents[2] / "lessons" / "courses" / "energy-saving"
BAD = Path(__file__).parents[1] / "data" / "courses" / "bad"
PROBLEM = {
    "path": "a.yaml",
    "line": 1,
    "column": 1,
    "severity": "error",
    "code": "E001",
    "message": "m",
    "fix": "f",
}


def test_the_course_its_problems_and_its_media_come_back_whole() -> None:
    apart, here = read_path(LESSONS, limits=TELEGRAM), read(LESSONS, limits=TELEGRAM)

    assert apart == here
    assert len(here.media) == 1


@pytest.mark.parametrize("name", ["E120-doubled-id.yaml", "W302-missing", "W220-comment.yaml", "none.yaml"])
def test_a_check_tells_what_the_reader_tells(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    here = read(Path(name), limits=TELEGRAM)

    apart = check_path(Path(name), limits=TELEGRAM)

    assert (apart.problems, apart.conclusion) == (here.problems, conclusion(here))


def test_a_new_course_can_be_zipped_as_it_is(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tea.zip", "w") as package:
        for name, content in new_course(course_id="tea", title="Tea", language="en", one_file=False).items():
            package.writestr(f"tea/{name}", content)

    assert check_path(tmp_path / "tea.zip", limits=TELEGRAM).problems == ()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"problems": [], "course": "{}", "pictures": []}\n', id="no course"),
        pytest.param(b'{"problems": [{"line": 1}], "course": null, "pictures": []}\n', id="half a problem"),
        pytest.param(b'{"problems": [], "course": null, "pictures": [["a", "b"]]}\n', id="half a picture"),
        pytest.param(b"[" * 100_000, id="lists in lists"),
    ],
)
def test_an_answer_that_is_none_is_not_believed(answer: bytes) -> None:
    assert (answered(answer), checked(answer)) == (None, None)


@pytest.mark.parametrize(
    "change", [{"line": "1"}, {"length": None}, {"fix": 3}, {"severity": "note"}, {"more": 1}], ids=str
)
def test_a_problem_of_other_types_is_not_believed(change: dict[str, object]) -> None:
    whole = {**PROBLEM, "related": [], "snippet": [], **change}

    assert checked(json.dumps({"problems": [whole], "conclusion": ""}).encode()) is None


def test_a_problem_comes_back_as_it_was_told() -> None:
    whole = {**PROBLEM, "related": [], "snippet": [[1, "text"]]}

    found = checked(json.dumps({"problems": [whole], "conclusion": "1 error"}).encode())

    assert found is not None
    assert [(one.code, one.snippet) for one in found.errors] == [("E001", ((1, "text"),))]


def test_the_process_is_given_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUSAL_TELEGRAM__TOKEN", "planted")

    assert "planted" not in environment().values()
