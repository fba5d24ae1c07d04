"""What is read back from JSON is not believed: it may come from a process that a file took over."""

import json
from datetime import time
from decimal import Decimal
from typing import Any

import pytest

from lessons.model import BundledAnnouncement, Course, FinalTest, Lesson, Pace, Pair, Translation
from lessons.steps import (
    Audio,
    Choose,
    ChooseAll,
    File,
    Image,
    KnownNumber,
    KnownText,
    Link,
    Match,
    MatchPair,
    More,
    Number,
    Open,
    Option,
    Order,
    Poll,
    Rate,
    Reflect,
    RubricLevel,
    Say,
    Text,
    TrueFalse,
    Video,
)
from lessons.versions import canonical, from_canonical

EVERY_KIND = Course(
    id="heat",
    title="Heat",
    language="en",
    version="1.0.0",
    authors=("Anna", "Bold"),
    pace=Pace(weekdays=frozenset({4, 0}), at=time(7, 30), catch_up="all"),
    lessons=(
        Lesson(
            id="one",
            title="One",
            steps=(
                Say(id="a", text="Look."),
                Image(id="b", path="media/b.png", alt="A boiler."),
                Audio(id="c", path="media/c.ogg", transcript="Listen."),
                Video(id="d", path="media/d.mp4", alt="A valve."),
                File(id="e", path="media/e.pdf", alt="A form."),
                More(id="f", more="Why?"),
                Link(id="g", url="https://example.org", text="More."),
                Open(id="h", prompt="Why?", rubric=(RubricLevel(points=1, text="A reason."),), voice=False),
                Poll(id="i", prompt="Who?", options=("I", "You")),
                Rate(id="j", prompt="How sure?", low=1, high=5),
                Reflect(id="k", prompt="And now?"),
            ),
        ),
        Lesson(
            id="two",
            title="Two",
            steps=(
                Choose(
                    id="l", prompt="?", options=(Option(text="x", right=True), Option(text="y", right=False))
                ),
                ChooseAll(id="m", prompt="?", options=(Option(text="x", right=True, why="So."),)),
                TrueFalse(id="n", prompt="?", answer=False),
                Number(id="o", prompt="?", answer=Decimal("1.50"), tolerance=Decimal("0.1")),
                Number(
                    id="p",
                    prompt="?",
                    between=(Decimal(-1), Decimal(2)),
                    known=(KnownNumber(when=Decimal(9), why="No."),),
                ),
                Text(
                    id="q",
                    prompt="?",
                    accept=("fan",),
                    hints=("f…",),
                    known=(KnownText(when="van", why="No."),),
                ),
                Order(id="r", prompt="?", items=("1", "2")),
                Match(id="s", prompt="?", pairs=(MatchPair(left="a", right="b"),)),
            ),
            test=FinalTest(draw=2, pass_percent=80, variants=(("l", "m"),)),
        ),
    ),
    announcements=(BundledAnnouncement(id="t", when="day", days=3, at=time(9), text="Hello.", image=None),),
    translations=(Translation(language="mn", pairs=(Pair(source="One", target="Нэг", accept=("1",)),)),),
    media={"media/b.png": "0" * 64},
)

WRITTEN: dict[str, Any] = {  # JSON
    "id": "heat",
    "title": "Heat",
    "language": "en",
    "version": "1.0.0",
    "authors": ["Anna", "Bold"],
    "pace": {"weekdays": [0, 4], "at": "07:30:00", "catch_up": "all"},
    "lessons": [
        {
            "id": "one",
            "title": "One",
            "steps": [
                {"kind": "say", "id": "a", "text": "Look."},
                {"kind": "image", "id": "b", "path": "media/b.png", "alt": "A boiler."},
                {"kind": "audio", "id": "c", "path": "media/c.ogg", "transcript": "Listen."},
                {"kind": "video", "id": "d", "path": "media/d.mp4", "alt": "A valve."},
                {"kind": "file", "id": "e", "path": "media/e.pdf", "alt": "A form."},
                {"kind": "more", "id": "f", "more": "Why?"},
                {"kind": "link", "id": "g", "url": "https://example.org", "text": "More."},
                {
                    "kind": "open",
                    "id": "h",
                    "prompt": "Why?",
                    "rubric": [{"points": 1, "text": "A reason."}],
                    "voice": False,
                },
                {"kind": "poll", "id": "i", "prompt": "Who?", "options": ["I", "You"]},
                {"kind": "rate", "id": "j", "prompt": "How sure?", "low": 1, "high": 5},
                {"kind": "reflect", "id": "k", "prompt": "And now?"},
            ],
        },
        {
            "id": "two",
            "title": "Two",
            "steps": [
                {
                    "kind": "choose",
                    "id": "l",
                    "prompt": "?",
                    "options": [{"text": "x", "right": True}, {"text": "y", "right": False}],
                },
                {
                    "kind": "choose_all",
                    "id": "m",
                    "prompt": "?",
                    "options": [{"text": "x", "right": True, "why": "So."}],
                },
                {"kind": "true_false", "id": "n", "prompt": "?", "answer": False},
                {"kind": "number", "id": "o", "prompt": "?", "answer": "1.50", "tolerance": "0.1"},
                {
                    "kind": "number",
                    "id": "p",
                    "prompt": "?",
                    "between": ["-1", "2"],
                    "known": [{"when": "9", "why": "No."}],
                },
                {
                    "kind": "text",
                    "id": "q",
                    "prompt": "?",
                    "accept": ["fan"],
                    "hints": ["f…"],
                    "known": [{"when": "van", "why": "No."}],
                },
                {"kind": "order", "id": "r", "prompt": "?", "items": ["1", "2"]},
                {"kind": "match", "id": "s", "prompt": "?", "pairs": [{"left": "a", "right": "b"}]},
            ],
            "test": {"draw": 2, "pass_percent": 80, "variants": [["l", "m"]]},
        },
    ],
    "announcements": [{"id": "t", "when": "day", "days": 3, "at": "09:00:00", "text": "Hello."}],
    "translations": [
        {"language": "mn", "pairs": [{"source": "One", "target": "Нэг", "accept": ["1"]}]},
    ],
    "media": {"media/b.png": "0" * 64},
}

LESSON = {"id": "one", "title": "One", "steps": [{"kind": "say", "id": "a", "text": "Look."}]}
SMALL = {"id": "heat", "title": "Heat", "language": "en", "version": "1", "lessons": [LESSON]}


def with_step(**step: Any) -> str:  # JSON
    return json.dumps({**SMALL, "lessons": [{**LESSON, "steps": [step]}]})


def test_every_kind_of_step_is_written_without_its_defaults() -> None:
    assert json.loads(canonical(EVERY_KIND)) == WRITTEN


def test_every_kind_of_step_comes_back() -> None:
    assert from_canonical(json.dumps(WRITTEN)) == EVERY_KIND


def test_a_field_of_a_newer_version_is_passed_over() -> None:
    assert from_canonical(json.dumps({**SMALL, "colour": "red"})) == from_canonical(json.dumps(SMALL))


def test_what_looks_like_half_a_character_and_is_none_comes_back() -> None:
    course = from_canonical(with_step(kind="say", id="a", text="\\ud800 in a text"))

    assert from_canonical(canonical(course)) == course
    assert course.lessons[0].steps == (Say(id="a", text="\\ud800 in a text"),)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{",
        "null",
        "[]",
        '"heat"',
        "[" * 100_000,
        json.dumps({**SMALL, "id": 5}),
        json.dumps({**SMALL, "id": None}),
        json.dumps({**SMALL, "authors": "Anna"}),
        json.dumps({**SMALL, "authors": {"Anna": "Bold"}}),
        json.dumps({**SMALL, "authors": ["Anna", 5]}),
        json.dumps({**SMALL, "pass_percent": "70"}),
        json.dumps({**SMALL, "pass_percent": 70.0}),
        json.dumps({**SMALL, "pass_percent": True}),
        json.dumps({**SMALL, "pace": {"weekdays": [[]]}}),
        json.dumps({**SMALL, "pace": {"at": 9}}),
        json.dumps({**SMALL, "pace": {"at": "nine"}}),
        json.dumps({**SMALL, "pace": {"at": "09:00:00+02:00"}}),
        json.dumps({**SMALL, "pace": {"catch_up": "some"}}),
        json.dumps({**SMALL, "pace": {"catch_up": []}}),
        json.dumps({**SMALL, "pace": {"ahead": 1}}),
        json.dumps({**SMALL, "media": {"a": 5}}),
        json.dumps({**SMALL, "media": ["a"]}),
        json.dumps({**SMALL, "lessons": [5]}),
        json.dumps({key: value for key, value in SMALL.items() if key != "lessons"}),
        with_step(id="a", text="no kind"),
        with_step(kind="cartoon", id="a", text="an unknown kind"),
        with_step(kind=["say"], id="a", text="a list of kinds"),
        with_step(kind="say", id="a"),
        with_step(kind="say", id="a", text="\ud800"),
        with_step(kind="number", id="a", prompt="?", answer=1),
        with_step(kind="number", id="a", prompt="?", answer="one"),
        with_step(kind="number", id="a", prompt="?", answer="NaN"),
        with_step(kind="number", id="a", prompt="?", answer="Infinity"),
        with_step(kind="number", id="a", prompt="?", between=["1"]),
        with_step(kind="number", id="a", prompt="?", between=["1", "2", "3"]),
    ],
)
def test_what_is_no_course_is_refused(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json has words of its own for what is no JSON
        from_canonical(written)
