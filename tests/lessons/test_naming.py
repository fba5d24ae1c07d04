import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.naming import LONGEST, id_from_name, id_from_question, transliterated

ID = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?")


@pytest.mark.parametrize(
    ("prompt", "made"),
    [
        ("What are the night loads?", "q-night-loads"),
        ("A 500 W fan runs 10 hours. How many kWh is that in 30 nights?", "q-kwh-30-nights"),
        ("Opening a window wastes heat. It is cold.", "q-opening-window-wastes-heat"),
        ("Шөнө юу хамгийн их цахилгаан зарцуулдаг вэ?", "q-shunu-khamgiin-ikh-tsakhilgaan"),
        ("Що вночі їсть електроенергію?", "q-sho-vnochi-yist"),
        ("Où est-ce que ça va?", "q-ou-est-ce-que"),
        ("What is it?", "q-what-is-it"),
        ("中文?", "q-question"),
        ("?", "q-question"),
        ("Donaudampfschifffahrtsgesellschaftskapitän?", "q-donaudampfschifffahrtsgesellsc"),
    ],
)
def test_an_id_is_made_of_the_words_that_tell_something(prompt: str, made: str) -> None:
    assert id_from_question(prompt, taken=()) == made


def test_a_taken_id_gets_a_number() -> None:
    taken = {"q-night-loads", "q-night-loads-2"}

    assert id_from_question("What are the night loads?", taken=taken) == "q-night-loads-3"


def test_a_long_taken_id_stays_short() -> None:
    first = id_from_question("Donaudampfschifffahrtsgesellschaftskapitän?", taken=())
    second = id_from_question("Donaudampfschifffahrtsgesellschaftskapitän?", taken={first})

    assert second == "q-donaudampfschifffahrtsgesell-2"


@given(st.text(max_size=120), st.sets(st.sampled_from(["q-question", "q-a", "q-a-2"])))
def test_every_text_makes_a_new_valid_id(prompt: str, taken: set[str]) -> None:
    made = id_from_question(prompt, taken=taken)

    assert ID.fullmatch(made)
    assert len(made) <= LONGEST
    assert made not in taken


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Energy basics", "energy-basics"),
        ("Усны хэмнэлт", "usny-khemnelt"),
        ("Kurs për ujë", "kurs-per-uje"),
        ("…", "new-course"),
    ],
)
def test_a_name_makes_an_id(name: str, made: str) -> None:
    assert id_from_name(name, otherwise="new-course") == made


def test_letters_are_written_in_latin() -> None:
    assert transliterated("Ö, ä: Łódź’s Ћирилица ѓ") == "o a lodzs cirilitsa gj"
