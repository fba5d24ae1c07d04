"""What a fault run found out, and the table it is printed in."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Size: TypeAlias = Literal["small", "full"]
"""small: seconds, in `make test`; full: as the goal names it, in `make faults`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One line of the table."""

    figure: str
    """F1, F2, …: the goals stand in docs/faults.md."""
    what: str
    """What was done, and how often: "kill -9 in an announcement to 10,000: 1,000"."""
    goal: str
    result: str
    holds: bool
    seed: int | None = None
    """Makes the same run again; None where nothing is drawn."""
    seconds: float = 0.0
    """How long it took; filled in by whoever runs it."""


Run: TypeAlias = Callable[[Size, int, Path], Awaitable[Sequence[Found]]]
"""Runs at a size, from a seed, in an empty folder of its own; never raises for a goal that is missed."""


def table(found: Sequence[Found]) -> str:
    """Return the lines as a table that is also Markdown."""
    head = ("Figure", "What was done", "Goal", "Result", "Holds", "Seed", "Took", "Command")
    rows = [head]
    for one in found:
        seed = "" if one.seed is None else str(one.seed)
        command = f"`python -m faults {one.figure}" + (f" --seed {seed}`" if seed else "`")
        holds = "yes" if one.holds else "NO"
        took = f"{one.seconds:.0f} s"
        rows.append((one.figure, one.what, one.goal, one.result, holds, seed, took, command))
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
