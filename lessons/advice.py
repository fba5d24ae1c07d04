"""Advice on good cards and good questions: warnings, never a reason to refuse a course.

The rules of form come from research on multiple-choice questions and from plain-language guides;
those about words know English, and say nothing in other languages.
"""

import re
import unicodedata

from lessons.checks import room, texts_of, utf16_units
from lessons.limits import Limits
from lessons.markup import parse
from lessons.model import Course, Lesson
from lessons.nodes import Scalar, Source
from lessons.places import Places
from lessons.steps import CARDS, Choose, ChooseAll, Step

CARD_CHARS_ADVISED = 700
MINUTES_ADVISED = 6
OPTIONS_ADVISED = 4
WORDS_ADVISED = 25
_QUESTIONS_FOR_A_PATTERN = 4
"""With fewer questions the longest option may well be right by chance."""

_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+(?=\s|$)|\n|$|[.!?…]+)")
_ALL_OF_THEM = re.compile(r"\b(?:all|both) of (?:the above|these|them)\b", re.IGNORECASE)
_NEGATIVE = re.compile(r"\b(?:not|except|\w+n['’]t)\b", re.IGNORECASE)
_LIST_SIGN = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")


def advise(course: Course, places: Places, *, limits: Limits | None) -> None:
    """Report what could be better to the sources the course was read from."""
    for lesson in course.lessons:
        _advise_lesson(lesson, places)
        for step in lesson.steps:
            _advise_step(step, places, limits, english=course.language.split("-")[0] == "en")
    _advise_longest(course, places)


def _advise_lesson(lesson: Lesson, places: Places) -> None:
    if lesson.minutes > MINUTES_ADVISED:
        places.source(lesson).report(
            "W241",
            f"a lesson of {lesson.minutes} minutes; attention fades after {MINUTES_ADVISED}",
            at=places.value(lesson, "minutes"),
            fix="make two lessons of it",
        )


def _advise_step(step: Step, places: Places, limits: Limits | None, *, english: bool) -> None:
    source = places.source(step)
    if isinstance(step, CARDS) and len(step.text) > CARD_CHARS_ADVISED:
        units = utf16_units(parse(step.text).text)
        # Over the limit of a message it is an error already (E201).
        most = units if limits is None else room(step, limits)
        if CARD_CHARS_ADVISED < units <= most:
            source.report(
                "W201",
                f"a card of {units} characters; up to {CARD_CHARS_ADVISED} fit on one screen",
                at=places.key(step, "say", "caption"),
                fix="cut it, or make two cards of it",
            )
    if isinstance(step, (Choose, ChooseAll)):
        _advise_options(step, places, english=english)
    for _, node, text in texts_of(step, places):
        if isinstance(node, Scalar) and (not text.isascii() or text.count(" ") >= WORDS_ADVISED):
            _advise_words(source, node, text)


def _advise_options(question: Choose | ChooseAll, places: Places, *, english: bool) -> None:
    source = places.source(question)
    if len(question.options) > OPTIONS_ADVISED:
        source.report(
            "W233",
            f"a question with {len(question.options)} options; three are enough",
            at=places.key(question, question.kind),
            fix="keep the ones that learners really choose",
        )
    if english and (found := _NEGATIVE.search(question.prompt)):
        node = places.value(question, question.kind)
        line, column = source.find(node, found[0]) if isinstance(node, Scalar) else (node.line, node.column)
        source.report(
            "W232",
            f"a question with “{found[0]}” in it is easily misread",
            line=line,
            column=column,
            length=len(found[0]),
            fix="ask for what is right",
        )
    for option in question.options:
        key = "right" if option.right else "wrong"
        if english and " of " in option.text.lower() and _ALL_OF_THEM.search(option.text):
            source.report(
                "W231",
                f"an option that says “{option.text}” measures cunning, not knowledge",
                at=places.value(option, key),
                fix="write a third option, or use `choose_all`",
            )
        if not option.right and not option.why:
            source.report(
                "W210",
                "a wrong option without `why`",
                at=places.value(option, key),
                fix="add `why:` and say why it is wrong: that is where learning happens",
            )


def _advise_longest(course: Course, places: Places) -> None:
    """Warn once when the longest option is the right one in most questions: people notice."""
    questions = [step for lesson in course.lessons for step in lesson.steps if isinstance(step, Choose)]
    telling = [question for question in questions if _longest_is_right(question)]
    if len(questions) < _QUESTIONS_FOR_A_PATTERN or len(telling) * 2 <= len(questions):
        return
    first = telling[0]
    (option,) = (option for option in first.options if option.right)
    places.source(first).report(
        "W230",
        f"the longest option is the right one in {len(telling)} of {len(questions)} questions",
        at=places.value(option, "right"),
        label="as here",
        fix="make wrong options as long as right ones",
    )


def _longest_is_right(question: Choose) -> bool:
    right = [len(option.text) for option in question.options if option.right]
    wrong = [len(option.text) for option in question.options if not option.right]
    return len(right) == 1 and bool(wrong) and right[0] > max(wrong)


def _advise_words(source: Source, node: Scalar, text: str) -> None:
    for line in () if text.isascii() else text.split("\n"):
        bare = _LIST_SIGN.sub("", line).lstrip()
        if bare and not bare[0].isascii() and _is_emoji(bare[0]):
            number, column = source.find(node, bare)
            source.report(
                "W250",
                "an emoji at the start of a line",
                line=number,
                column=column,
                fix="begin with words, or with `- `: screen readers say the name of each emoji",
            )
            break
    if text.count(" ") < WORDS_ADVISED:
        return
    for found in _SENTENCE.finditer(parse(text).text):
        words = sum(any(char.isalnum() for char in word) for word in found[0].split())
        if words > WORDS_ADVISED:
            number, column = source.find(node, found[0])
            source.report(
                "W251",
                f"a sentence of {words} words",
                line=number,
                column=column,
                length=min(len(found[0].strip()), max(1, len(source.lines[number - 1]) - column + 1)),
                fix=f"make two sentences of it: up to {WORDS_ADVISED} words are easy to read",
            )
            break


def _is_emoji(char: str) -> bool:
    return unicodedata.category(char) == "So"
