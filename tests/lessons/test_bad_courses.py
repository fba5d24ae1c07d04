"""Each mistake an author can make, and the words in which it is told.

The files beside the courses hold what is printed, word for word; those of E001, E002, E101, E120,
E140 and W220 are the examples of the design.
"""

from pathlib import Path

import pytest

from lessons.limits import Limits
from lessons.problems import Problem, draw
from lessons.reader import read

BAD = Path(__file__).parents[1] / "data" / "courses" / "bad"
NAMES = sorted(path.stem for path in BAD.glob("*.yaml"))
LIMITS = Limits(text_chars=4096, caption_chars=1024, button_chars=28, picture_bytes=300 * 1024)


def problems_of(name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Problem, ...]:
    monkeypatch.chdir(BAD)
    return read(Path(f"{name}.yaml"), limits=LIMITS).problems


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_is_told_once_word_for_word(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = problems_of(name, monkeypatch)

    assert "\n\n".join(draw(problem) for problem in problems) + "\n" == (BAD / f"{name}.txt").read_text()
    assert [problem.code for problem in problems] == [name[:4]]


def test_every_code_of_the_reference_has_an_example_or_a_test_of_its_own() -> None:
    reference = (Path(__file__).parents[2] / "docs" / "course-format.md").read_text()
    told = {line.split("`")[1] for line in reference.splitlines() if line.startswith(("| `E", "| `W"))}
    files_and_packages = {
        "E012",
        "E014",
        "E015",
        "E016",
        "W016",
        "W240",
        "E301",
        "W300",
        "W301",
        "W302",
        "W303",
    }

    assert {name[:4] for name in NAMES} | files_and_packages == told
