import sys
from types import FrameType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons import text_match
from lessons.text_match import READ_CHARS, TextMatch, match_text, simplified


@pytest.mark.parametrize(
    ("typed", "simple"),
    [
        ("  Thermostatic-Välve! ", "thermostatic valve"),
        ("“TRV”.", "trv"),
        ("٣ kWh", "3 kwh"),
        ("Ёлка", "елка"),
        ("Straße", "strasse"),
        ("20\u00a0°C", "20 °c"),
        ("ﬁlter", "filter"),
        ("…", ""),
    ],
)
def test_simplified(typed: str, simple: str) -> None:
    assert simplified(typed) == simple


@pytest.mark.parametrize(
    ("typed", "accept", "typos", "found"),
    [
        ("valve", ["valve"], 1, TextMatch(accepted="valve", exact=True)),
        ("VALVE.", ["valve"], 0, TextMatch(accepted="valve", exact=True)),
        ("vavle", ["valve"], 1, TextMatch(accepted="valve", exact=False)),  # swapped
        ("valv", ["valve"], 1, TextMatch(accepted="valve", exact=False)),  # missing
        ("vallve", ["valve"], 1, TextMatch(accepted="valve", exact=False)),  # added
        ("velve", ["valve"], 1, TextMatch(accepted="valve", exact=False)),  # wrong
        ("velv", ["valve"], 1, None),
        ("velv", ["valve"], 2, None),  # five letters: one typo
        ("velvs", ["valves"], 2, TextMatch(accepted="valves", exact=False)),
        ("velvs", ["valves"], 1, None),
        ("vavle", ["valve"], 0, None),
        ("hear", ["heat"], 1, None),  # short words are words of their own
        ("thermostat vavle", ["thermostat valve"], 1, TextMatch(accepted="thermostat valve", exact=False)),
        ("termostat vavle", ["thermostat valve"], 1, None),  # two in all
        ("heatpump", ["heat pump"], 1, TextMatch(accepted="heat pump", exact=False)),
        ("room 12345", ["room 12346"], 2, None),  # numbers have no typos
        ("room12345", ["room 12345"], 1, TextMatch(accepted="room 12345", exact=False)),
        ("room 1 23", ["room 123"], 1, None),
        ("1 2345", ["12345"], 1, None),
        ("20°C", ["20 °C"], 1, TextMatch(accepted="20 °C", exact=False)),
        ("boiler2000", ["boiler2001"], 2, None),
        ("боилер", ["бойлер"], 0, TextMatch(accepted="бойлер", exact=True)),
        ("хоргогч", ["хөргөгч"], 0, TextMatch(accepted="хөргөгч", exact=False)),  # о for ө
        ("ХОРГӨГЧ", ["хөргөгч"], 0, TextMatch(accepted="хөргөгч", exact=False)),
        ("ус", ["үс"], 0, TextMatch(accepted="үс", exact=False)),  # у for ү
        ("үс", ["ус"], 2, None),  # never the other way round
        ("хөл", ["хол"], 2, None),
        ("хургугч", ["хөргөгч"], 0, None),  # у is not written for ө
        ("хоргогсч", ["хөргөгч"], 1, TextMatch(accepted="хөргөгч", exact=False)),  # and one typo besides
        ("hergegch", ["хөргөгч"], 2, None),
        ("trv", ["thermostatic valve", "TRV"], 1, TextMatch(accepted="TRV", exact=True)),
        ("a pump, I think", ["pump"], 1, None),
        ("", ["pump"], 1, None),
        ("!!!", ["pump"], 1, None),
        ("термостот", ["термостат"], 1, TextMatch(accepted="термостат", exact=False)),
    ],
)
def test_match_text(typed: str, accept: list[str], typos: int, found: TextMatch | None) -> None:
    assert match_text(typed, accept, typos=typos) == found


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_an_answer_matches_itself_when_anything_is_left_of_it(text: str) -> None:
    found = match_text(text, [text], typos=1)

    assert found == (TextMatch(accepted=text, exact=True) if simplified(text) else None)


def test_a_megabyte_of_answer_is_read_at_once() -> None:
    assert match_text("a" * 1_000_000, ["a" * 1000], typos=2) is not None
    assert match_text("ab " * 400_000, ["ba " * 100], typos=2) is None


if TYPE_CHECKING:
    from _typeshed import TraceFunction


def steps(typed: str, accept: list[str]) -> int:
    """Return how many lines of `lessons.text_match` run to compare an answer."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> "TraceFunction | None":
        nonlocal count
        if frame.f_code.co_filename != text_match.__file__:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        match_text(typed, accept, typos=2)
    finally:
        sys.settrace(before)
    return count


WORSE = ("a", "ab", "ab ", "ө", "о", "e\u0301", "aaaab ", "1", "' ", "ﬃ")


@given(
    unit=st.sampled_from(WORSE), other=st.sampled_from(WORSE), length=st.integers(min_value=10, max_value=75)
)
@settings(max_examples=60, deadline=None)
def test_twice_the_answer_takes_at_most_twice_the_steps(unit: str, other: str, length: int) -> None:
    short = steps(unit * length, [other * length])
    long = steps(unit * length * 2, [other * length * 2])

    # What does not grow with the answer is counted in both: it only makes the bound wider.
    assert long <= 2 * short


@given(unit=st.sampled_from(WORSE), other=st.sampled_from(WORSE))
@settings(max_examples=20, deadline=None)
def test_beyond_what_is_read_no_answer_takes_longer(unit: str, other: str) -> None:
    at_the_bound = steps(unit * READ_CHARS * 2, [other * READ_CHARS * 2])

    assert steps(unit * READ_CHARS * 200, [other * READ_CHARS * 200]) <= at_the_bound


def test_accepted_answers_are_compared_one_after_the_other() -> None:
    one = steps("thermostat vavle", ["radiator pump"])

    assert steps("thermostat vavle", ["radiator pump"] * 50) <= 50 * one


@given(st.text(alphabet="хөргүч оу", min_size=1, max_size=30))
def test_an_answer_without_its_own_letters_is_still_it(text: str) -> None:
    plain = text.replace("ө", "о").replace("ү", "у")

    found = match_text(plain, [text], typos=0)

    expected = TextMatch(accepted=text, exact=simplified(plain) == simplified(text))
    assert found == (expected if simplified(text) else None)
