"""YAML text to nodes, in one pass over the parser's events; the only place that knows PyYAML.

Nothing is composed or constructed: depth is counted before a node is made, and anchors, aliases,
tags, merge keys, directives, second documents and doubled keys are refused where they stand. A
mistake in the text is mended in a copy and reading goes on, so that one reading finds them all.
"""

import re
from pathlib import Path
from typing import Literal

import yaml

from lessons.garbage import no_garbage_collection
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
_RARE_BREAKS = ("\r", "\x85", "\u2028", "\u2029")
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
_STARTS = frozenset({yaml.MappingStartEvent, yaml.SequenceStartEvent})
_ENDS = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})
_STYLES: dict[str | None, Style] = {"'": "quoted", '"': "quoted", "|": "block", ">": "block"}
"""`plain` for every other."""


def read_nodes(content: bytes, *, path: str) -> tuple[Node | None, Source]:
    """Return the nodes of one YAML file and its source, which carries the problems found.

    The node is None when the file is empty or nothing of it could be read; then the source has at
    least one error. `path` is how the author knows the file.
    """
    source = Source(path=path)
    text = _decoded(content, source)
    if text is None:
        return None, source
    source.lines = _lines(text)
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


def _lines(text: str) -> list[str]:
    """Return the lines as YAML counts them, without their ends."""
    # Few files have another break than this one, and looking for all of them takes ten times as long.
    return _BREAKS.split(text) if any(sign in text for sign in _RARE_BREAKS) else text.split("\n")


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
    lines = list(source.lines)
    whole = text
    for _ in range(_MENDED_AT_MOST):
        already = source.mark()
        builder = _Builder(source)
        try:
            with no_garbage_collection():
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
        whole = "".join(line + end for line, end in zip(lines, [*_BREAKS.findall(text), ""], strict=True))
    return None


class _Builder:
    """Makes nodes of events with a stack of its own, so that no depth can exhaust Python's."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._documents = 0
        self.quoted: tuple[int, int, int] | None = None
        """The last quotation: its first line and column, and its last line."""

    def build(self, text: str) -> Node | None:
        """Return the root node; raises Mistake or yaml.YAMLError at the first thing refused.

        One long loop, without a call for a text that is as it should be: a large course has 66,000
        events, and short functions for each of their parts took as long again as the parser does.
        """
        # The file as a list of one, so that the root is added like everything else.
        file = Sequence(1, 1)
        stack: list[Mapping | Sequence] = [file]
        # The last of the stack: a list, or else a mapping.
        items: list[Node] | None = file.items
        mapping = Mapping(1, 1)
        # Read in the mapping, and still without its value.
        key: Scalar | None = None
        node: Node
        next_event, style_of = _Loader(text).get_event, _STYLES.get
        while (event := next_event()) is not None:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                value, start, end = event.value, event.start_mark, event.end_mark
                style = style_of(event.style, "plain")
                if event.anchor is not None or event.tag is not None or style == "quoted":
                    self._look_at(event)
                node = Scalar(value, start.line + 1, start.column + 1, end.line + 1, end.column + 1, style)
                if items is not None:
                    if style == "plain" and ":" in value:
                        self._refuse_joined(event, is_key=False)
                    items.append(node)
                elif key is None:
                    if style == "plain" and not value[:1].isalnum():
                        self._refuse_joined(event, is_key=True)
                    key = node
                else:
                    self._put(mapping, key, node)
                    key = None
                continue
            if kind in _STARTS:
                opened = self._opened(event, depth=len(stack) - 1)
                if items is not None:
                    items.append(opened)
                elif key is None:
                    raise refused_node(opened, kind="key")
                else:
                    self._put(mapping, key, opened)
                    key = None
                stack.append(opened)
            elif kind in _ENDS:
                stack.pop()
                opened = stack[-1]
            else:
                self._refuse(event)
                continue
            if isinstance(opened, Mapping):
                items, mapping = None, opened
            else:
                items = opened.items
        return file.items[0] if file.items else None

    def _refuse(self, event: yaml.Event) -> None:
        """Refuse what is no node: references, a second document, directives."""
        match event:
            case yaml.AliasEvent():
                raise refused_event(event, self._source.lines, kind="alias")
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise refused_event(event, self._source.lines, kind="document")
                if event.version or event.tags:
                    raise refused_event(event, self._source.lines, kind="directive")

    def _extra(self, event: yaml.NodeEvent) -> Mistake:
        kind: Literal["anchor", "tag"] = "tag" if event.anchor is None else "anchor"
        return refused_event(event, self._source.lines, kind=kind)

    def _opened(self, event: yaml.CollectionStartEvent, *, depth: int) -> Mapping | Sequence:
        if event.anchor is not None or event.tag is not None:
            raise self._extra(event)
        if depth >= DEPTH_AT_MOST:
            raise refused_event(event, self._source.lines, kind="depth")
        line, column = place_of(event)
        if type(event) is yaml.MappingStartEvent:
            return Mapping(line, column)
        return Sequence(line, column)

    def _look_at(self, event: yaml.ScalarEvent) -> None:
        """Refuse anchors, tags and what an escape has brought in; remember where a quotation is."""
        if event.anchor is not None or event.tag is not None:
            raise self._extra(event)
        assert event.end_mark is not None
        line, column = place_of(event)
        self.quoted = (line, column, event.end_mark.line + 1)
        if unwanted := _UNWANTED.search(event.value):
            raise refused_event(event, self._source.lines, kind="escape", char=unwanted[0])

    def _refuse_joined(self, event: yaml.ScalarEvent, *, is_key: bool) -> None:
        """Refuse what only lacks a space, `-say: …` as a key and `- say:…` as a list item; and merge keys."""
        mistake = refused_scalar(event, self._source.lines, is_key=is_key)
        if mistake is not None:
            raise mistake
        if is_key and event.value == "<<":
            raise refused_event(event, self._source.lines, kind="merge")

    def _put(self, mapping: Mapping, key: Scalar, node: Node) -> None:
        if key.value not in mapping.keys:
            mapping.keys[key.value], mapping.values[key.value] = key, node
            return
        first = mapping.keys[key.value]
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
