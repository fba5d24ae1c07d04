"""Which texts stand on buttons, and what is said when a translation makes them too long."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.limits import TELEGRAM
from lessons.buttons import button_texts
from lessons.reader import read_bytes
from lessons.steps import Choose, Link, Match, MatchPair, Option, Order, Poll, Say, Step

LONG = "Бүх өрөөний цонхыг сайтар хаах хэрэгтэй"
COURSE = """\
format: 1
id: heat
title: Heat
language: en
translations: [mn]
version: 1.0.0
lessons:
  - id: one
    title: One degree
    steps:
      - order: Put in order.
        id: q-order
        items: [Close, Wait]
      - match: Match.
        id: q-rooms
        pairs: {Office: warm, Corridor: cool}
      - order: Put these in order, too.
        id: q-long
        items: [Open, Read the meter in the cellar of the house]
"""


@pytest.mark.parametrize(
    ("step", "texts"),
    [
        (
            Choose(
                id="q",
                prompt="?",
                options=(Option(text="Fans", right=True), Option(text="Lamps", right=False)),
            ),
            ("Fans", "Lamps"),
        ),
        (Order(id="q", prompt="?", items=("Close", "Wait")), ("Close", "Wait")),
        (
            Match(
                id="q",
                prompt="?",
                pairs=(MatchPair(left="Office", right="20 °C"), MatchPair(left="Hall", right="15 °C")),
            ),
            ("20 °C", "15 °C"),
        ),
        (Poll(id="q", prompt="?", options=("Sun", "Wind")), ("Sun", "Wind")),
        (Link(id="c", url="https://example.org", label="The map", text="Look."), ("The map",)),
        (Link(id="c", url="https://example.org", text="Look."), ()),
        (Say(id="c", text="Nights count."), ()),
    ],
)
def test_button_texts(step: Step, texts: tuple[str, ...]) -> None:
    assert button_texts(step) == texts


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ("Close", ["W302", "W303"]),
        ("cool", ["W302", "W303"]),
        ("Corridor", ["W302"]),  # a left side stands in the text
        ("Open", ["W302"]),  # beside a long item it has a letter anyway
    ],
)
def test_a_translation_too_long_for_its_button_is_told(source: str, codes: list[str]) -> None:
    made = BytesIO()
    with ZipFile(made, "w") as package:
        package.writestr("course.yaml", COURSE)
        package.writestr(
            "i18n/mn.yaml", f"language: mn\nof: heat@1.0.0\none:\n  - {{en: {source}, mn: {LONG}}}\n"
        )

    reading = read_bytes("heat.zip", made.getvalue(), limits=TELEGRAM)

    assert sorted(problem.code for problem in reading.problems) == codes
