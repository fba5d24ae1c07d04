"""docs/course-format.md says what the reader does: its examples are read, its outputs compared."""

import json
import re
from pathlib import Path

import pytest

from bot.limits import TELEGRAM
from lessons.explanations import Example
from lessons.problems import Label, Problem, as_json, draw
from lessons.reader import read
from lessons.step_shapes import KINDS
from tests.lessons.test_explanations import codes_of

REFERENCE = (Path(__file__).parents[2] / "docs" / "course-format.md").read_text(encoding="utf-8")
FENCED = re.findall(r"^```(\w+)\n(.*?)^```", REFERENCE, re.MULTILINE | re.DOTALL)
TRANSLATIONS = [text for kind, text in FENCED if kind == "yaml" and text.startswith("language:")]
WHOLE = [text for kind, text in FENCED if kind == "yaml" and re.search(r"^format:", text, re.MULTILINE)]
PARTS = [text for kind, text in FENCED if kind == "yaml" and text not in (*TRANSLATIONS, *WHOLE)]
DOUBLED = Problem(
    path="heat.yaml",
    line=74,
    column=13,
    length=13,
    severity="error",
    code="E120",
    message="two questions have the id `q-heat-window`",
    label="used again",
    fix="rename one, for example `q-heat-window-2`. Ids must not change once learners have answered",
    related=(Label(line=70, column=13, length=13, text="first used here"),),
    snippet=((70, "        id: q-heat-window"), (74, "        id: q-heat-window")),
)


@pytest.mark.parametrize("text", WHOLE, ids=range(len(WHOLE)))
def test_an_example_course_has_no_problem(text: str, tmp_path: Path) -> None:
    (tmp_path / "save-heat.yaml").write_text(text, encoding="utf-8")

    reading = read(tmp_path / "save-heat.yaml", limits=TELEGRAM)

    assert [draw(problem) for problem in reading.problems] == []
    assert reading.course is not None


@pytest.mark.parametrize("text", PARTS, ids=range(len(PARTS)))
def test_an_example_of_a_part_has_no_problem(text: str, tmp_path: Path) -> None:
    assert codes_of(Example(files=(("", text),)), tmp_path) == []


def test_the_example_translation_fits_the_example_course(tmp_path: Path) -> None:
    announced = WHOLE[0].replace("language: en\n", "language: en\ntranslations: [mn]\n")
    (tmp_path / "save-heat.yaml").write_text(announced, encoding="utf-8")
    (tmp_path / "save-heat.mn.yaml").write_text(TRANSLATIONS[0], encoding="utf-8")

    reading = read(tmp_path / "save-heat.yaml", limits=TELEGRAM)

    # Incomplete on purpose: it shows the form.
    assert [problem.code for problem in reading.problems] == ["W302"]
    assert len(TRANSLATIONS) == 1


def test_the_drawn_problem_is_what_is_printed() -> None:
    assert draw(DOUBLED) + "\n" in [text for kind, text in FENCED if kind == "text"]


def test_the_json_is_what_programs_get() -> None:
    (shown,) = (text for kind, text in FENCED if kind == "json")

    assert json.loads(shown) == json.loads(as_json([DOUBLED]))


def test_every_kind_of_step_is_named() -> None:
    assert [kind for kind in KINDS if f"`{kind}`" not in REFERENCE] == []
