import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.text_match import TextMatch, match_text, simplified


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
        ("velv", ["valve"], 2, TextMatch(accepted="valve", exact=False)),
        ("vavle", ["valve"], 0, None),
        ("hear", ["heat"], 1, None),  # short words are words of their own
        ("thermostat vavle", ["thermostat valve"], 1, TextMatch(accepted="thermostat valve", exact=False)),
        ("termostat vavle", ["thermostat valve"], 1, None),  # two in all
        ("heatpump", ["heat pump"], 1, TextMatch(accepted="heat pump", exact=False)),
        ("room 12345", ["room 12346"], 1, None),  # numbers have no typos
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
