"""What is wrong with a course, told to the person who can mend it.

A problem is a value: checks return all of them, in file order, and never raise for what an
author wrote.
"""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

_WIDEST = 160
"""Characters of a source line that are shown at most."""

_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Bidirectional classes that reorder what follows them (UAX 9)."""

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A second place the problem points at, such as the first use of a doubled id."""

    line: int
    column: int
    length: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake, with its place and its remedy."""

    path: str
    """As the author typed it on the command line, or the name inside a package."""
    line: int
    """1-based; 0 when the problem concerns the file as a whole."""
    column: int
    """1-based, in code points."""
    length: int = 1
    """Code points to underline, at least 1."""
    severity: Severity
    code: str
    """`E101`, `W201`, …: stable, explained in docs/course-format.md."""
    message: str
    """Stands alone, without the snippet."""
    label: str = ""
    """Said under the underlined words."""
    fix: str
    """What to do about it; never empty."""
    related: tuple[Label, ...] = ()
    snippet: tuple[tuple[int, str], ...] = ()
    """Line number and line, for the problem and its related labels; may be empty."""


def draw(problem: Problem) -> str:
    """Return the problem as text in the shape of rustc's messages, with no newline at the end."""
    numbers = [problem.line, *(label.line for label in problem.related)]
    width = len(str(max(numbers)))
    head = f"{problem.severity}[{problem.code}]: {problem.message}"
    place = problem.path if problem.line == 0 else f"{problem.path}:{problem.line}:{problem.column}"
    lines = [head, f"{' ' * width}--> {place}"]
    source = dict(problem.snippet)
    marks = sorted(
        [*problem.related, Label(line=problem.line, column=problem.column, length=problem.length, text="")],
        key=lambda label: (label.line, label.column),
    )
    drawn = [mark for mark in marks if mark.line in source]
    if drawn:
        lines.append(f"{' ' * width} |")
    for mark in drawn:
        own = mark.line == problem.line and mark.column == problem.column
        shown, start, length = _window(source[mark.line], column=mark.column, length=mark.length)
        text = problem.label if own else mark.text
        lines.append(f"{mark.line:>{width}} | {shown}".rstrip())
        lines.append(f"{' ' * width} | {' ' * start}{('^' if own else '-') * length} {text}".rstrip())
    if drawn:
        lines.append(f"{' ' * width} |")
    lines.append(f"{' ' * width} = fix: {problem.fix}")
    return "\n".join(lines)


def as_json(problems: Iterable[Problem]) -> str:
    """Return all problems as one JSON object: `errors`, `warnings` (counts) and `problems` in order."""
    listed = list(problems)
    found = {
        "errors": sum(problem.severity == "error" for problem in listed),
        "warnings": sum(problem.severity == "warning" for problem in listed),
        "problems": [asdict(problem) for problem in listed],
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def as_github(problem: Problem) -> str:
    """Return the problem as one workflow command, which GitHub shows beside the changed line.

    Source: docs.github.com, "Workflow commands for GitHub Actions", `::error` and `::warning`.
    """
    properties = {
        "file": problem.path,
        "line": str(max(problem.line, 1)),
        "col": str(max(problem.column, 1)),
        "endColumn": str(max(problem.column, 1) + problem.length),
        "title": problem.code,
    }
    told = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in properties.items())
    return f"::{problem.severity} {told}::{_escaped(f'{problem.message}. Fix: {problem.fix}', '')}"


def _escaped(text: str, more: str) -> str:
    for char in "%\r\n" + more:
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def _window(text: str, *, column: int, length: int) -> tuple[str, int, int]:
    """Return the part of a line to show, and where to underline it, in terminal cells."""
    first = column - 1
    start = 0 if len(text) <= _WIDEST else max(0, first - _WIDEST // 2)
    before, after = ("…" if start else ""), ("…" if len(text) > start + _WIDEST else "")
    shown = text[start : start + _WIDEST]
    underlined = shown[first - start : first - start + length]
    cells = len(before) + _cells(shown[: first - start])
    return before + "".join(map(_safe, shown)) + after, cells, max(1, _cells(underlined))


def _safe(char: str) -> str:
    """Return what may go to a terminal: a course may not move the cursor or turn the line around."""
    if char == "\t":
        return "    "
    unseen = unicodedata.category(char) in {"Cc", "Cs"} or unicodedata.bidirectional(char) in _TURNING
    return "\N{REPLACEMENT CHARACTER}" if unseen else char


def _cells(text: str) -> int:
    """Return how many columns of a terminal the text takes: wide characters two, accents none."""
    return sum(_char_cells(char) for char in text)


def _char_cells(char: str) -> int:
    if char == "\t":
        return 4
    if unicodedata.category(char) in {"Mn", "Me", "Cf"} and _safe(char) == char:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
