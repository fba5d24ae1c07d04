"""Missing ids are written into a course file, and nothing else in it moves.

The file is not written anew from what was understood of it: lines are inserted into its own bytes.
So comments, blank lines, line endings and trailing spaces cannot get lost. The result is read once
more and compared with what was there before; if anything but the ids differs, it is not used.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeAlias, get_args

from lessons.markup import parse
from lessons.naming import id_from_question
from lessons.nodes import Mapping, Node, Scalar, Sequence, Source
from lessons.problems import Problem
from lessons.steps import AnyQuestion, AnySurvey
from lessons.yaml_text import read_nodes

_BOM = b"\xef\xbb\xbf"
_QUESTIONS = frozenset(kind.__dataclass_fields__["kind"].default for kind in get_args(AnyQuestion))
_SURVEYS = frozenset(kind.__dataclass_fields__["kind"].default for kind in get_args(AnySurvey))


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """A file with an id for each question and survey."""

    content: bytes
    """The very same bytes when nothing was missing."""
    added: tuple[str, ...]
    """Ids, in the order of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFormatted:
    """Why a file was left as it is."""

    reason: str
    """One sentence."""
    problems: tuple[Problem, ...] = ()
    """What has to be mended first; may be empty."""


_Plain: TypeAlias = str | list["_Plain"] | dict[str, "_Plain"]


@dataclass(frozen=True, slots=True)
class _Step:
    """One asking step, with what is needed to find its place in the text."""

    node: Mapping
    kind: str
    in_list: Sequence
    id_by_count: str
    """The id it has as long as none is written (lessons.step_shapes)."""


def ids_in(content: bytes) -> frozenset[str]:
    """Return every id that is written in a course file; none when it cannot be read."""
    root, _ = read_nodes(content, path="")
    return frozenset() if root is None else frozenset(_ids(root))


def ids_in_translation(content: bytes) -> frozenset[str]:
    """Return the ids of steps that a file of translations names under `at`."""
    root, _ = read_nodes(content, path="")
    if not isinstance(root, Mapping):
        return frozenset()
    pairs = [pair for group in root.values.values() if isinstance(group, Sequence) for pair in group.items]
    named = [pair.get("at") for pair in pairs if isinstance(pair, Mapping)]
    return frozenset(at.value.strip().removesuffix(".accept") for at in named if isinstance(at, Scalar))


def with_ids(
    content: bytes, *, path: str, taken: Collection[str], translated: Collection[str] = ()
) -> Formatted | NotFormatted:
    """Return the file with an id under each question or survey that has none.

    `taken` are the ids of the whole course. A step that a translation names by its counted id
    (`translated`) keeps that one. Doing it twice gives the same bytes as doing it once.
    """
    root, source = read_nodes(content, path=path)
    errors = tuple(problem for problem in source.problems if problem.severity == "error")
    if root is None or errors:
        return NotFormatted(reason=f"{path} cannot be read as it is; mend it first", problems=errors)
    text = content.removeprefix(_BOM).decode()
    starts = _line_starts(text, source)
    known = set(taken)
    edits: list[tuple[int, str]] = []
    added: list[str] = []
    for step in _asking(root):
        prompt = step.node.values[step.kind]
        if "id" in step.node.keys or not isinstance(prompt, Scalar) or not prompt.value.strip():
            continue
        made = step.id_by_count
        if made not in translated:
            made = id_from_question(parse(prompt.value).text, taken=known)
        edit = _edit(step, prompt, made, text=text, source=source, starts=starts)
        if edit is None:
            return NotFormatted(
                reason=f"{path}:{step.node.line}: a step inside [ ] has no place for an id;"
                " write the steps on lines of their own, after `- `"
            )
        known.add(made)
        added.append(made)
        edits.append(edit)
    written = text
    for offset, words in reversed(edits):
        written = written[:offset] + words + written[offset:]
    made_content = (_BOM if content.startswith(_BOM) else b"") + written.encode()
    if edits and not _differs_in_ids_only(root, made_content):
        return NotFormatted(reason=f"{path}: its ids have to be written by hand; nothing was changed")
    return Formatted(content=made_content, added=tuple(added))


def _edit(
    step: _Step, prompt: Scalar, made: str, *, text: str, source: Source, starts: list[int]
) -> tuple[int, str] | None:
    """Return where to insert what, or None when the step has no room for a key."""
    if text[starts[step.node.line - 1] + step.node.column - 1] == "{":
        return starts[prompt.end_line - 1] + prompt.end_column - 1, f", id: {made}"
    if text[starts[step.in_list.line - 1] + step.in_list.column - 1] == "[":
        return None
    last = _last_line(prompt, source)
    at = starts[last - 1] + len(source.lines[last - 1])
    # A file may end without a line break; its first one says how it makes them.
    line_break = _break_at(text, at) or _break_at(text, len(source.lines[0])) or "\n"
    return at, f"{line_break}{' ' * (step.node.column - 1)}id: {made}"


def _last_line(prompt: Scalar, source: Source) -> int:
    """Return the number of the last line that belongs to the question's text."""
    if prompt.style != "block":
        return prompt.end_line
    # A block ends where the next thing begins; the blank lines between belong to neither.
    last = min(prompt.end_line if prompt.end_column > 1 else prompt.end_line - 1, len(source.lines))
    while last > prompt.line and not source.lines[last - 1].strip():
        last -= 1
    return last


def _line_starts(text: str, source: Source) -> list[int]:
    """Return the offset of the first character of each line."""
    starts = [0]
    for line in source.lines[:-1]:
        end = starts[-1] + len(line)
        starts.append(end + len(_break_at(text, end)))
    return starts


def _break_at(text: str, offset: int) -> str:
    return "\r\n" if text.startswith("\r\n", offset) else text[offset : offset + 1]


def _lessons(root: Node) -> Iterator[Mapping]:
    found: Node | None = root
    if isinstance(root, Mapping) and "steps" not in root.keys:
        found = root.get("lessons")
    for lesson in found.items if isinstance(found, Sequence) else [found]:
        if isinstance(lesson, Mapping):
            yield lesson


def _steps(lesson: Mapping) -> Iterator[tuple[Sequence, Mapping]]:
    """Yield each step with the list it stands in: a test has lists of variants among its steps."""
    steps = lesson.get("steps")
    if not isinstance(steps, Sequence):
        return
    for node in steps.items:
        if not isinstance(node, Mapping):
            continue
        variants = node.get("variants")
        if isinstance(variants, Sequence):
            yield from ((variants, one) for one in variants.items if isinstance(one, Mapping))
        else:
            yield steps, node


def _asking(root: Node) -> Iterator[_Step]:
    """Yield the questions and surveys, in the order of the file."""
    for lesson in _lessons(root):
        name = lesson.get("id")
        prefix = name.value.strip() if isinstance(name, Scalar) else ""
        counted = 0
        for among, step in _steps(lesson):
            kind = next((key for key in step.keys if key in _QUESTIONS or key in _SURVEYS), None)
            if kind is not None:
                counted += 1
                yield _Step(step, kind, among, f"{prefix}-q{counted}")


def _ids(root: Node) -> Iterator[str]:
    for lesson in _lessons(root):
        for part in (lesson, *(step for _, step in _steps(lesson))):
            written = part.get("id")
            if isinstance(written, Scalar):
                yield written.value.strip()


def _differs_in_ids_only(before: Node, content: bytes) -> bool:
    after, source = read_nodes(content, path="")
    if after is None or source.problems:
        return False
    for old, new in zip(_asking(before), _asking(after), strict=True):
        if "id" not in old.node.keys:
            new.node.keys.pop("id", None)
            new.node.values.pop("id", None)
    return _plain(before) == _plain(after)


def _plain(node: Node) -> _Plain:
    match node:
        case Scalar():
            # The reader strips ends too: a block at the end of a file gains a line break.
            return node.value.rstrip()
        case Sequence():
            return [_plain(item) for item in node.items]
        case Mapping():
            return {key: _plain(value) for key, value in node.values.items()}
