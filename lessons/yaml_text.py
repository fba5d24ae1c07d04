"""YAML text to nodes, in one pass over the parser's events; the only place that knows PyYAML.

Nothing is composed or constructed: depth is counted before a node is made, and anchors, aliases,
tags, merge keys, directives, second documents and doubled keys are refused where they stand. A
mistake in the text is mended in a copy and reading goes on, so that one reading finds them all.
"""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from lessons.nodes import Mapping, Node, Scalar, Sequence, Source, Style
from lessons.problems import Label
from lessons.yaml_mistake import Mistake
from lessons.yaml_mistakes import explain, place_of, refused_event, refused_node, refused_scalar

DEPTH_AT_MOST = 20
"""Nested lists and keys; a course needs 6."""
FILE_BYTES_AT_MOST = 1_000_000
_MENDED_AT_MOST = 20
"""Mistakes mended in one file; each costs one more reading of it."""

_BREAKS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BIDI = {
    "\u202a": "LEFT-TO-RIGHT EMBEDDING",
    "\u202b": "RIGHT-TO-LEFT EMBEDDING",
    "\u202c": "POP DIRECTIONAL FORMATTING",
    "\u202d": "LEFT-TO-RIGHT OVERRIDE",
    "\u202e": "RIGHT-TO-LEFT OVERRIDE",
    "\u2066": "LEFT-TO-RIGHT ISOLATE",
    "\u2067": "RIGHT-TO-LEFT ISOLATE",
    "\u2068": "FIRST STRONG ISOLATE",
    "\u2069": "POP DIRECTIONAL ISOLATE",
}
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_nodes(content: bytes, *, path: str) -> tuple[Node | None, Source]:
    """Return the nodes of one YAML file and its source, which carries the problems found.

    The node is None when the file is empty or nothing of it could be read; then the source has at
    least one error. `path` is how the author knows the file.
    """
    source = Source(path=path)
    text = _decoded(content, source)
    if text is None:
        return None, source
    source.lines = _BREAKS.split(text)
    if _has_unwanted_characters(source):
        return None, source
    root = _read(text, source)
    if root is None and not source.problems:
        source.report("E011", "the file is empty", fix="write the course in it, or remove it", line=1)
    return root, source


def _decoded(content: bytes, source: Source) -> str | None:
    if len(content) > FILE_BYTES_AT_MOST:
        size = f"{len(content) / 1_000_000:.1f} MB"
        source.report(
            "E012",
            f"the file has {size}; a course file has at most 1 MB",
            fix="split the course into a file a lesson",
        )
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        source.report(
            "E010",
            f"the file is not in UTF-8 (byte {error.start + 1}, line {line})",
            fix="save it as UTF-8: most editors offer that under “Save as” or “Encoding”",
        )
        return None


def _has_unwanted_characters(source: Source) -> bool:
    for number, line in enumerate(source.lines, start=1):
        if line.isascii() and line.isprintable():
            continue
        for found in _UNWANTED.finditer(line):
            _report_character(source, found[0], line=number, column=found.start() + 1)
    return bool(source.problems)


def _report_character(source: Source, char: str, *, line: int, column: int) -> None:
    name = f" {_BIDI[char]}" if char in _BIDI else ""
    source.report(
        "E010",
        f"an invisible character U+{ord(char):04X}{name} is not allowed in a course",
        line=line,
        column=column,
        label="here",
        fix="delete it; typing the line anew is the safest way",
    )


def _read(text: str, source: Source) -> Node | None:
    """Read the text, mending what can be mended; later readings skip what was reported before."""
    lines = _BREAKS.split(text)
    breaks = _BREAKS.findall(text)
    for _ in range(_MENDED_AT_MOST):
        whole = "".join(line + end for line, end in zip(lines, [*breaks, ""], strict=True))
        already = source.mark()
        builder = _Builder(source)
        try:
            with _no_garbage_collection():
                return builder.build(whole)
        except Mistake as found:
            mistake = found
        except yaml.YAMLError as error:
            mistake = explain(error, lines, quoted=builder.quoted)
        # What the builder reported on this reading, it will report again on the next.
        source.forget(already)
        source.report(
            mistake.code,
            mistake.message,
            line=mistake.line,
            column=mistake.column,
            length=mistake.length,
            label=mistake.label,
            fix=mistake.fix,
            related=mistake.related,
        )
        if mistake.mended is None:
            return None
        # The same number of lines, so that later places stay true.
        lines[mistake.line - 1] = mistake.mended
    return None


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    # A hundred thousand new nodes and no cycles: the collector doubles the time (speed.md 7).
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Builder:
    """Makes nodes of events with a stack of its own, so that no depth can exhaust Python's."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._stack: list[Mapping | Sequence] = []
        self._key: list[Scalar | None] = []
        self._root: Node | None = None
        self._documents = 0
        self.quoted: tuple[int, int, int] | None = None
        """The last quotation: its first line and column, and its last line."""

    def build(self, text: str) -> Node | None:
        """Return the root node; raises Mistake or yaml.YAMLError at the first thing refused."""
        for event in yaml.parse(text, Loader=_Loader):
            match event:
                case yaml.ScalarEvent():
                    self._refuse_extras(event)
                    self._refuse_joined(event)
                    self._add(self._scalar(event))
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._refuse_extras(event)
                    self._open(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._stack.pop()
                    self._key.pop()
                case yaml.AliasEvent():
                    raise refused_event(event, self._source.lines, kind="alias")
                case yaml.DocumentStartEvent():
                    self._documents += 1
                    if self._documents > 1:
                        raise refused_event(event, self._source.lines, kind="document")
                    if event.version or event.tags:
                        raise refused_event(event, self._source.lines, kind="directive")
        return self._root

    def _refuse_extras(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            raise refused_event(event, self._source.lines, kind="anchor")
        if getattr(event, "tag", None) is not None:
            raise refused_event(event, self._source.lines, kind="tag")

    def _refuse_joined(self, event: yaml.ScalarEvent) -> None:
        """Refuse what only lacks a space: `-say: …` as a key, and `- say:…` as a list item."""
        if event.style:
            return
        in_list = not self._stack or isinstance(self._stack[-1], Sequence)
        if in_list or self._key[-1] is None:
            mistake = refused_scalar(event, self._source.lines, is_key=not in_list)
            if mistake is not None:
                raise mistake

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if len(self._stack) >= DEPTH_AT_MOST:
            raise refused_event(event, self._source.lines, kind="depth")
        line, column = place_of(event)
        kind = Mapping if isinstance(event, yaml.MappingStartEvent) else Sequence
        node = kind(line=line, column=column)
        self._add(node)
        self._stack.append(node)
        self._key.append(None)

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        line, column = place_of(event)
        assert event.end_mark is not None
        style: Style = "plain"
        if event.style in {"'", '"'}:
            style = "quoted"
            self.quoted = (line, column, event.end_mark.line + 1)
            if unwanted := _UNWANTED.search(event.value):
                raise refused_event(event, self._source.lines, kind="escape", char=unwanted[0])
        elif event.style in {"|", ">"}:
            style = "block"
        return Scalar(
            value=event.value,
            line=line,
            column=column,
            end_line=event.end_mark.line + 1,
            end_column=event.end_mark.column + 1,
            style=style,
        )

    def _add(self, node: Node) -> None:
        if not self._stack:
            self._root = node
            return
        parent = self._stack[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self._key[-1]
        if key is None:
            self._key[-1] = self._checked_key(node)
            return
        self._key[-1] = None
        if key.value not in parent.keys:
            parent.keys[key.value] = key
            parent.values[key.value] = node
            return
        first = parent.keys[key.value]
        self._source.report(
            "E005",
            f"the key `{key.value}` is written twice",
            at=key,
            label="written again",
            fix="keep one of the two",
            related=(
                Label(line=first.line, column=first.column, length=len(key.value), text="first written here"),
            ),
        )

    def _checked_key(self, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            raise refused_node(node, kind="key")
        if node.value == "<<" and node.style == "plain":
            raise refused_node(node, kind="merge")
        return node


def load_nodes(source: Path | str, *, path: str = "") -> tuple[Node | None, Source]:
    """Return the nodes of any YAML file, or of a text, and the source with the problems found.

    `path` is how problems name it; by default the path as given. A file that cannot be opened is a
    problem like any other.
    """
    if isinstance(source, str):
        return read_nodes(source.encode("utf-8", "surrogatepass"), path=path or "text")
    shown = path or str(source)
    try:
        with source.open("rb") as opened:
            content = opened.read(FILE_BYTES_AT_MOST + 1)
    except OSError as error:
        missing = Source(path=shown)
        missing.report(
            "E014", f"the file cannot be read: {error.strerror}", fix="check the name and who may read it"
        )
        return None, missing
    return read_nodes(content, path=shown)
