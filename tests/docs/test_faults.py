"""docs/faults.md is whole: every fault of the product as it is, once, with its tests or a plain word."""

import re
from pathlib import Path

import pytest

from faults.catalogue import RUNS
from faults.promises import FAULTS, faults, missing

ROOT = Path(__file__).parents[2]
PAGE = FAULTS.read_text(encoding="utf-8")
LAST = {"D": 22, "U": 17, "P": 15, "T": 14, "B": 20, "C": 18, "A": 12, "X": 6, "G": 10, "L": 7}
ABSENT = {"X04"}
"""A certificate as a PDF: there are none yet."""
UNHELD = {"A09"}
"""What no test holds. To make this longer is a decision; the line says why."""
RUN = re.compile(r"^\| (\w+) \| .* \| `python -m faults (\w+)` \|$", re.MULTILINE)


def test_every_fault_stands_there_once_in_order() -> None:
    ids = [f"{letter}{number:02}" for letter, last in LAST.items() for number in range(1, last + 1)]

    assert list(faults(PAGE)) == [fault for fault in ids if fault not in ABSENT]


def test_every_test_named_exists() -> None:
    named = [test for tests in faults(PAGE).values() for test in tests]

    assert missing(named, root=ROOT) == []
    assert len(set(named)) > 150


def test_what_no_test_holds_says_so() -> None:
    assert {fault for fault, tests in faults(PAGE).items() if not tests} == UNHELD
    for fault in UNHELD:
        [line] = re.findall(rf"^\| {fault} \|.*$", PAGE, re.MULTILINE)
        assert "not held by a test" in line


def test_every_run_has_its_command() -> None:
    rows = RUN.findall(PAGE.partition("\n## Fault runs\n")[2])

    assert sorted(rows) == sorted((name, name) for name in RUNS)


async def test_f18_holds(tmp_path: Path) -> None:
    [found] = await RUNS["F18"]("small", 1, tmp_path)

    assert found.holds, found
    assert found.result.endswith("held by none: A09")


def test_a_fault_that_stands_there_twice_would_be_found() -> None:
    row = "| D01 | a | b | `tests/a.py::test_a` |\n"

    assert faults(row) == {"D01": ("tests/a.py::test_a",)}
    with pytest.raises(ValueError, match="D01 stands in the page twice"):
        faults(row + row)


def test_there_is_a_place_for_what_was_measured() -> None:
    begun = PAGE.index("<!-- measured: `python -m faults` -->")

    assert PAGE.index("<!-- the end of what was measured -->") > begun
