"""What is wrong with a course, told to the person who can mend it.

A problem is a value: checks return all of them, in file order, and never raise for what an
author wrote.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

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
