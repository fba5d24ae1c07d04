"""The JSON Schema knows the keys that the reader knows, and refuses nothing that the reader takes."""

import json
import re
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from app.commands.course import course
from bot.limits import TELEGRAM
from fuzz.mutations import mutated
from lessons import arranging_shapes, lesson_shapes, shape, step_shapes, survey_shapes, translation_files
from lessons.explanations import codes, explanation
from lessons.new_course import new_course
from lessons.nodes import Node
from lessons.reader import read_bytes
from lessons.schema import SCHEMA_KINDS, schema, schema_text
from lessons.schema_keys import COURSE, LESSON, OTHERS, STEPS
from lessons.yaml_text import read_nodes
from tests.lessons.schema_walker import as_editor_reads, faults, value
from tests.lessons.test_explanations import whole

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "lessons" / "courses" / "energy-saving"
BAD = ROOT / "tests" / "data" / "courses" / "bad"
REFERENCE = (ROOT / "docs" / "course-format.md").read_text(encoding="utf-8")
TOLD_APART = {
    **dict.fromkeys(("poll", "rate", "reflect"), frozenset(survey_shapes.UNMARKED_KEYS)),
    "open": {"tries"},
}
"""Keys the reader knows only to say why they cannot be there."""


def kind_of(text: str) -> str:
    first = re.search(r"^[\w-]+", text, re.MULTILINE)
    return "lesson" if first is None or first[0] == "id" else "course" if "format:" in text else "translation"


def faults_of(text: str, folder: Path, *, kind: str = "") -> list[str]:
    (folder / "any.yaml").write_text(text, encoding="utf-8")
    return faults(json.loads(schema_text(kind or kind_of(text))), as_editor_reads(folder / "any.yaml"))  # type: ignore[arg-type]  # one of three


def test_every_kind_of_step_has_the_readers_keys() -> None:
    known = {kind: set(keys) - TOLD_APART.get(kind, set()) for kind, keys in step_shapes._KEYS.items()}

    assert {kind: set(keys) for kind, keys in STEPS.items() if kind != "variants"} == known


def test_every_other_part_has_the_readers_keys() -> None:
    assert {name: set(keys) for name, keys in {**OTHERS, "course": COURSE, "lesson": LESSON}.items()} == {
        "course": shape._COURSE_KEYS,
        "lesson": shape._LESSON_KEYS,
        "pace": lesson_shapes.PACE_KEYS,
        "facilitator": lesson_shapes.FACILITATOR_KEYS,
        "test": lesson_shapes.TEST_KEYS,
        "announcement": lesson_shapes.ANNOUNCEMENT_KEYS,
        "when": lesson_shapes.WHEN_KEYS,
        "option": step_shapes._OPTION_KEYS,
        "pair": arranging_shapes._PAIR_KEYS,
        "close": {"when", "why"},
        "reject": {"when", "why"},
    }
    assert set(schema("translation")["properties"]) == translation_files._HEAD_KEYS


def test_every_key_says_what_it_is_for() -> None:
    said = [says for keys in (COURSE, LESSON, *STEPS.values(), *OTHERS.values()) for _, says in keys.values()]

    assert [text for text in said if not re.fullmatch(r"[A-Z`\d].{5,110}[.]", text)] == []


@pytest.mark.parametrize(
    "path", sorted([*STARTER.glob("*.yaml"), *STARTER.glob("i18n/*.yaml")]), ids=lambda path: path.stem
)
def test_the_starter_course_fits(path: Path) -> None:
    kind = "course" if path.name == "course.yaml" else "translation" if "i18n" in path.parts else "lesson"

    assert faults(schema(kind), as_editor_reads(path)) == []  # type: ignore[arg-type]  # one of three


@pytest.mark.parametrize("one_file", [True, False])
def test_a_new_course_fits_and_brings_the_schema_it_names(one_file: bool, tmp_path: Path) -> None:
    made = new_course(course_id="tea", title="Tea", language="en", one_file=one_file)

    for name, content in made.items():
        if name.endswith(".yaml") and "i18n" not in name:
            text = content.decode()
            named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
            assert named is not None
            assert named[1] in made
            assert faults_of(text, tmp_path, kind=named[1].removesuffix(".schema.json")) == []


@pytest.mark.parametrize("text", re.findall(r"^```yaml\n(.*?)^```", REFERENCE, re.MULTILINE | re.DOTALL))
def test_the_examples_of_the_reference_fit(text: str, tmp_path: Path) -> None:
    text = text if re.match(r"format:|language:", text) else whole(text)

    assert faults_of(text, tmp_path) == []


@pytest.mark.parametrize("code", codes())
def test_what_a_page_recommends_fits(code: str, tmp_path: Path) -> None:
    right = explanation(code).right
    for name, text in () if right is None else right.files:
        assert faults_of(text if name else whole(text), tmp_path) == []


@pytest.mark.parametrize("path", sorted(BAD.glob("W*.yaml")), ids=lambda path: path.stem)
def test_what_only_gets_a_warning_fits(path: Path) -> None:
    assert faults(schema("course"), as_editor_reads(path)) == []


@pytest.mark.parametrize(
    "path",
    sorted(path for code in ("E101", "E110", "E102-no-title") for path in BAD.glob(f"{code}*.yaml")),
    ids=lambda path: path.stem,
)
def test_unknown_and_missing_keys_do_not_fit(path: Path) -> None:
    assert faults(schema("course"), as_editor_reads(path)) != []


def test_whatever_the_reader_takes_fits() -> None:
    pages = [explanation(code).right for code in codes()]
    parts = [text for page in pages if page is not None for name, text in page.files if not name]
    sound = [content for part in parts if is_taken(content := whole(part).encode())]
    changed = [mutated(sound, Random(f"schema-{number}")) for number in range(600)]
    taken = [content for content in changed if is_taken(content)]

    assert [found for content in taken if (found := faults(schema("course"), value(nodes_of(content))))] == []
    assert len(taken) > 30


def is_taken(content: bytes) -> bool:
    return read_bytes("any.yaml", content, limits=TELEGRAM).course is not None


def nodes_of(content: bytes) -> Node:
    root, _ = read_nodes(content, path="any.yaml")
    assert root is not None
    return root


@pytest.mark.parametrize("kind", SCHEMA_KINDS)
def test_the_command_prints_and_writes_the_same(kind: str, tmp_path: Path) -> None:
    printed = CliRunner().invoke(course, ["schema", "--for", kind])
    written = CliRunner().invoke(course, ["schema", "--for", kind, "--out", str(tmp_path / "it.json")])

    assert (printed.exit_code, written.exit_code) == (0, 0)
    assert printed.output == (tmp_path / "it.json").read_text(encoding="utf-8")
    assert json.loads(printed.output)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_schema_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(course, ["schema", "--out", str(tmp_path / "none" / "it.json")])

    assert result.exit_code == 1
    assert "cannot be written: No such file or directory." in result.output
