"""Ids are inserted, and nothing else moves: told by examples, and looked for by chance."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lessons import courses
from lessons.formatting import Formatted, NotFormatted, ids_in, ids_in_translation, with_ids
from lessons.reader import Reading, read_bytes

STARTER = Path(next(iter(courses.__path__))) / "energy-saving"
HEAD = "format: 1\nid: heat\ntitle: Heat\nlanguage: en\nversion: 1.0.0\nlessons:\n"
WITHOUT_IDS = """\
  - id: one   # keep me
    title: One
    steps:

      # about the kettle
      - choose: What boils water?   # a comment, set apart
        options:
          - right: A kettle
          - {wrong: A lamp, why: It only shines.}

      - number: |
          A cup holds 0.25 litres.

          How many cups make a litre?
          # this is text

        # this is none
        answer: 4
      - text: >-
          What keeps
          tea hot?
        accept: thermos
      - {true_false: 'Steam carries heat away.', answer: yes}
      - choose_all: What boils
          water?
        id: q-mine
        options: [{right: A kettle}, {wrong: A lamp, why: No.}]
      - image: media/none.png
        alt: None
      - true_false: Tea needs water.
        answer: yes"""
WITH_IDS = """\
  - id: one   # keep me
    title: One
    steps:

      # about the kettle
      - choose: What boils water?   # a comment, set apart
        id: q-boils-water
        options:
          - right: A kettle
          - {wrong: A lamp, why: It only shines.}

      - number: |
          A cup holds 0.25 litres.

          How many cups make a litre?
          # this is text
        id: q-cups-make-litre

        # this is none
        answer: 4
      - text: >-
          What keeps
          tea hot?
        id: q-keeps-tea-hot
        accept: thermos
      - {true_false: 'Steam carries heat away.', id: q-steam-carries-heat-away, answer: yes}
      - choose_all: What boils
          water?
        id: q-mine
        options: [{right: A kettle}, {wrong: A lamp, why: No.}]
      - image: media/none.png
        alt: None
      - true_false: Tea needs water.
        id: q-tea-needs-water
        answer: yes"""


def formatted(text: str, *, taken: frozenset[str] = frozenset()) -> str:
    outcome = with_ids(text.encode(), path="heat.yaml", taken=taken)
    assert isinstance(outcome, Formatted), outcome
    return outcome.content.decode()


def test_ids_are_inserted_and_nothing_else_moves() -> None:
    assert formatted(HEAD + WITHOUT_IDS) == HEAD + WITH_IDS


def test_the_ids_are_told_in_the_order_of_the_file() -> None:
    outcome = with_ids((HEAD + WITHOUT_IDS).encode(), path="heat.yaml", taken=())

    assert isinstance(outcome, Formatted)
    assert outcome.added == (
        "q-boils-water",
        "q-cups-make-litre",
        "q-keeps-tea-hot",
        "q-steam-carries-heat-away",
        "q-tea-needs-water",
    )


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\n", "\u2028"])
def test_line_ends_and_the_mark_at_the_beginning_stay(line_break: str) -> None:
    before = "\ufeff" + (HEAD + WITHOUT_IDS).replace("\n", line_break)

    assert formatted(before) == "\ufeff" + (HEAD + WITH_IDS).replace("\n", line_break)


def test_trailing_spaces_stay() -> None:
    before = "id: one\ntitle: One  \nsteps:\n  - reflect: What now?  \t \n  - say: Hello.   \n"

    assert formatted(before) == (
        "id: one\ntitle: One  \nsteps:\n  - reflect: What now?  \t \n    id: q-now\n  - say: Hello.   \n"
    )


def test_a_file_without_a_last_line_break_keeps_doing_without() -> None:
    assert formatted("id: one\nsteps:\n- reflect: What now?") == (
        "id: one\nsteps:\n- reflect: What now?\n  id: q-now"
    )


def test_a_list_of_lessons_is_a_lesson_file_too() -> None:
    assert formatted("- id: one\n  steps:\n  - reflect: What now?\n") == (
        "- id: one\n  steps:\n  - reflect: What now?\n    id: q-now\n"
    )


def test_the_variants_of_a_test_get_their_ids() -> None:
    before = """\
id: final
test: yes
steps:
  - variants:
      - true_false: Tea needs water.
        answer: yes
      - {true_false: Water needs tea., answer: no}
  - variants: [{rate: A}, {id: mine, rate: B}]
"""

    assert (
        formatted(before)
        == """\
id: final
test: yes
steps:
  - variants:
      - true_false: Tea needs water.
        id: q-tea-needs-water
        answer: yes
      - {true_false: Water needs tea., id: q-water-needs-tea, answer: no}
  - variants: [{rate: A, id: q-a}, {id: mine, rate: B}]
"""
    )
    assert ids_in(before.encode()) == {"final", "mine"}


def test_a_taken_id_is_not_taken_again() -> None:
    assert formatted("steps:\n- reflect: What now?\n- rate: And now?\n", taken=frozenset({"q-now"})) == (
        "steps:\n- reflect: What now?\n  id: q-now-2\n- rate: And now?\n  id: q-now-3\n"
    )


def test_a_counted_id_that_a_translation_names_stays() -> None:
    lesson = b"id: one\nsteps:\n- reflect: What now?\n- text: And then?\n  accept: tea\n"
    translated = ids_in_translation(
        b"language: mn\none:\n  - at: one-q2.accept\n    mn: [x]\n  - en: A\n    mn: B\n"
    )

    outcome = with_ids(lesson, path="one.yaml", taken=(), translated=translated)

    assert isinstance(outcome, Formatted)
    assert outcome.added == ("q-now", "one-q2")


def test_an_unreadable_file_is_left_alone() -> None:
    outcome = with_ids(b"steps:\n- choose: What: now?\n", path="one.yaml", taken=())

    assert isinstance(outcome, NotFormatted)
    assert outcome.reason == "one.yaml cannot be read as it is; mend it first"
    assert [problem.code for problem in outcome.problems] == ["E001"]


def test_a_step_without_room_for_an_id_is_told() -> None:
    outcome = with_ids(b"id: one\nsteps: [reflect: What now?]\n", path="one.yaml", taken=())

    assert outcome == NotFormatted(
        reason="one.yaml:2: a step inside [ ] has no place for an id;"
        " write the steps on lines of their own, after `- `"
    )


@pytest.mark.parametrize("file", sorted(STARTER.glob("*.yaml")), ids=lambda file: file.stem)
def test_a_course_with_ids_stays_as_it_is(file: Path) -> None:
    content = file.read_bytes()

    outcome = with_ids(content, path=file.name, taken=ids_in(content))

    assert outcome == Formatted(content=content, added=())


LINES = (HEAD + WITH_IDS).split("\n")
ID_LINES = [number for number, line in enumerate(LINES) if line.strip().startswith("id: q-")]
BREAKS = st.sampled_from(["\n", "\r\n"])
NOISE = st.sampled_from(
    ["", "   ", "        # a remark", "# at the margin", "      # a *remark*: with signs"]
)


@given(
    without=st.sets(st.sampled_from(ID_LINES)),
    noise=st.lists(st.tuples(st.integers(0, len(LINES)), NOISE), max_size=6),
    line_break=BREAKS,
    mark=st.booleans(),
    end=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_nothing_but_ids_is_added_and_only_once(
    *, without: set[int], noise: list[tuple[int, str]], line_break: str, mark: bool, end: bool
) -> None:
    lines = [line for number, line in enumerate(LINES) if number not in without]
    for place, line in noise:
        lines.insert(min(place, len(lines)), line)
    before = ("\ufeff" if mark else "") + line_break.join(lines) + (line_break if end else "")
    reading = read(before)
    assume(all(problem.code == "W122" for problem in reading.problems))

    outcome = with_ids(before.encode(), path="heat.yaml", taken=ids_in(before.encode()))

    assert isinstance(outcome, Formatted)
    after = outcome.content.decode()
    taken_out = after
    for made in outcome.added:
        taken_out = re.sub(rf"(?:{line_break} +|, )id: {made}(?=[{line_break},}}]|$)", "", taken_out, count=1)
    assert taken_out == before
    assert read(after).problems == ()
    assert nameless(read(after)) == nameless(reading)
    assert formatted(after) == after


@given(st.text(max_size=120) | st.binary(max_size=120))
@example("steps: [poll: a]")
@example("steps:\n- {poll: a}")
@example("steps:\n-\tpoll: a")
@example("steps:\n- ? poll\n  : a")
@example("steps:\n- poll: |2+\n    a\n\n\n")
@example('steps:\n- {"poll":"a"}')
@example("\ufeffsteps:\n- poll: a\x85- rate: b\u2028")
@example("steps:\n- poll: a\n...\n")
@example("steps: [{poll: a}, {poll: b, id: }]")
@settings(max_examples=200, deadline=None)
def test_no_text_makes_it_fail(content: str | bytes) -> None:
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")

    outcome = with_ids(raw, path="any.yaml", taken=ids_in(raw))

    if isinstance(outcome, Formatted):
        again = with_ids(outcome.content, path="any.yaml", taken=ids_in(outcome.content))
        assert again == Formatted(content=outcome.content, added=())


@given(
    line=st.integers(0, len(LINES) - 1),
    value=st.text(alphabet="ab:#*&!@%`{}[]>|\"'?-, \té\u0661\\", max_size=12),
    keep_key=st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_no_change_of_one_line_makes_it_fail(line: int, value: str, *, keep_key: bool) -> None:
    lines = [one for one in LINES if "id: q-" not in one]
    line = min(line, len(lines) - 1)
    key, colon, _ = lines[line].partition(":")
    lines[line] = f"{key}{colon} {value}" if keep_key else value
    raw = "\n".join(lines).encode()

    outcome = with_ids(raw, path="any.yaml", taken=ids_in(raw))

    if isinstance(outcome, Formatted):
        again = with_ids(outcome.content, path="any.yaml", taken=ids_in(outcome.content))
        assert again == Formatted(content=outcome.content, added=())


def read(text: str) -> Reading:
    return read_bytes(
        "heat.yaml",
        text.replace("image: media/none.png", "say: none").replace("alt: None", "note: x").encode(),
    )


def nameless(reading: Reading) -> object:
    assert reading.course is not None, reading.problems
    return [[replace(step, id="") for step in lesson.steps] for lesson in reading.course.lessons]
