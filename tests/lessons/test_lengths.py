"""A text that cannot be too long is not measured: the bound that says so holds for every text."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lessons.checks import UNITS_A_CHAR_AT_MOST
from lessons.placeholder_checks import units_of

texts = st.lists(
    st.sampled_from(
        ["a", "\U0001f32c", " ", "\n", "  - ", "  1. ", "# ", "> ", "**", "_", "`", "[", "](https://a.eu)"]
    )
).map("".join)


@given(texts)
@example("  - a\n  - b\n  - \U0001f32c")
@example("#  a\n\nb")
@settings(max_examples=300, deadline=None)
def test_no_text_comes_to_more_units_than_the_bound(text: str) -> None:
    assert units_of(text) <= UNITS_A_CHAR_AT_MOST * len(text)
