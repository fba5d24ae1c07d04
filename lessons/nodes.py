"""What a YAML file says and where: nodes that remember their line, and the problems found in it.

Every scalar is text. What the text means is decided by whoever asks for it (`lessons.convert`),
never by YAML: `21:00` stays a time and `no` stays a word.
"""

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal, TypeAlias

from lessons.problems import Label, Problem, Severity

PROBLEMS_AT_MOST = 300
"""Problems told of one file; nobody reads more, and a hostile file has a hundred thousand."""

Style: TypeAlias = Literal["plain", "quoted", "block"]


@dataclass(slots=True)
class Scalar:
    """One piece of text.

    Neither frozen nor made with keywords, like its siblings: a large course has a hundred thousand
    of them, and each of the two would cost as much time again as parsing it.
    """

    value: str
    line: int
    """1-based, like `column`; both point at the first character, or at the `|` of a block."""
    column: int
    end_line: int
    end_column: int
    """First column after the text."""
    style: Style = "plain"


@dataclass(slots=True)
class Sequence:
    """A list."""

    line: int
    column: int
    items: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """Keys with values; keys are text and unique, in the order of the file."""

    line: int
    column: int
    keys: dict[str, Scalar] = field(default_factory=dict)
    values: dict[str, "Node"] = field(default_factory=dict)

    def get(self, key: str) -> "Node | None":
        """Return the value under `key`; None when there is no such key."""
        return self.values.get(key)


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far the problems of a source had come."""

    problems: int
    counts: dict[Severity, int]
    told: frozenset[tuple[str, int, int, str]]


@dataclass(slots=True, kw_only=True)
class Source:
    """One file: its lines, and what was found wrong with it so far."""

    path: str
    """As it is told to the author."""
    lines: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _counts: dict[Severity, int] = field(default_factory=lambda: {"error": 0, "warning": 0})
    _told: set[tuple[str, int, int, str]] = field(default_factory=set)
    """Code, line, column and message of each problem: the same mistake is told once."""

    @property
    def is_full(self) -> bool:
        """Whether no more errors are taken: looking for further ones would only cost time."""
        return self._counts["error"] >= PROBLEMS_AT_MOST

    def report(
        self,
        code: str,
        message: str,
        *,
        fix: str,
        at: "Node | None" = None,
        line: int = 0,
        column: int = 1,
        length: int = 0,
        label: str = "",
        related: tuple[Label, ...] = (),
    ) -> None:
        """Add a problem at a node, or at a line and column; the first letter of the code is its severity.

        `length` 0 underlines the node's own text on its first line.
        """
        if at is not None:
            line, column = at.line, at.column
        told = (code, line, column, message)
        if told in self._told:
            return
        self._told.add(told)
        severity: Severity = "warning" if code.startswith("W") else "error"
        # Counted apart: warnings alone never make a course unfit, and never hide an error.
        self._counts[severity] += 1
        if self._counts[severity] > PROBLEMS_AT_MOST:
            return
        if self._counts[severity] == PROBLEMS_AT_MOST:
            code, what = ("W016", "warnings") if severity == "warning" else ("E016", "problems")
            message, at, related = f"there are more {what} than are told at once", None, ()
            fix, label, length = "mend the ones above, and check again", "", 1
        if at is not None:
            length = length or self.length_of(at)
        wanted = sorted({line, *(other.line for other in related)})
        self.problems.append(
            Problem(
                path=self.path,
                line=line,
                column=column,
                length=max(1, length),
                severity=severity,
                code=code,
                message=message,
                label=label,
                fix=fix,
                related=related,
                snippet=tuple((n, self.lines[n - 1]) for n in wanted if 1 <= n <= len(self.lines)),
            )
        )

    def mark(self) -> "Mark":
        """Return what was told so far, to come back to with `forget`."""
        return Mark(problems=len(self.problems), counts=dict(self._counts), told=frozenset(self._told))

    def forget(self, since: "Mark") -> None:
        """Take back every problem after the mark: what they were about is read once more."""
        del self.problems[since.problems :]
        self._counts, self._told = dict(since.counts), set(since.told)

    def is_misspelt(self, node: "Mapping", key: str) -> bool:
        """Tell whether one of the mapping's unknown keys was told to be `key`, which then is not missing."""
        written = {(name.line, name.column) for name in node.keys.values()}
        meant = f"did you mean `{key}`?"
        return any(
            problem.code == "E101" and problem.fix == meant and (problem.line, problem.column) in written
            for problem in self.problems
        )

    def length_of(self, node: "Node") -> int:
        """Return how many characters the node takes on its first line, at least 1."""
        rest = self.lines[node.line - 1][node.column - 1 :].rstrip() if node.line <= len(self.lines) else ""
        if isinstance(node, Scalar) and node.style != "block" and node.end_line == node.line:
            return max(1, node.end_column - node.column)
        if isinstance(node, Mapping) and node.keys:
            return max(1, len(next(iter(node.keys))))
        return max(1, len(rest))

    def find(self, node: Scalar, words: str) -> tuple[int, int]:
        """Return line and column at which `words` begin inside the node, or the node's own place."""
        needle = words.split("\n", 1)[0].strip()[:24]
        for number in range(node.line, min(node.end_line, len(self.lines)) + 1):
            start = node.column - 1 if number == node.line else 0
            column = self.lines[number - 1].find(needle, start)
            if needle and column >= 0:
                return number, column + 1
        return node.line, node.column


@dataclass(slots=True)
class Place:
    """A node, in its file. Made as often as a part of a course is, so not frozen either."""

    source: Source
    node: Node


def nearest(word: str, among: "list[str] | tuple[str, ...] | frozenset[str]") -> str | None:
    """Return the known word most like `word`, or None when nothing is close: `minuts` → `minutes`."""
    found = get_close_matches(word, sorted(among), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, among: "list[str] | tuple[str, ...] | frozenset[str]") -> str:
    """Return the fix for a word that is not known."""
    near = nearest(word, among)
    if near:
        return f"did you mean `{near}`?"
    return "use one of: " + ", ".join(f"`{known}`" for known in sorted(among))
