"""A promise without its test is a wish: every sentence of docs/guarantees.md names tests that exist."""

from pathlib import Path

import pytest

from faults.promises import BEGINS, ENDS, FAULTS, GUARANTEES, Promise, missing, promises, table, with_table

ROOT = Path(__file__).parents[2]
PAGE = GUARANTEES.read_text(encoding="utf-8")
SMALL = f"""\
# Guarantees

"Not a promise": it stands above the first heading.

## Sending

"Nothing is
lost." (Said in two lines.)

- `tests/faults/test_kills.py::test_kills_at_random_moments`
- `tests/faults/test_kills.py::test_that_never_was`

"Nothing is doubled."

## What is not promised

"That it was read."

{BEGINS}
{ENDS}
"""


def test_every_promise_names_tests_that_exist() -> None:
    promised = promises(PAGE)

    assert [promise.words for promise in promised if not promise.tests] == []
    assert missing([test for promise in promised for test in promise.tests], root=ROOT) == []
    assert len(promised) > 60


def test_the_table_is_what_the_module_would_write() -> None:
    made = with_table(PAGE, faults_page=FAULTS.read_text(encoding="utf-8"))

    assert made == PAGE, "python -m faults.promises"


def test_no_promise_stands_where_nobody_counts_it() -> None:
    # A line that begins with a quotation mark anywhere else would look like a promise and be none.
    counted = len(promises(PAGE))

    assert sum(line.startswith(('"', "“")) for line in PAGE.splitlines()) == counted


def test_a_promise_without_a_test_and_a_test_that_is_gone_would_be_found() -> None:
    found = promises(SMALL)

    kills = "tests/faults/test_kills.py::test_kills_at_random_moments"
    gone = "tests/faults/test_kills.py::test_that_never_was"
    assert found == (
        Promise(words="Nothing is lost.", tests=(kills, gone)),
        Promise(words="Nothing is doubled.", tests=()),
    )
    assert missing([kills, gone, "tests/nowhere.py::test_a"], root=ROOT) == [gone, "tests/nowhere.py::test_a"]


def test_a_row_says_what_its_tests_stand_for() -> None:
    promised = (
        Promise(words="A | B", tests=("tests/a.py::test_a", "tests/b.py::test_b")),
        Promise(words="word " * 20, tests=("tests/a.py::test_a",)),
    )

    made = table(promised, {"D01": ("tests/b.py::test_b",), "D02": ("tests/c.py::test_c",)})

    assert made.splitlines()[2:] == [
        "| A / B | 2 | D01 |",
        f"| {'word ' * 14}… | 1 | – |",
        "",
        "2 promises, 2 tests.",
    ]


@pytest.mark.parametrize("page", ["", BEGINS, f"{ENDS} {BEGINS}"])
def test_a_page_without_a_place_for_the_table_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="there is no"):
        with_table(page, faults_page="")
