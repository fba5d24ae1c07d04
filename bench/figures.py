"""What a measurement says, and the table it is printed in."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One run: the figure and its anchor, which took turns."""

    here: float
    anchor: float

    @property
    def ratio(self) -> float:
        return self.here / self.anchor


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table."""

    title: str
    anchor: str
    """What it is compared with, in words."""
    unit: str
    pairs: tuple[Pair, ...]
    """One for each run, never empty."""
    at_most: float | None = None
    """Target for the ratio; without any, the line is for information."""
    at_least: float | None = None
    budget: float | None = None
    """Target for the figure itself, in its unit: what a person may wait for, or a machine may have."""

    @property
    def ratio(self) -> float:
        return median(pair.ratio for pair in self.pairs)

    @property
    def spread(self) -> tuple[float, float]:
        ratios = [pair.ratio for pair in self.pairs]
        return min(ratios), max(ratios)

    @property
    def holds(self) -> bool:
        return (
            (self.at_most is None or self.ratio <= self.at_most)
            and (self.at_least is None or self.ratio >= self.at_least)
            and (self.budget is None or median(pair.here for pair in self.pairs) <= self.budget)
        )

    @property
    def target(self) -> str:
        if self.budget is not None:
            return f"≤ {_number(self.budget, self.unit)}"
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return "" if self.at_least is None else f"≥ {self.at_least:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one command of the bench gives back."""

    command: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()
    """What was counted, in a sentence or two."""


def machine() -> str:
    """Return where and when: a figure without it says nothing."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GB, Python {platform.python_version()}, load {load:.1f} at the end"
    )


def table(measured: Sequence[Measured]) -> str:
    """Return the figures as a table that is also Markdown."""
    head = ("Figure", "Here", "Anchor", "Ratio", "Spread", "Runs", "Target", "Holds", "python -m bench …")
    rows = [head]
    for one in measured:
        for figure in one.figures:
            low, high = figure.spread
            rows.append(
                (
                    figure.title,
                    _number(median(pair.here for pair in figure.pairs), figure.unit),
                    f"{_number(median(pair.anchor for pair in figure.pairs), figure.unit)} {figure.anchor}",
                    f"{figure.ratio:.3g} ×",
                    f"{low:.3g}–{high:.3g}",
                    str(len(figure.pairs)),
                    figure.target,
                    "" if not figure.target else "yes" if figure.holds else "NO",
                    one.command,
                )
            )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _number(value: float, unit: str) -> str:
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()
