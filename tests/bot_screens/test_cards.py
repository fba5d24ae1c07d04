"""Cards on the phone: with media, in text only, and in both languages that come along."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from academy.messages.cards import Enclosure, EnclosureShown, PageLink
from academy.messages.learning import CardShown, Picture
from bot.callback_data import press
from bot.render import overflows
from bot.screen import Button, View
from bot.screens.learning import view
from i18n.catalog import translator
from lessons.markup import RichText, Span

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CARD = CardShown(
    assignment_id=71, step=1, lesson=3, lessons=10, card=2, cards=4, title="", text=RichText("Listen.")
)
WHERE = "Lesson 3 of 10. Card 2 of 4\n\n"
GO_ON = Button(label="Continue", press=press("l_go", 71, 1), style="primary")
HUMS = RichText("A fan hums.", (Span(start=6, length=4, kind="bold"),))
VOICE = Enclosure(form="voice", sha256="a" * 64, name="a.ogg", size_bytes=85_400)
FILM = Enclosure(form="video", sha256="b" * 64, name="v.mp4", alt="A hand.", size_bytes=1_250_000)
FORM = Enclosure(form="file", sha256="c" * 64, name="form.pdf", alt="A form.", size_bytes=400)
PAGE = PageLink(url="https://www.nalas.eu/energy", host="www.nalas.eu")


def shown(message: CardShown | EnclosureShown, language: str = "en") -> View:
    drawn = view(message, translator(language), now=NOW)
    assert overflows(drawn) == ()
    return drawn


def folded(start: int, length: int) -> Span:
    return Span(start=start, length=length, kind="folded")


def test_an_audio_has_its_words_folded_up_below_the_text() -> None:
    text = f"{WHERE}Listen.\n\nWhat is said: A fan hums."

    assert shown(replace(CARD, enclosure=VOICE, transcript=HUMS)) == View(
        text=RichText(text, (folded(38, 25), Span(start=58, length=4, kind="bold"))),
        buttons=((GO_ON,),),
        enclosure=VOICE,
    )


@pytest.mark.parametrize(
    ("card", "text", "label"),
    [
        (
            replace(CARD, enclosure=VOICE, transcript=HUMS),
            "Listen.\n\nWhat is said: A fan hums.",
            "Audio, 85 KB",
        ),
        (
            replace(CARD, enclosure=FILM, transcript=RichText("Turn it.")),
            "Listen.\n\nVideo: A hand.\n\nWhat is said: Turn it.",
            "Video, 1.2 MB",
        ),
        (replace(CARD, enclosure=FILM), "Listen.\n\nVideo: A hand.", "Video, 1.2 MB"),
        (replace(CARD, enclosure=FORM, text=RichText("")), "File: A form.", "File, 1 KB"),
    ],
    ids=["audio", "film", "silent-film", "file"],
)
def test_text_only_opens_the_words_and_offers_the_rest(card: CardShown, text: str, label: str) -> None:
    drawn = shown(replace(card, text_only=True))

    assert drawn.text.text == WHERE + text
    assert [span.kind for span in drawn.text.spans if span.kind == "folded"] == []
    assert drawn.enclosure is None
    assert drawn.buttons == ((GO_ON,), (Button(label=label, press=press("l_fetch", 71, 1)),))


def test_a_file_without_a_text_says_what_it_is() -> None:
    alone = shown(replace(CARD, enclosure=FORM, text=RichText("")))
    introduced = shown(replace(CARD, enclosure=FORM))

    assert alone.text.text == f"{WHERE}A form."
    assert introduced.text.text == f"{WHERE}Listen."
    assert alone.enclosure == introduced.enclosure == FORM


def test_more_is_folded_up_and_quotes_inside_it_are_not() -> None:
    more = RichText(
        "One kWh.\n\nAsk.",
        (Span(start=4, length=3, kind="italic"), Span(start=10, length=4, kind="quote")),
    )

    assert shown(replace(CARD, folded=more)) == View(
        text=RichText(
            f"{WHERE}Listen.\n\nOne kWh.\n\nAsk.",
            (folded(38, 14), Span(start=42, length=3, kind="italic")),
        ),
        buttons=((GO_ON,),),
    )


def test_a_link_says_where_it_leads_in_words_that_stay() -> None:
    drawn = shown(replace(CARD, link=replace(PAGE, label="Read how")))

    assert drawn == View(
        text=RichText(
            f"{WHERE}Listen.\n\nOpens www.nalas.eu.",
            (Span(start=44, length=12, kind="link", url="https://www.nalas.eu/energy"),),
        ),
        buttons=((GO_ON,), (Button(label="Read how", url="https://www.nalas.eu/energy"),)),
    )


@pytest.mark.parametrize(
    ("host", "label", "told"),
    [
        ("www.nalas.eu", "", "www.nalas.eu"),
        ("a-very-long-name.of-a-city.example", "", "Open the page"),
        ("www.nalas.eu", "Read how the other cities have done it", "Open the page"),
    ],
)
def test_the_button_of_a_link_always_fits(host: str, label: str, told: str) -> None:
    drawn = shown(replace(CARD, link=replace(PAGE, host=host, label=label)))

    assert drawn.buttons[1] == (Button(label=told, url="https://www.nalas.eu/energy"),)


def test_what_is_fetched_says_what_it_is() -> None:
    film = shown(EnclosureShown(enclosure=FILM, transcript=HUMS))
    voice = shown(EnclosureShown(enclosure=VOICE, transcript=HUMS))

    assert film == View(text=RichText("A hand."), enclosure=FILM)
    assert voice.text == RichText(
        "What is said: A fan hums.", (folded(0, 25), Span(start=20, length=4, kind="bold"))
    )
    assert voice.enclosure == VOICE


def test_mongolian_says_the_same() -> None:
    drawn = shown(replace(CARD, enclosure=FILM, transcript=RichText("Эргүүл."), text_only=True), "mn")
    linked = shown(replace(CARD, link=PAGE), "mn")

    assert drawn.text.text.endswith("Видео: A hand.\n\nЮу ярьж байгаа нь: Эргүүл.")
    assert [button.label for row in drawn.buttons for button in row] == ["Үргэлжлүүлэх", "Видео үзэх, 1.2 МБ"]
    assert linked.text.text.endswith("www.nalas.eu хуудас нээгдэнэ.")
    assert [span.kind for span in linked.text.spans] == ["link"]


def test_words_are_left_when_the_file_is_gone() -> None:
    drawn = shown(replace(CARD, transcript=HUMS))

    assert drawn == View(
        text=RichText(
            f"{WHERE}Listen.\n\nWhat is said: A fan hums.", (Span(start=58, length=4, kind="bold"),)
        ),
        buttons=((GO_ON,),),
    )


def test_a_picture_is_still_a_picture() -> None:
    picture = Picture(sha256="d" * 64, alt="A meter.", size_bytes=85_000)

    assert shown(replace(CARD, picture=picture)).picture == picture
    fetched = shown(replace(CARD, picture=picture, text_only=True)).buttons[1][0]
    assert fetched == Button(label="Picture, 85 KB", press=press("l_fetch", 71, 1))
