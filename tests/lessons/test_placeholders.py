"""Names in texts: put in after the text was parsed, so that no name is ever formatting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.markup import RichText, Span, parse
from lessons.placeholders import filled, used

NAMES = st.text(max_size=20)
WORDS = st.text(alphabet="ab {}*_`", max_size=30)


def test_a_name_takes_the_place_and_the_formatting_of_its_placeholder() -> None:
    text = parse("Hello **{name}**, welcome to *{group}* and **more**.")

    assert filled(text, {"name": "Bold", "group": "Autumn 2026"}) == RichText(
        "Hello Bold, welcome to Autumn 2026 and more.",
        (
            Span(start=6, length=4, kind="bold"),
            Span(start=23, length=11, kind="italic"),
            Span(start=39, length=4, kind="bold"),
        ),
    )


@pytest.mark.parametrize("name", ["*Bold*", "**", "<b>x</b>", "[a](https://example.org)", "`x`", "{group}"])
def test_a_name_is_letters_and_nothing_else(name: str) -> None:
    assert filled(parse("Hello {name}!"), {"name": name, "group": "G"}) == RichText(f"Hello {name}!")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{name}}", "{name}"),
        ("{{{name}}}", "{Bold}"),
        ("a { b } c", "a { b } c"),
        ("{nobody}", "{nobody}"),
        ("no braces", "no braces"),
    ],
)
def test_braces_that_are_meant_as_themselves(text: str, shown: str) -> None:
    assert filled(RichText(text), {"name": "Bold"}).text == shown


def test_an_empty_name_leaves_no_empty_span() -> None:
    assert filled(parse("**{name}** there"), {"name": ""}) == RichText(" there")


def test_used_says_what_stands_in_braces() -> None:
    assert used("{name} {{group}} {nam} {") == ("name", "nam")


@given(name=NAMES, before=WORDS, after=WORDS)
def test_the_same_words_stay_formatted_whatever_the_name_is(name: str, before: str, after: str) -> None:
    text = RichText(
        f"{before}|{{name}}|{after}", (Span(start=len(before), length=len("|{name}|"), kind="bold"),)
    )

    made = filled(text, {"name": name})

    (span,) = made.spans
    assert made.text[span.start : span.start + span.length] == f"|{name}|"


@given(name=NAMES, text=WORDS)
def test_spans_stay_inside_the_text(name: str, text: str) -> None:
    made = filled(parse(f"{text}**{{name}}**{text}"), {"name": name})

    assert all(span.length > 0 and 0 <= span.start <= len(made.text) - span.length for span in made.spans)
