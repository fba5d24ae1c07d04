from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lessons.markup import RichText, Span, parse, refused_links


def bold(start: int, length: int) -> Span:
    return Span(start=start, length=length, kind="bold")


def italic(start: int, length: int) -> Span:
    return Span(start=start, length=length, kind="italic")


@pytest.mark.parametrize(
    ("markdown", "rich"),
    [
        ("plain", RichText("plain")),
        ("a **b** c", RichText("a b c", (bold(2, 1),))),
        ("*a* _b_", RichText("a b", (italic(0, 1), italic(2, 1)))),
        ("**a *b* c**", RichText("a b c", (bold(0, 5), italic(2, 1)))),
        ("***a***", RichText("a", (italic(0, 1), bold(0, 1)))),
        ("`a*b*`", RichText("a*b*", (Span(start=0, length=4, kind="code"),))),
        (
            "see [the **guide**](https://a.org/x_y)",
            RichText(
                "see the guide", (Span(start=4, length=9, kind="link", url="https://a.org/x_y"), bold(8, 5))
            ),
        ),
        ("[a](http://b.org)", RichText("[a](http://b.org)")),
        ("> one\n> two", RichText("one two", (Span(start=0, length=7, kind="quote"),))),
        ("> one\n>\n> two", RichText("one\n\ntwo", (Span(start=0, length=8, kind="quote"),))),
        ("Do:\n- one\n- two\n  more", RichText("Do:\n• one\n• two more")),
        ("1. one\n2. two", RichText("1. one\n2. two")),
        ("a\nb\n\n\nc", RichText("a b\n\nc")),
        ("# Title\ntext", RichText("Title\ntext", (bold(0, 5),))),
        ("2 * 3 * 4 = 24", RichText("2 * 3 * 4 = 24")),
        ("snake_case_name", RichText("snake_case_name")),
        ("____ kWh", RichText("____ kWh")),
        (r"\*no\*", RichText("*no*")),
        ("**a", RichText("**a")),
        ("😀 **b**", RichText("😀 b", (bold(2, 1),))),
        ("a\r\nb", RichText("a b")),
        ("", RichText("")),
    ],
)
def test_parse(markdown: str, rich: RichText) -> None:
    assert parse(markdown) == rich


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("[a](https://b.org)", ()),
        ("[a](http://b.org)", ("http://b.org",)),
        ("[Pay](tg://user?id=1)", ("tg://user?id=1",)),
        ("[a](javascript:alert(1))", ("javascript:alert",)),
        ("[a](data:text/html,x)", ("data:text/html,x",)),
        ("tap tg://resolve?domain=x.", ("tg://resolve?domain=x",)),
        ("javascript:void", ("javascript:void",)),
        ("The data: 5 kWh", ()),
        ("[a]()", ("",)),
    ],
)
def test_refused_links(text: str, refused: tuple[str, ...]) -> None:
    assert refused_links(text) == refused


@given(st.text(alphabet="ab *_`[]()>-#.\\\n1https://x\U0001f600", max_size=80))
@example("**[a**](https://x)")
@settings(max_examples=300)
def test_spans_lie_inside_the_text_and_never_cross(text: str) -> None:
    rich = parse(text)

    for span in rich.spans:
        assert span.length >= 1
        assert 0 <= span.start < span.start + span.length <= len(rich.text)
        assert (span.kind == "link") == (span.url is not None)
    for one, other in pairwise(sorted(rich.spans, key=lambda span: (span.start, -span.length))):
        assert other.start >= one.start + one.length or other.start + other.length <= one.start + one.length


@pytest.mark.parametrize(
    "piece", ["*", "**a ", "[", "`", "_a ", "[a](", "> ", "- a\n", "> a\n\n", "tg://", "data:a/"]
)
def test_reading_any_text_takes_linear_time(piece: str) -> None:
    # Quadratic time on these 200,000 characters would take minutes; the test time-out is two.
    text = piece * (200_000 // len(piece))

    assert len(parse(text).text) <= len(text) + text.count("\n") + 2
    refused_links(text)
