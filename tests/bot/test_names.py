import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.names import MAX_LETTERS, MAX_MARKS, clean_name


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("  Олена \n Коваль ", "Олена Коваль"),
        ("Ana\u202enimda", "Ananimda"),
        ("<b>Petro</b>", "<b>Petro</b>"),
        ("o\u0308" + "\u0301" * 50, "ö\u0301\u0301\u0301\u0301"),
        ("\u200b\u2060\ufeff", ""),
        ("نجوا\u200cمی", "نجوا\u200cمی"),
        ("👩\u200d🏫 Bat", "👩\u200d🏫 Bat"),
        ("Бат-Эрдэнэ", "Бат-Эрдэнэ"),
        ("a" * 100, "a" * 64),
        ("x\x00\x1b[31my", "x[31my"),
        ("\ud800z", "z"),
        ("\u0301leading mark", "leading mark"),
    ],
)
def test_clean_name(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@given(st.text(st.characters(), max_size=3000))
def test_a_cleaned_name_is_short_visible_and_stays_as_it_is(name: str) -> None:
    cleaned = clean_name(name)

    letters = [c for c in cleaned if not unicodedata.category(c).startswith("M") and c not in "\u200c\u200d"]
    assert len(letters) <= MAX_LETTERS
    assert all(not unicodedata.category(c).startswith("C") for c in letters)
    assert len(cleaned.split("\n")) == 1
    assert not any(
        all(unicodedata.category(c).startswith("M") for c in cleaned[i : i + MAX_MARKS + 1])
        for i in range(len(cleaned) - MAX_MARKS)
    )
