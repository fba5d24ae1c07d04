"""Drawing tables: for a terminal, for a spreadsheet, for a program.

The same cells go into each; only the CSV is defended against spreadsheets that would run a
learner's name as a formula, and only the terminal against names that would move its cursor.
"""

import csv
import json
import unicodedata
from datetime import datetime
from io import StringIO
from typing import TypeAlias, assert_never

from reports.completion import GroupReport
from reports.table import Cell, Table

JsonObject: TypeAlias = dict[str, str | int | float | bool | None]

_FORMULA_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠")
"""ASVS 5.0, 1.2.10, and the full-width forms some spreadsheets take for the same."""
_JOINERS = frozenset("\u200c\u200d")
"""Invisible, but part of how words are written in several scripts."""


def to_json(listing: Table | GroupReport) -> str:
    """Return JSON with the columns' keys: a list for a table, `figures` and `learners` for a report.

    Moments are ISO 8601 with their offset; no number is a string.
    """
    shown: object
    if isinstance(listing, GroupReport):
        figures = listing.figures
        shown = {
            "figures": {
                "invited": figures.invited,
                "joined": figures.joined,
                "started": figures.started,
                "on_schedule": figures.on_schedule,
                "finished": figures.finished,
                "need_a_hand": figures.need_a_hand,
            },
            "learners": _objects(listing.table),
        }
    else:
        shown = _objects(listing)
    return json.dumps(shown, ensure_ascii=False, indent=2)


def to_csv(table: Table) -> str:
    """Return RFC 4180 CSV, CRLF line ends, with the columns' keys as its first line.

    A text that a spreadsheet would take for a formula gets a `'` in front; `plain_text` takes it
    off again.
    """
    lines = StringIO(newline="")
    writer = csv.writer(lines)
    writer.writerow([column.key for column in table.columns])
    for row in table.rows:
        writer.writerow([_csv_cell(cell) for cell in row])
    return lines.getvalue()


def plain_text(cell: str) -> str:
    """Return the text that a CSV cell was written from."""
    return cell[1:] if cell.startswith("'") and _is_risky(cell[1:]) else cell


def to_text(table: Table) -> str:
    """Return the table for a terminal: title, aligned columns, notes; no line ends in a space."""
    headings = [
        f"{column.title} ({column.unit})" if column.unit else column.title for column in table.columns
    ]
    drawn = [[_text_cell(cell) for cell in row] for row in table.rows]
    widths = [max(map(_cells_wide, column)) for column in zip(headings, *drawn, strict=True)]
    right = [
        any(isinstance(row[index], (int, float)) and not isinstance(row[index], bool) for row in table.rows)
        for index in range(len(headings))
    ]
    rule = ["-" * width for width in widths]
    body = [_line(line, widths=widths, right=right) for line in [headings, rule, *drawn]]
    notes = ["", *table.notes] if table.notes else []
    return "\n".join([table.title, "", *body, *notes])


def _objects(table: Table) -> list[JsonObject]:
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, map(_json_cell, row), strict=True)) for row in table.rows]


def _json_cell(cell: Cell) -> str | int | float | bool | None:
    return cell.isoformat(timespec="seconds") if isinstance(cell, datetime) else cell


def _csv_cell(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case int() | float():
            # A number of ours: a minus sign here is no formula.
            return str(cell)
        case datetime():
            return cell.isoformat(timespec="seconds")
        case str():
            return f"'{cell}" if _is_risky(cell) else cell
    assert_never(cell)


def _is_risky(text: str) -> bool:
    # Quotes already in front are looked through, so that taking one off is always the way back.
    return text.lstrip("'")[:1] in _FORMULA_STARTS and bool(text.lstrip("'"))


def _text_cell(cell: Cell) -> str:
    match cell:
        case None:
            return "-"
        case bool():
            return "yes" if cell else "no"
        case int() | float():
            return str(cell)
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case str():
            return "".join(_visible(letter) for letter in unicodedata.normalize("NFC", cell))
    assert_never(cell)


def _visible(letter: str) -> str:
    if letter in "\n\r\t":
        return " "
    return "" if unicodedata.category(letter) in {"Cc", "Cf", "Cs"} and letter not in _JOINERS else letter


def _cells_wide(text: str) -> int:
    """Return how many cells of a terminal the text takes."""
    return sum(
        2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
        if not unicodedata.combining(letter) and letter not in _JOINERS
    )


def _line(cells: list[str], *, widths: list[int], right: list[bool]) -> str:
    padded = []
    for cell, width, to_the_right in zip(cells, widths, right, strict=True):
        space = " " * (width - _cells_wide(cell))
        padded.append(space + cell if to_the_right else cell + space)
    return "  ".join(padded).rstrip()
