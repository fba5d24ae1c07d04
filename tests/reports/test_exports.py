import csv
import json
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.exports import plain_text, to_csv, to_json, to_text
from reports.table import Cell, Column, Table

PEOPLE = Table(
    title="Autumn 2026",
    columns=(
        Column("name", "Name"),
        Column("score_percent", "Score", "%"),
        Column("passed", "Passed"),
        Column("last_active_at", "Last active"),
    ),
    rows=(
        ("Olena", 82, True, datetime(2026, 11, 23, 9, 5, tzinfo=ZoneInfo("Asia/Ulaanbaatar"))),
        ("Өлзий", None, False, None),
    ),
    notes=("Joined 2.",),
)


def one_cell(cell: Cell) -> Table:
    return Table(title="", columns=(Column("cell", "Cell"),), rows=((cell,),))


def read_back(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline="")))


def test_json_has_the_fields_terms_and_numbers() -> None:
    assert json.loads(to_json(PEOPLE)) == [
        {"name": "Olena", "score_percent": 82, "passed": True, "last_active_at": "2026-11-23T09:05:00+08:00"},
        {"name": "Өлзий", "score_percent": None, "passed": False, "last_active_at": None},
    ]


def test_csv() -> None:
    assert to_csv(PEOPLE) == (
        "name,score_percent,passed,last_active_at\r\nOlena,82,yes,2026-11-23T09:05:00+08:00\r\nӨлзий,,no,\r\n"
    )


def test_text_is_aligned_with_numbers_to_the_right() -> None:
    assert to_text(PEOPLE) == (
        "Autumn 2026\n"
        "\n"
        "Name   Score (%)  Passed  Last active\n"
        "-----  ---------  ------  ----------------\n"
        "Olena         82  yes     2026-11-23 09:05\n"
        "Өлзий          -  no      -\n"
        "\n"
        "Joined 2."
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("Ann\x1b[2Jie", "Ann[2Jie", id="an escape sequence"),
        pytest.param("Ann\nie", "Ann ie", id="a line end"),
        pytest.param("Ann\u202eie", "Annie", id="text turned round"),
    ],
)
def test_a_name_cannot_move_the_terminals_cursor(name: str, shown: str) -> None:
    assert to_text(one_cell(name)).splitlines()[-1] == shown


def test_wide_letters_take_two_cells() -> None:
    table = Table(title="", columns=(Column("a", "A"), Column("b", "B")), rows=(("漢字", "x"), ("abcd", "y")))

    assert to_text(table).splitlines()[-2:] == ["漢字  x", "abcd  y"]


@pytest.mark.parametrize("start", list("=+-@\t\r\0＝＋－＠"))
def test_a_formula_is_text_in_a_spreadsheet(start: str) -> None:
    formula = f"{start}cmd|'/c calc'!A1"

    assert read_back(to_csv(one_cell(formula)))[1] == [f"'{formula}"]


def test_a_negative_number_stays_a_number() -> None:
    assert to_csv(one_cell(-3)) == "cell\r\n-3\r\n"


@given(st.text(alphabet=st.sampled_from("'=+-@＠ab,\"\n\r\t") | st.characters(codec="utf-8"), min_size=1))
def test_whatever_is_written_can_be_read_back_and_is_no_formula(text: str) -> None:
    (cell,) = read_back(to_csv(one_cell(text)))[1]

    assert plain_text(cell) == text
    assert cell[0] not in "=+-@\t\r\n\0＝＋－＠"


def test_a_row_fits_its_columns() -> None:
    with pytest.raises(ValueError, match="2 cells under 1 columns"):
        Table(title="", columns=(Column("a", "A"),), rows=(("x", "y"),))
