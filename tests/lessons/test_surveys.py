"""Open questions and surveys: read as their author meant them, translated, and written down once."""

from dataclasses import replace
from pathlib import Path

import pytest

from lessons.limits import Limits
from lessons.model import Course, Pair, Translation
from lessons.reader import read
from lessons.steps import Open, Poll, Rate, Reflect, RubricLevel, Say
from lessons.translations import apply, source_texts
from lessons.versions import canonical, from_canonical

LIMITS = Limits(text_chars=4096, caption_chars=1024, button_chars=28, picture_bytes=300 * 1024)
HEAD = """\
format: 1
id: heat
title: Heat
language: en
version: 1.0.0
lessons:
  - id: one
    title: One degree
    steps:
"""
EVERYTHING = """\
      - say: Look around.
      - open: Where is heat lost?
        id: q-place
        points: 3
        model_answer: The back door.
        rubric: {1: names a place, 3: and says why}
        reply_within: 1 workday
        voice: no
        hide_name: no
        hint: Walk.
        explain: Doors.
      - open: And where else?
        id: q-else
      - poll: Which topic next?
        id: s-topic
        options: [Solar panels, "Bills: reading them"]
        anonymous: no
      - rate: How sure are you?
        id: s-sure
        from: 0
        to: 10 (very sure)
      - rate: And now?
        id: s-now
      - reflect: What will you check?
        id: s-check
"""
STEPS = (
    Say(id="one-card-1", text="Look around."),
    Open(
        id="q-place",
        prompt="Where is heat lost?",
        hints=("Walk.",),
        explain="Doors.",
        points=3,
        tries=1,
        model_answer="The back door.",
        rubric=(RubricLevel(points=1, text="names a place"), RubricLevel(points=3, text="and says why")),
        reply_within=1,
        voice=False,
        hide_name=False,
    ),
    Open(id="q-else", prompt="And where else?", tries=1),
    Poll(
        id="s-topic",
        prompt="Which topic next?",
        options=("Solar panels", "Bills: reading them"),
        anonymous=False,
    ),
    Rate(id="s-sure", prompt="How sure are you?", low=0, high=10, high_text="very sure"),
    Rate(id="s-now", prompt="And now?", low=1, high=5),
    Reflect(id="s-check", prompt="What will you check?"),
)


def course(folder: Path, steps: str) -> Course:
    path = folder / "heat.yaml"
    path.write_text(HEAD + steps, encoding="utf-8")
    reading = read(path, limits=LIMITS)
    assert reading.course is not None, reading.problems
    return reading.course


def codes(folder: Path, steps: str) -> list[tuple[str, int]]:
    path = folder / "heat.yaml"
    path.write_text(HEAD + steps, encoding="utf-8")
    return [(problem.code, problem.line) for problem in read(path, limits=LIMITS).problems]


def test_all_four_kinds_are_read(tmp_path: Path) -> None:
    lesson = course(tmp_path, EVERYTHING).lessons[0]

    assert lesson.steps == STEPS
    assert lesson.questions == STEPS[1:3]
    assert lesson.surveys == STEPS[3:]


def test_what_was_read_is_written_down_and_read_back(tmp_path: Path) -> None:
    written = course(tmp_path, EVERYTHING)

    assert from_canonical(canonical(written)) == written


def test_every_word_a_learner_reads_is_translated(tmp_path: Path) -> None:
    english = course(tmp_path, EVERYTHING)
    pairs = tuple(
        Pair(source=text.text, target=f"mn {text.text}", lesson=text.lesson) for text in source_texts(english)
    )
    both = replace(english, translations=(Translation(language="mn", pairs=pairs),))

    steps = apply(both, "mn").lessons[0].steps

    place, topic, sure = steps[1], steps[3], steps[4]
    assert isinstance(place, Open)
    assert isinstance(topic, Poll)
    assert isinstance(sure, Rate)
    assert (place.prompt, place.model_answer) == ("mn Where is heat lost?", "mn The back door.")
    assert [level.text for level in place.rubric] == ["mn names a place", "mn and says why"]
    assert [level.points for level in place.rubric] == [1, 3]
    assert topic.options == ("mn Solar panels", "mn Bills: reading them")
    assert (sure.prompt, sure.low_text, sure.high_text) == ("mn How sure are you?", "", "mn very sure")
    assert steps[6].prompt == "mn What will you check?"  # type: ignore[union-attr] # a reflection


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        pytest.param("      - poll: Which?\n        id: s\n", [("E102", 10)], id="poll without options"),
        pytest.param(
            "      - poll: Which?\n        id: s\n        options: [A, b, B]\n", [("E143", 12)], id="twice"
        ),
        pytest.param(
            "      - poll: Which?\n        id: s\n        options: Solar\n", [("E103", 12)], id="one text"
        ),
        pytest.param(
            "      - rate: How?\n        id: s\n        from: 1\n        to: 20\n",
            [("E188", 12)],
            id="too long",
        ),
        pytest.param(
            "      - rate: How?\n        id: s\n        to: very\n", [("E187", 12)], id="an end in words"
        ),
        pytest.param(
            "      - reflect: What?\n        id: s\n        tries: 2\n", [("E182", 12)], id="tries to reflect"
        ),
        pytest.param(
            "      - open: What?\n        id: q\n        rubric: [a, b]\n",
            [("E103", 12)],
            id="rubric as list",
        ),
        pytest.param(
            "      - open: What?\n        id: q\n        rubric: {good: a}\n", [("E180", 12)], id="no points"
        ),
        pytest.param(
            "      - open: What?\n        id: q\n        reply_within: 11 workdays\n",
            [("E184", 12)],
            id="eleven days",
        ),
        pytest.param("      - reflect: What?\n", [("W122", 10)], id="a survey without an id"),
        pytest.param(
            "      - reflect: What?\n        id: s\n        modell: x\n", [("E101", 12)], id="unknown key"
        ),
    ],
)
def test_a_mistake_is_told_once_with_its_line(
    steps: str, found: list[tuple[str, int]], tmp_path: Path
) -> None:
    assert codes(tmp_path, steps) == found


def test_a_translated_option_too_long_for_its_button_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "heat.mn.yaml").write_text(
        "language: mn\nof: heat@1.0.0\none:\n"
        "  - en: Solar panels\n    mn: Нарны цахилгаан үүсгүүр хавтангууд\n",
        encoding="utf-8",
    )
    path = tmp_path / "heat.yaml"
    path.write_text(
        HEAD.replace("version:", "translations: [mn]\nversion:")
        + "      - poll: Which?\n        id: s\n        options: [Solar panels, Bills]\n",
        encoding="utf-8",
    )

    assert [one.code for one in read(path, limits=LIMITS).problems] == ["W302", "W303"]
