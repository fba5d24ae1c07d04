"""`order` and `match` as an author writes them."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.limits import TELEGRAM
from lessons.reader import Reading, read_bytes
from lessons.steps import Match, MatchPair, Order, Step
from lessons.translations import apply, source_texts
from lessons.versions import canonical, from_canonical

HEAD = """\
format: 1
id: heat
title: Heat
language: en
version: 1.0.0
lessons:
  - id: one
    title: One degree
    steps:
"""
ORDER = """\
      - order: Put the steps in order.
        id: q-order
        items: [Close the windows, Set the valve, Wait]
        hint: Begin where the heat leaves.
        why: An open window heats the street.
        points: 2
        tries: 3
"""
MATCH = """\
      - match: Match each room.
        id: q-rooms
        pairs: {pairs}
"""
PAIRS = (MatchPair(left="Office", right="20 °C"), MatchPair(left="Corridor", right="15 °C"))


def read(steps: str) -> Reading:
    return read_bytes("heat.yaml", (HEAD + steps).encode(), limits=TELEGRAM)


def step(steps: str) -> Step:
    reading = read(steps)
    assert [problem.message for problem in reading.problems] == []
    assert reading.course is not None
    (found,) = reading.course.lessons[0].steps
    return found


def told(steps: str) -> list[tuple[str, int, str, list[int]]]:
    """Return code, line, message and the lines pointed back at, of every problem."""
    return [
        (problem.code, problem.line, problem.message, [label.line for label in problem.related])
        for problem in read(steps).problems
    ]


def test_order_is_read_whole() -> None:
    assert step(ORDER) == Order(
        id="q-order",
        prompt="Put the steps in order.",
        items=("Close the windows", "Set the valve", "Wait"),
        hints=("Begin where the heat leaves.",),
        why="An open window heats the street.",
        points=2,
        tries=3,
    )


@pytest.mark.parametrize(
    "pairs",
    [
        "{Office: 20 °C, Corridor: 15 °C}",
        "\n          Office: 20 °C\n          Corridor: 15 °C",
        "\n          - {left: Office, right: 20 °C}\n          - left: Corridor\n            right: 15 °C",
    ],
)
def test_pairs_may_be_written_in_three_ways(pairs: str) -> None:
    assert step(MATCH.format(pairs=pairs)) == Match(id="q-rooms", prompt="Match each room.", pairs=PAIRS)


@pytest.mark.parametrize(
    ("items", "problems"),
    [
        ("[Close]", [("E145", 12, "`order` needs 2 to 8 items; this one has 1", [])]),
        ("[]", [("E145", 12, "`order` needs 2 to 8 items; this one has 0", [])]),
        ("[a, b, c, d, e, f, g, h, i]", [("E145", 12, "`order` needs 2 to 8 items; this one has 9", [])]),
        ("[Close, Wait, close]", [("E146", 12, "two items say the same", [12])]),
        ("Close", [("E103", 12, "`items` needs a list", [])]),
        ("[Close, '']", [("E103", 12, "`items` is empty", [])]),
        ("[Close, [Wait]]", [("E103", 12, "`items` needs a text, and this is a list", [])]),
    ],
)
def test_items_that_cannot_be_put_in_order(
    items: str, problems: list[tuple[str, int, str, list[int]]]
) -> None:
    assert told(f"      - order: Put in order.\n        id: q-1\n        items: {items}\n") == problems


@pytest.mark.parametrize(
    ("pairs", "problems"),
    [
        ("{Office: 20 °C}", [("E147", 12, "`match` needs 2 to 5 pairs; this one has 1", [])]),
        (
            "{a: 1, b: 2, c: 3, d: 4, e: 5, f: 6}",
            [("E147", 12, "`match` needs 2 to 5 pairs; this one has 6", [])],
        ),
        (
            "\n          Office: 20 °C\n          Hall: 20  °c",
            [("E148", 14, "two right sides say the same", [13])],
        ),
        (
            "\n          - {left: Office, right: 20 °C}\n          - {left: office, right: 15 °C}",
            [("E148", 14, "two left sides say the same", [13])],
        ),
        ("[Office, {left: Hall, right: 2}]", [("E149", 12, "a pair has a `left` and a `right`", [])]),
        (
            "\n          - Office: 20 °C\n          - {left: Hall, right: 1}",
            [("E149", 13, "a pair has a `left` and a `right`", [])],
        ),
        ("Office", [("E103", 12, "`pairs` needs pairs of its own", [])]),
        ("[{left: Office}, {left: Hall, right: 1}]", [("E102", 12, "`right` is missing in pair", [])]),
        ("{Office: 20 °C, Hall: }", [("E103", 12, "`Hall` is empty", [])]),
        (
            "[{left: Office, rihgt: 1}, {left: Hall, right: 1}]",
            [("E101", 12, "unknown key `rihgt` in pair", [])],
        ),
    ],
)
def test_pairs_that_cannot_be_matched(pairs: str, problems: list[tuple[str, int, str, list[int]]]) -> None:
    assert told(f"      - match: Match each room.\n        id: q-1\n        pairs: {pairs}\n") == problems


@pytest.mark.parametrize(("kind", "key"), [("order", "items"), ("match", "pairs")])
def test_without_its_list_the_list_is_missing(kind: str, key: str) -> None:
    assert told(f"      - {kind}: What?\n        id: q-1\n") == [
        ("E102", 10, f"`{key}` is missing in `{kind}`", [])
    ]


def test_a_key_of_another_kind_is_unknown() -> None:
    assert told(ORDER + "        shuffle: no\n") == [("E101", 17, "unknown key `shuffle` in `order`", [])]


def test_what_stands_twice_in_the_verdict_is_counted_twice() -> None:
    items = "".join(f"          - {n} {'x' * 300}\n" for n in range(8))

    assert told(f"      - order: Put in order.\n        id: q-1\n        items:\n{items}") == [
        # 13 of the prompt, and twice 8 lines of 302 and their `1. `, with 4 besides.
        ("E201", 10, "the text has 4957 characters; a message has room for 4036", [])
    ]


def test_written_down_and_read_back_they_are_the_same() -> None:
    reading = read(ORDER + MATCH.format(pairs="{Office: 20 °C, Corridor: 15 °C}"))

    assert reading.course is not None
    assert from_canonical(canonical(reading.course)) == reading.course


def test_every_text_is_translated() -> None:
    translation = "language: mn\nof: heat@1.0.0\none:\n" + "".join(
        f"  - {{en: {source}, mn: {target}}}\n"
        for source, target in (
            ("Close the windows", "Цонхоо хаах"),
            ("Wait", "Хүлээх"),
            ("Office", "Оффис"),
            ("15 °C", "15 хэм"),
            ("An open window heats the street.", "Онгорхой цонх гудамж халаана."),
        )
    )
    announced = (HEAD + ORDER + MATCH.format(pairs="{Office: 20 °C, Corridor: 15 °C}")).replace(
        "language: en\n", "language: en\ntranslations: [mn]\n"
    )
    reading = read_bytes("heat.zip", zipped({"course.yaml": announced, "i18n/mn.yaml": translation}))

    assert reading.course is not None
    order, match = apply(reading.course, "mn").lessons[0].steps

    assert isinstance(order, Order)
    assert isinstance(match, Match)
    assert order.items == ("Цонхоо хаах", "Set the valve", "Хүлээх")
    assert order.why == "Онгорхой цонх гудамж халаана."
    assert match.pairs == (
        MatchPair(left="Оффис", right="20 °C"),
        MatchPair(left="Corridor", right="15 хэм"),
    )
    assert [text.text for text in source_texts(reading.course)][2:] == [
        "Put the steps in order.",
        "Close the windows",
        "Set the valve",
        "Wait",
        "Begin where the heat leaves.",
        "An open window heats the street.",
        "Match each room.",
        "Office",
        "20 °C",
        "Corridor",
        "15 °C",
    ]


def zipped(contents: dict[str, str]) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as package:
        for name, text in contents.items():
            package.writestr(name, text)
    return made.getvalue()
