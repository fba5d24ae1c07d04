from decimal import Decimal

import pytest

from lessons.grading import Mark, NotReadable, OptionMark, Picked, Typed, grade, right_answer
from lessons.steps import Choose, ChooseAll, KnownNumber, KnownText, Number, Option, Text, TrueFalse

FANS = Option(text="Ventilation fans left on", right=True, why="Fans often run on a timer.")
SLEEP = Option(text="Computers in sleep mode", right=False, why="A sleeping computer uses about 2 W.")
LIGHT = Option(text="Emergency lighting", right=False)
NIGHT = Choose(id="q", prompt="What uses the most?", options=(FANS, SLEEP, LIGHT))
TODAY = ChooseAll(
    id="q",
    prompt="Which can you switch off?",
    options=(
        Option(text="Hall lights", right=True),
        Option(text="Water cooler", right=True, why="It cools nobody."),
        Option(text="Server cooling", right=False, why="Ask IT first."),
    ),
)
WINDOW = TrueFalse(id="q", prompt="Tilted is better.", answer=False, why="It cools the walls.")
KWH = Number(
    id="q",
    prompt="How many?",
    answer=Decimal(150),
    tolerance=Decimal(3),
    unit="kWh",
    known=(KnownNumber(when=Decimal(150_000), why="Watts are not kilowatts."),),
)
PART = Text(
    id="q",
    prompt="Which part?",
    accept=("thermostatic valve", "TRV"),
    known=(KnownText(when="tap", why="A tap has no sensor."),),
)


def picked(*options: int) -> Picked:
    return Picked(options=frozenset(options))


def test_choose_right() -> None:
    mark = Mark(score=1.0, verdict="right", chosen=FANS.text, why=FANS.why, answer=FANS.text)

    assert grade(NIGHT, picked(0)) == mark
    assert grade(NIGHT, Typed(text="ventilation fans left on!")) == mark


def test_choose_wrong_says_why_this_one_is_wrong() -> None:
    assert grade(NIGHT, picked(1)) == Mark(
        score=0.0, verdict="wrong", chosen=SLEEP.text, why=SLEEP.why, answer=FANS.text
    )


@pytest.mark.parametrize("options", [(), (0, 1), (3,), (-1,)])
def test_choose_ignores_what_no_button_sends(options: tuple[int, ...]) -> None:
    assert grade(NIGHT, picked(*options)) == NotReadable(reason="button_expected", typed="")


def test_choose_typed_words_that_are_no_option() -> None:
    assert grade(NIGHT, Typed(text="the boiler")) == NotReadable(reason="button_expected", typed="the boiler")


@pytest.mark.parametrize(
    ("options", "score", "verdict", "results"),
    [
        ((0, 1), 1.0, "right", ["right", "right", "left"]),
        ((0,), 0.5, "partly", ["right", "missed", "left"]),
        ((0, 1, 2), 0.5, "partly", ["right", "right", "wrong"]),
        ((0, 2), 0.0, "wrong", ["right", "missed", "wrong"]),
        ((2,), 0.0, "wrong", ["missed", "missed", "wrong"]),
    ],
)
def test_choose_all_is_right_picks_minus_wrong_picks(
    options: tuple[int, ...], score: float, verdict: str, results: list[str]
) -> None:
    mark = grade(TODAY, picked(*options))

    assert isinstance(mark, Mark)
    assert (mark.score, mark.verdict) == (score, verdict)
    assert [option.result for option in mark.options] == results


def test_choose_all_tells_each_option() -> None:
    assert grade(TODAY, picked(0, 2)) == Mark(
        score=0.0,
        verdict="wrong",
        chosen="Hall lights; Server cooling",
        answer="Hall lights; Water cooler",
        options=(
            OptionMark(text="Hall lights", result="right", why=""),
            OptionMark(text="Water cooler", result="missed", why="It cools nobody."),
            OptionMark(text="Server cooling", result="wrong", why="Ask IT first."),
        ),
    )


def test_true_false() -> None:
    right = Mark(score=1.0, verdict="right", chosen="Худал", answer="Худал")
    wrong = Mark(score=0.0, verdict="wrong", chosen="Үнэн", why="It cools the walls.", answer="Худал")

    assert grade(WINDOW, picked(0), true_word="Үнэн", false_word="Худал") == right
    assert grade(WINDOW, picked(1), true_word="Үнэн", false_word="Худал") == wrong
    assert grade(WINDOW, Typed(text="үнэн"), true_word="Үнэн", false_word="Худал") == wrong
    assert grade(WINDOW, picked(2)) == NotReadable(reason="button_expected", typed="")


@pytest.mark.parametrize(
    ("typed", "score", "chosen"),
    [
        ("150", 1.0, "150 kWh"),
        ("≈150 kWh", 1.0, "150 kWh"),
        ("147", 1.0, "147 kWh"),
        ("153 кВт·ц", 1.0, "153 kWh"),
        ("146.9", 0.0, "146.9 kWh"),
        ("15", 0.0, "15 kWh"),
    ],
)
def test_number(typed: str, score: float, chosen: str) -> None:
    mark = grade(KWH, Typed(text=typed))

    assert mark == Mark(score=score, verdict="right" if score else "wrong", chosen=chosen, answer="150 kWh")


def test_number_known_to_be_wrong_gets_its_reason() -> None:
    assert grade(KWH, Typed(text="150 000")) == Mark(
        score=0.0, verdict="wrong", chosen="150000 kWh", why="Watts are not kilowatts.", answer="150 kWh"
    )


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [
        ("a lot", NotReadable(reason="number_expected", typed="a lot")),
        ("150 W", NotReadable(reason="wrong_unit", typed="150 W", unit="kWh")),
    ],
)
def test_number_that_is_not_readable_is_not_wrong(typed: str, outcome: NotReadable) -> None:
    assert grade(KWH, Typed(text=typed)) == outcome


def test_number_with_an_ambiguous_mark_is_read_in_favour_of_the_learner() -> None:
    question = Number(id="q", prompt="How many?", answer=Decimal(1200))

    assert grade(question, Typed(text="1.200")) == Mark(
        score=1.0, verdict="right", chosen="1200", answer="1200"
    )


def test_number_with_an_ambiguous_mark_gets_the_reason_known_for_one_of_its_readings() -> None:
    question = Number(
        id="q",
        prompt="How many kWh?",
        answer=Decimal(12),
        known=(KnownNumber(when=Decimal(1200), why="Watts are not kilowatts."),),
    )

    assert grade(question, Typed(text="1.200")) == Mark(
        score=0.0, verdict="wrong", chosen="1200", why="Watts are not kilowatts.", answer="12"
    )


def test_number_between_includes_both_ends() -> None:
    question = Number(id="q", prompt="How warm?", between=(Decimal(19), Decimal(21)), unit="°C")

    scores = [grade(question, Typed(text=typed)) for typed in ("18.9", "19", "21 C", "21,1")]

    assert [mark.score for mark in scores if isinstance(mark, Mark)] == [0.0, 1.0, 1.0, 0.0]
    assert right_answer(question) == "19 – 21 °C"


def test_text() -> None:
    assert grade(PART, Typed(text=" trv ")) == Mark(
        score=1.0, verdict="right", chosen="trv", answer="thermostatic valve"
    )
    assert grade(PART, Typed(text="thermostatic vavle")) == Mark(
        score=1.0,
        verdict="right",
        chosen="thermostatic vavle",
        answer="thermostatic valve",
        spelling="thermostatic valve",
    )
    assert grade(PART, Typed(text="Tap.")) == Mark(
        score=0.0, verdict="wrong", chosen="Tap.", why="A tap has no sensor.", answer="thermostatic valve"
    )
    assert grade(PART, Typed(text="pump")) == Mark(
        score=0.0, verdict="wrong", chosen="pump", answer="thermostatic valve"
    )
    assert grade(PART, Typed(text="...")) == NotReadable(reason="text_expected", typed="...")


def test_right_answer_in_words() -> None:
    assert right_answer(NIGHT) == "Ventilation fans left on"
    assert right_answer(TODAY) == "Hall lights; Water cooler"
    assert right_answer(WINDOW, false_word="Худал") == "Худал"
    assert right_answer(KWH) == "150 kWh"
    assert right_answer(PART) == "thermostatic valve"
