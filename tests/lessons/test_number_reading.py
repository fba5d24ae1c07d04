from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.number_reading import ReadNumber, in_words, read_number, same_unit


@pytest.mark.parametrize(
    ("typed", "values", "unit"),
    [
        ("150", ["150"], ""),
        ("1 200,5", ["1200.5"], ""),
        ("1,200.5", ["1200.5"], ""),
        ("1.200,5", ["1200.5"], ""),
        ("1'200", ["1200"], ""),
        ("1\u202f200", ["1200"], ""),
        ("1,200", ["1200", "1.2"], ""),
        ("1.200", ["1.2", "1200"], ""),
        ("0,125", ["0.125"], ""),
        ("1.234.567", ["1234567"], ""),
        (".5", ["0.5"], ""),
        ("-3", ["-3"], ""),
        ("−3 °C", ["-3"], "°C"),
        ("12 %", ["12"], "%"),
        ("12%.", ["12"], "%"),
        ("≈150 kWh", ["150"], "kWh"),
        ("about 150 kWh", ["150"], "kWh"),
        ("ойролцоогоор 150", ["150"], ""),
        ("€40", ["40"], "€"),
        ("40 €", ["40"], "€"),
        ("20 m²", ["20"], "m²"),
        ("3/4", ["0.75"], ""),
        ("1e3", ["1000"], ""),
        ("٣٥", ["35"], ""),
        ("１５０", ["150"], ""),
        ("１，５００．５ ％", ["1500.5"], "%"),
        ("٣٥٫٥", ["35.5"], ""),
        ("١٬٢٠٠٫٥", ["1200.5"], ""),
        ("минус 5", ["-5"], ""),
        ("Minus 5", ["-5"], ""),
        ("хасах 5 хэм", ["-5"], "хэм"),
        ("－5", ["-5"], ""),
        ("–5", ["-5"], ""),
        ("\u2011" + "5", ["-5"], ""),
        ("150kwh", ["150"], "kwh"),
        ("1\u00a0200 kWh", ["1200"], "kWh"),
        ("1\u2009200", ["1200"], ""),
        ("1\u2007200", ["1200"], ""),
        ("1’200.50", ["1200.50"], ""),
        ("150,", ["150"], ""),
        ("«150»", ["150"], ""),
        ("(150 kWh)", ["150"], "kWh"),
        ("150 kWh or so", ["150"], "kWh"),
        ("150 орчим байна.", ["150"], ""),
        ("150 кВт⋅ц", ["150"], "кВт⋅ц"),
        ("1½", ["1.5"], ""),
        ("½ kWh", ["0.5"], "kWh"),
        ("2 1/2 h", ["2.5"], "h"),
        ("-3/4", ["-0.75"], ""),
        ("1/3", ["0.333333333"], ""),
    ],
)
def test_read_number(typed: str, values: list[str], unit: str) -> None:
    read = read_number(typed)

    assert read == ReadNumber(readings=tuple(Decimal(value) for value in values), unit=unit)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a lot",
        "about a lot",
        "5 or 6",
        "1 2",
        "minus",
        "— 5",
        "1.5/2",
        "1/2/3",
        "5 - 6",
        "not 5",
        "1.2.3",
        "1,2,3",
        "3/0",
        "9" * 65,
        "9" * 31,
    ],
)
def test_what_is_not_one_number_is_not_read(typed: str) -> None:
    assert read_number(typed) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("kWh", "KWH", True),
        ("kWh", "кВт·ц", True),
        ("kWh", "kilowatt hours", True),
        ("kWh", "kW h", True),
        ("kWh", "кВт цаг", True),
        ("kWh", "кВт.ц", True),
        ("kWh", "кВт/ц", True),
        ("kWh", "кВт/цаг", True),
        ("Wh", "Вт цаг", True),
        ("MWh", "МВт/ц", True),
        ("kWh", "kW", False),
        ("°C", "c", True),
        ("m²", "m2", True),
        ("%", "хувь", True),
        ("trees", "Trees", True),
        ("trees", "cars", False),
        ("trees", "tree", True),
        ("m", "ms", False),
        ("g", "грамм", True),
        ("kWh", "кВт\u00a0ц", True),
        ("Gcal", "Гкал", True),
    ],
)
def test_same_unit(one: str, other: str, *, same: bool) -> None:
    assert same_unit(one, other) is same


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [("150", "kWh", "150 kWh"), ("0.50", "", "0.5"), ("1E+3", "W", "1000 W"), ("0.0", "", "0")],
)
def test_in_words(value: str, unit: str, words: str) -> None:
    assert in_words(Decimal(value), unit) == words


@given(st.text(max_size=80))
@settings(max_examples=300)
def test_any_text_is_read_or_not(text: str) -> None:
    read = read_number(text)

    assert read is None or all(value.is_finite() for value in read.readings)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_a_number_is_read_as_it_is_shown(value: Decimal) -> None:
    read = read_number(in_words(value, "kWh"))

    assert read is not None
    assert value in read.readings
    assert read.unit == "kWh"


@given(
    st.integers(min_value=1_000, max_value=999_999_999),
    st.sampled_from([" ", "\u00a0", "\u202f", "\u2009", "'", "’"]),
    st.sampled_from(["", "kWh", "%", " °C", " хувь", " кВт·ц"]),
    st.sampled_from(["", "≈", "about ", "ойролцоогоор ", "-", "минус "]),
)
def test_thousands_are_read_however_they_are_set_apart(
    value: int, apart: str, unit: str, before: str
) -> None:
    read = read_number(f"{before}{value:,}{unit}".replace(",", apart))

    assert read == ReadNumber(
        readings=(Decimal(-value if before in {"-", "минус "} else value),), unit=unit.strip()
    )


@given(
    st.decimals(min_value=0, max_value=10**6, places=2),
    st.sampled_from(["٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９", "۰۱۲۳۴۵۶۷۸۹", "᠐᠑᠒᠓᠔᠕᠖᠗᠘᠙"]),
)
def test_digits_of_every_script_are_read(value: Decimal, digits: str) -> None:
    typed = str(value).translate({ord("0") + digit: digits[digit] for digit in range(10)})

    assert read_number(typed) == read_number(str(value))
