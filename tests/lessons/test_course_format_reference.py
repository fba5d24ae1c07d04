"""docs/course-format.md says what the reader does: its examples are read, its tables compared."""

import re
from pathlib import Path

from lessons.limits import Limits
from lessons.problems import draw
from lessons.reader import read
from lessons.step_shapes import KINDS, LATER_CONTENT, LATER_QUESTIONS

REFERENCE = (Path(__file__).parents[2] / "docs" / "course-format.md").read_text()
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", REFERENCE, re.MULTILINE | re.DOTALL)
LIMITS = Limits(text_chars=4096, caption_chars=1024, button_chars=28, picture_bytes=300 * 1024)


def test_the_example_course_has_no_problem(tmp_path: Path) -> None:
    (tmp_path / "save-heat.yaml").write_text(EXAMPLES[0])

    reading = read(tmp_path / "save-heat.yaml", limits=LIMITS)

    assert [draw(problem) for problem in reading.problems] == []
    assert reading.course is not None


def test_the_example_translation_fits_the_example_course(tmp_path: Path) -> None:
    announced = EXAMPLES[0].replace("language: en\n", "language: en\ntranslations: [mn]\n")
    (tmp_path / "save-heat.yaml").write_text(announced)
    (tmp_path / "save-heat.mn.yaml").write_text(EXAMPLES[1])

    reading = read(tmp_path / "save-heat.yaml", limits=LIMITS)

    # Incomplete on purpose: it shows the form.
    assert [problem.code for problem in reading.problems] == ["W302"]


def test_every_kind_of_step_is_named() -> None:
    assert [kind for kind in (*KINDS, *LATER_QUESTIONS, *LATER_CONTENT) if f"`{kind}`" not in REFERENCE] == []
