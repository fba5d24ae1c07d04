"""Ids that look renamed: one thing gone and one thing come, in nearly the same words.

Only a suspicion, for somebody to be asked about; nothing follows from it by itself.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from lessons.model import Course, Lesson
from lessons.steps import CARDS, SURVEYS, AnyQuestion, AnySurvey, Step

ALIKE = 0.8
"""Share of equal signs from which on two texts are taken for one text that was edited."""
_WORDS_SHARED = 0.5
"""Share of equal words without which signs are not compared."""
_CHARS_COMPARED = 300
"""Of a lesson's or a question's words: two things that agree so far are asked about."""
_MOST_COMPARED = 60
"""Of removed and of added ids each: comparing words takes the product of both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """Two ids that may be one thing."""

    old: str
    new: str
    what: Literal["lesson", "question"]
    title: str
    """The lesson's title or the question's words, as they are now."""


def renamed(before: Course, after: Course) -> tuple[Renamed, ...]:
    """Return lessons, then questions and surveys that may be there under another id, each id once."""
    return (*_lessons(before, after), *_questions(before, after))


def _lessons(before: Course, after: Course) -> tuple[Renamed, ...]:
    gone = {one.id: one for one in before.lessons}
    came = {one.id: one for one in after.lessons}
    for both in gone.keys() & came.keys():
        del gone[both], came[both]
    pairs = _alike(
        {one: _lesson_words(gone[one]) for one in gone}, {one: _lesson_words(came[one]) for one in came}
    )
    return tuple(Renamed(old=old, new=new, what="lesson", title=came[new].title) for old, new in pairs)


def _lesson_words(lesson: Lesson) -> str:
    return " ".join((lesson.title, *(_words(step) for step in lesson.steps)))[:_CHARS_COMPARED]


def _questions(before: Course, after: Course) -> tuple[Renamed, ...]:
    gone, came = _asked(before), _asked(after)
    for both in gone.keys() & came.keys():
        del gone[both], came[both]
    pairs = _alike(
        {one: f"{step.kind} {_words(step)}"[:_CHARS_COMPARED] for one, step in gone.items()},
        {one: f"{step.kind} {_words(step)}"[:_CHARS_COMPARED] for one, step in came.items()},
    )
    return tuple(
        Renamed(old=old, new=new, what="question", title=came[new].prompt)
        for old, new in pairs
        if gone[old].kind == came[new].kind
    )


def _asked(course: Course) -> dict[str, AnyQuestion | AnySurvey]:
    return {step.id: step for lesson in course.lessons for step in (*lesson.questions, *lesson.surveys)}


def _words(step: Step) -> str:
    if isinstance(step, (*CARDS, *SURVEYS)):
        return str(getattr(step, "text", "") or getattr(step, "prompt", ""))
    options: Iterable[str] = ()
    if step.kind in {"choose", "choose_all"}:
        options = (option.text for option in step.options)
    return " ".join((step.prompt, *options))


def _alike(gone: Mapping[str, str], came: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return pairs of ids whose words are alike, each id at most once, the most alike first."""
    old_words = {one: Counter(text.split()) for one, text in list(gone.items())[:_MOST_COMPARED]}
    new_words = {one: Counter(text.split()) for one, text in list(came.items())[:_MOST_COMPARED]}
    found = []
    for old, was in old_words.items():
        for new, now in new_words.items():
            # Cheap, and leaves hardly a pair to the comparison of signs, which is not.
            if 2 * (was & now).total() < _WORDS_SHARED * (was.total() + now.total()):
                continue
            share = SequenceMatcher(None, gone[old], came[new], autojunk=False).ratio()
            if share >= ALIKE:
                found.append((share, old, new))
    pairs: list[tuple[str, str]] = []
    for _, old, new in sorted(found, key=lambda one: -one[0]):
        if all(old != first and new != second for first, second in pairs):
            pairs.append((old, new))
    return tuple(pairs)
