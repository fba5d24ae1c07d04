"""Reading never fails, whatever is in the file: it tells a problem instead."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lessons.limits import Limits
from lessons.problems import draw
from lessons.reader import read_bytes

LIMITS = Limits(text_chars=4096, caption_chars=1024, button_chars=28, picture_bytes=300 * 1024)
HEAD = "format: 1\nid: heat\ntitle: Heat\nlanguage: en\nversion: 1.0.0\n"
COURSE = (
    (Path(__file__).parents[2] / "docs" / "course-format.md")
    .read_text()
    .split("```yaml\n")[1]
    .split("```")[0]
)


@given(st.text(max_size=200) | st.binary(max_size=200))
@example("[" * 50_000)
@example("a: " * 50_000)
@example("- " * 50_000)
@example("lessons:\n- &a [*a]\n")
@example("x: [*a, *b]\n")
@example('"\\ud800": 1')
@example("? ? ? a")
@example("a:\n\x85b\u2028c: d: e")
@settings(max_examples=300, deadline=None)
def test_no_text_makes_reading_fail(content: str | bytes) -> None:
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")

    reading = read_bytes("any.yaml", raw, limits=LIMITS)

    assert all(draw(problem) for problem in reading.problems)
    assert reading.course is not None or reading.errors


@given(
    line=st.integers(min_value=0, max_value=COURSE.count("\n") - 1),
    value=st.text(alphabet="ab:#*&!@%`{}[]>|\"'?-, \t1é\u0661\u202e\\", max_size=12),
    keep_key=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_no_change_of_one_line_makes_reading_fail(line: int, value: str, *, keep_key: bool) -> None:
    lines = COURSE.split("\n")
    key, colon, _ = lines[line].partition(":")
    lines[line] = f"{key}{colon} {value}" if keep_key else value

    reading = read_bytes("any.yaml", "\n".join(lines).encode(), limits=LIMITS)

    assert all(draw(problem) for problem in reading.problems)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"k{n}: 1\n" for n in range(20_000)),
        HEAD + "lessons:\n" + "".join(f"- {{id: l{n}, titel: x}}\n" for n in range(8_000)),
        HEAD
        + "lessons:\n- id: a\n  title: A\n  steps:\n"
        + "".join(f"  - sey{n}: x\n" for n in range(12_000)),
        HEAD + "title: a\n" * 20_000,
        HEAD + "summary: a: b\n" + "summary: *a b\n" * 12_000,
    ],
    ids=["keys", "lessons", "steps", "doubled", "stars"],
)
def test_a_file_of_nothing_but_mistakes_is_told_in_part(text: str) -> None:
    problems = read_bytes("any.yaml", text.encode()).problems

    assert len(problems) <= 300
    assert problems[-1].severity == "error"
