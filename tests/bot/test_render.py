import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.messages.learning import Picture
from bot.callback_data import Press, press
from bot.limits import TELEGRAM, utf16_units
from bot.render import entities, has_media, keyboard, overflows, payload, sendable
from bot.screen import Button, View
from lessons.limits import Limits
from lessons.markup import RichText, Span


def said(text: RichText) -> list[str]:
    """Return what each entity covers, read as Telegram reads it: in UTF-16 units."""
    encoded = text.text.encode("utf-16-le")
    return [
        encoded[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
        for entity in entities(text)
    ]


def test_the_limits_are_telegrams() -> None:
    assert Limits(text_chars=4096, caption_chars=1024, button_chars=28, picture_bytes=307_200) == TELEGRAM


def test_spans_become_entities_in_utf16_units() -> None:
    text = RichText(
        "😀 What runs at 𝐧𝐢𝐠𝐡𝐭?",
        (
            Span(start=2, length=4, kind="bold"),
            Span(start=15, length=5, kind="link", url="https://example.org/"),
            Span(start=0, length=21, kind="quote"),
        ),
    )

    found = entities(text)

    assert said(text) == ["What", "𝐧𝐢𝐠𝐡𝐭", "😀 What runs at 𝐧𝐢𝐠𝐡𝐭?"]
    assert [(entity["type"], entity.get("url")) for entity in found] == [
        ("bold", None),
        ("text_link", "https://example.org/"),
        ("blockquote", None),
    ]


def test_a_name_that_looks_like_markup_is_letters() -> None:
    made = payload(View(text=RichText("Hello <b>_*[x](tg://user?id=1)")))

    assert (made.text, made.entities) == ("Hello <b>_*[x](tg://user?id=1)", ())


@given(st.text(max_size=30), st.integers(-3, 40), st.integers(-3, 40))
def test_spans_outside_the_text_are_left_out(text: str, start: int, length: int) -> None:
    rich = RichText(text, (Span(start=start, length=length, kind="bold"),))

    expected = [text[start : start + length]] if 0 <= start < start + length <= len(text) else []
    assert said(rich) == expected


def test_what_is_too_long_is_cut_with_an_ellipsis() -> None:
    text = RichText("😀" * 2048 + "x", (Span(start=2000, length=49, kind="bold"),))

    made = payload(View(text=text))

    assert made.text == "😀" * 2047 + "…"
    assert [(entity["offset"], entity["length"]) for entity in made.entities] == [(4000, 94)]


def test_a_caption_is_cut_earlier_than_a_text() -> None:
    picture = Picture(sha256="0" * 64, alt="A fan")

    made = payload(View(text=RichText("x" * 1025), picture=picture))

    assert made.text == "x" * 1023 + "…"


@given(st.text(st.characters(), max_size=2000), st.integers(10, 100))
def test_a_cut_text_fits_and_can_be_sent(text: str, limit: int) -> None:
    made = payload(View(text=RichText(text)), limit_units=limit)

    assert utf16_units(made.text) <= limit
    assert "\0" not in made.text
    made.text.encode()


def test_half_characters_keep_their_places() -> None:
    assert sendable(RichText("a\ud800\0b")) == RichText("a\ufffd\ufffdb")


def test_buttons_carry_their_press_address_and_style() -> None:
    made = keyboard(
        (
            (Button(label="Continue", press=press("l_next", 71, 0), style="primary"),),
            (Button(label="Site", url="https://example.org/"),),
        )
    )

    assert made == {
        "inline_keyboard": [
            [{"text": "Continue", "callback_data": "l_next:1z:0", "style": "primary"}],
            [{"text": "Site", "url": "https://example.org/"}],
        ]
    }


def test_rows_and_keyboards_are_kept_within_bounds() -> None:
    made = keyboard((tuple(Button(label=str(n), press=press("x", n)) for n in range(130)),))

    assert made is not None
    lengths = [len(row) for row in made["inline_keyboard"]]
    assert lengths == [8] * 12 + [4]


def test_no_buttons_is_no_keyboard() -> None:
    assert keyboard(()) is None


@pytest.mark.parametrize(
    ("view", "found"),
    [
        (View(text=RichText("Hello Olena!")), ()),
        (View(text=RichText(" ")), ("a message without text",)),
        (View(text=RichText("😀" * 2049)), ("text of 4098 units; Telegram takes 4096",)),
        (
            View(text=RichText("x" * 1025), drawing="<svg/>"),
            ("text of 1025 units; Telegram takes 1024",),
        ),
        (
            View(text=RichText("x"), buttons=(tuple(Button(label="y", press=Press("v")) for _ in range(9)),)),
            ("a row of 9 buttons; Telegram takes 8",),
        ),
        (
            View(text=RichText("x"), buttons=((Button(label="Так", press=Press("v", ("я" * 32,))),),)),
            ("button 'Так': callback data of 66 bytes; Telegram takes 64",),
        ),
        (
            View(text=RichText("x"), buttons=((Button(label=""),),)),
            ("a button without a label", "button '' needs either a press or an address"),
        ),
    ],
)
def test_overflows_are_named(view: View, found: tuple[str, ...]) -> None:
    assert overflows(view) == found


def test_whatever_is_attached_makes_the_text_a_caption() -> None:
    views = [
        View(text=RichText("x")),
        View(text=RichText("x"), photo_file_id="A"),
        View(text=RichText("x"), document=("a.json", "{}")),
    ]

    assert [has_media(view) for view in views] == [False, True, True]
