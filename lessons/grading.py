"""What a response is worth, and what to say about it.

Pure: the same question and response give the same mark. An answer that cannot be read is not
wrong; it comes back as `NotReadable` and uses up no try.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias, assert_never

from lessons.arranging import Placed, is_whole, lines_of, match_score, order_score, right_lines
from lessons.number_reading import ReadNumber, in_words, read_number, same_unit
from lessons.steps import AnyQuestion, Choose, ChooseAll, Match, Number, Open, Order, Text, TrueFalse
from lessons.text_match import match_text, simplified

Verdict: TypeAlias = Literal["right", "partly", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """Options chosen by their place in the author's order, from 0.

    For `true_false`, 1 is true and 0 is false.
    """

    options: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Words or a number, as typed."""

    text: str


Response: TypeAlias = Picked | Typed | Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionMark:
    """What became of one option of a `choose_all`, or of one pair of a `match`."""

    text: str
    result: Literal["right", "missed", "wrong", "left"]
    """`right`: chosen and right. `missed`: right and not chosen. `wrong`: chosen and not right.
    `left`: rightly not chosen; nothing needs saying."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a response is worth."""

    score: float
    """0..1; the share of the question's points."""
    verdict: Verdict
    chosen: str
    """The response as the learner sees it: the option's words, "150 kWh"; a line for each thing placed."""
    why: str = ""
    """The author's reason for exactly this response, Markdown; empty when there is none."""
    answer: str
    """The right answer in words; whether to show it yet is not decided here."""
    spelling: str = ""
    """The author's spelling, when a typed answer passed with a small typo."""
    options: tuple[OptionMark, ...] = ()
    """Every option in the author's order, for `choose_all`; every pair as it was made, for `match`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReadable:
    """The response could not be read; it does not count as a try."""

    reason: Literal["number_expected", "wrong_unit", "text_expected", "button_expected"]
    typed: str
    unit: str = ""
    """The unit that is expected, for `wrong_unit`."""


Outcome: TypeAlias = Mark | NotReadable


def grade(
    question: AnyQuestion, response: Response, *, true_word: str = "True", false_word: str = "False"
) -> Outcome:
    """Return the mark for a response, or why it could not be read.

    `true_word` and `false_word` are the words on the two buttons of a `true_false`. Typed words that
    are exactly an option's count as choosing it.
    """
    match question:
        case Choose() | ChooseAll():
            return _grade_options(question, response)
        case TrueFalse():
            return _grade_true_false(question, response, words=(false_word, true_word))
        case Number():
            return _grade_number(question, response)
        case Text():
            return _grade_text(question, response)
        case Order() | Match():
            return _grade_placed(question, response)
        case Open():
            raise TypeError(f"{question.id} is graded by a person")
        case _:
            assert_never(question)


def right_answer(question: AnyQuestion, *, true_word: str = "True", false_word: str = "False") -> str:
    """Return the right answer in words: `Ventilation fans left on`, `150 kWh`, `17 – 19 °C`."""
    match question:
        case Choose() | ChooseAll():
            return "; ".join(option.text for option in question.options if option.right)
        case TrueFalse():
            return true_word if question.answer else false_word
        case Number():
            if question.between is not None:
                low, high = question.between
                return f"{in_words(low)} – {in_words(high, question.unit)}"
            return in_words(question.answer or Decimal(0), question.unit)
        case Text():
            return question.accept[0]
        case Order() | Match():
            return "\n".join(right_lines(question))
        case Open():
            return question.model_answer
        case _:
            assert_never(question)


def _grade_options(question: Choose | ChooseAll, response: Response) -> Outcome:
    match response:
        case Picked():
            picked = response.options
        case Typed():
            typed = simplified(response.text)
            picked = frozenset(
                i for i, option in enumerate(question.options) if simplified(option.text) == typed
            )
            if len(picked) != 1:
                return NotReadable(reason="button_expected", typed=response.text)
        case Placed():
            return NotReadable(reason="button_expected", typed="")
    known = picked & frozenset(range(len(question.options)))
    # A pointer from outside the question is somebody's invention, not a wrong answer.
    if known != picked or not picked or (isinstance(question, Choose) and len(picked) > 1):
        return NotReadable(reason="button_expected", typed="")
    if isinstance(question, Choose):
        (option,) = (question.options[index] for index in picked)
        return Mark(
            score=1.0 if option.right else 0.0,
            verdict="right" if option.right else "wrong",
            chosen=option.text,
            why=option.why,
            answer=right_answer(question),
        )
    return _grade_choose_all(question, picked)


def _grade_choose_all(question: ChooseAll, picked: frozenset[int]) -> Mark:
    """Right picks minus wrong picks, over the number of right options, never below 0."""
    marks = []
    for index, option in enumerate(question.options):
        result: Literal["right", "missed", "wrong", "left"]
        if option.right:
            result = "right" if index in picked else "missed"
        else:
            result = "wrong" if index in picked else "left"
        marks.append(OptionMark(text=option.text, result=result, why=option.why))
    results = [mark.result for mark in marks]
    right, wrong, missed = results.count("right"), results.count("wrong"), results.count("missed")
    score = max(0, right - wrong) / (right + missed)
    return Mark(
        score=score,
        verdict=_verdict(score),
        chosen="; ".join(question.options[index].text for index in sorted(picked)),
        answer=right_answer(question),
        options=tuple(marks),
    )


def _grade_true_false(question: TrueFalse, response: Response, *, words: tuple[str, str]) -> Outcome:
    match response:
        case Picked():
            if response.options not in ({0}, {1}):
                return NotReadable(reason="button_expected", typed="")
            (said,) = response.options
        case Typed():
            typed = simplified(response.text)
            found = [index for index, word in enumerate(words) if simplified(word) == typed]
            if len(found) != 1:
                return NotReadable(reason="button_expected", typed=response.text)
            (said,) = found
        case Placed():
            return NotReadable(reason="button_expected", typed="")
    right = bool(said) == question.answer
    return Mark(
        score=1.0 if right else 0.0,
        verdict="right" if right else "wrong",
        chosen=words[said],
        why="" if right else question.why,
        answer=words[question.answer],
    )


def _grade_number(question: Number, response: Response) -> Outcome:
    if not isinstance(response, Typed):
        return NotReadable(reason="number_expected", typed="")
    read = read_number(response.text)
    if read is None:
        return NotReadable(reason="number_expected", typed=response.text)
    if question.unit and read.unit and not same_unit(read.unit, question.unit):
        return NotReadable(reason="wrong_unit", typed=response.text, unit=question.unit)
    value = _meant(question, read)
    right = _is_right(question, value)
    notes = () if right else _notes(question, value)
    return Mark(
        score=1.0 if right else 0.0,
        verdict="right" if right else "wrong",
        chosen=in_words(value, question.unit),
        why=next(iter(notes), ""),
        answer=right_answer(question),
    )


def _meant(question: Number, read: ReadNumber) -> Decimal:
    """Return the reading that is right if one is: `1.200` means 1200 where 1200 is asked for.

    Next comes the one that the author knows to be wrong.
    """
    right = (value for value in read.readings if _is_right(question, value))
    known = (value for value in read.readings if _notes(question, value))
    return next(right, next(known, read.readings[0]))


def _notes(question: Number, value: Decimal) -> tuple[str, ...]:
    return tuple(note.why for note in question.known if _near(value, note.when, question.tolerance))


def _is_right(question: Number, value: Decimal) -> bool:
    if question.between is not None:
        low, high = question.between
        return low <= value <= high
    return question.answer is not None and _near(value, question.answer, question.tolerance)


def _near(value: Decimal, wanted: Decimal, tolerance: Decimal) -> bool:
    return abs(value - wanted) <= tolerance


def _grade_text(question: Text, response: Response) -> Outcome:
    if not isinstance(response, Typed) or not simplified(response.text):
        typed = response.text if isinstance(response, Typed) else ""
        return NotReadable(reason="text_expected", typed=typed)
    chosen = response.text.strip()
    typed = simplified(chosen)
    rejected = _first(note.why for note in question.known if simplified(note.when) == typed)
    found = None if rejected is not None else match_text(chosen, question.accept, typos=question.typos)
    return Mark(
        score=0.0 if found is None else 1.0,
        verdict="wrong" if found is None else "right",
        chosen=chosen,
        why=rejected or "",
        answer=right_answer(question),
        spelling="" if found is None or found.exact else found.accepted,
    )


def _grade_placed(question: Order | Match, response: Response) -> Outcome:
    if not isinstance(response, Placed) or not is_whole(question, response.places):
        typed = response.text if isinstance(response, Typed) else ""
        return NotReadable(reason="button_expected", typed=typed)
    places = response.places
    made = lines_of(question, places)
    score = order_score(places) if isinstance(question, Order) else match_score(places)
    marks = tuple(
        OptionMark(text=line, result="right" if place == index else "wrong", why="")
        for index, (line, place) in enumerate(zip(made, places, strict=True))
    )
    return Mark(
        score=score,
        verdict=_verdict(score),
        chosen="\n".join(made),
        why="" if score >= 1 else question.why,
        answer=right_answer(question),
        options=marks if isinstance(question, Match) else (),
    )


def _first(found: Iterable[str]) -> str | None:
    return next(iter(found), None)


def _verdict(score: float) -> Verdict:
    if score >= 1:
        return "right"
    return "partly" if score > 0 else "wrong"
