"""A course in another language: pairs of source and target, found by their words.

A text without a pair stays in the source language and is counted. Nothing in a translation can
change what is right, how many points it gives, or the order of anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import assert_never

from lessons.model import Course, Lesson, Pair, Translation
from lessons.steps import (
    AnyQuestion,
    AnySurvey,
    Audio,
    Choose,
    ChooseAll,
    File,
    Image,
    Link,
    Match,
    More,
    Number,
    Open,
    Order,
    Poll,
    Rate,
    Reflect,
    Say,
    Step,
    Text,
    TrueFalse,
    Video,
)

_SIMILAR_AT_MOST = 200
"""Source texts compared when looking for the nearest one; comparing all of them is quadratic."""
_SIMILAR_CHARS = 80
"""Characters of each that are compared."""
_STALE_AT_MOST = 50
"""Stale pairs for which the nearest text is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """One text that a translation needs, in reading order."""

    lesson: str
    """Empty for the course's own texts."""
    step: str
    """Id of the step it stands in; empty outside of steps."""
    text: str
    """The words, or the accepted answers joined by ` / `."""
    accept: bool = False
    """Accepted answers are written anew and found by `at: <step id>.accept`, not by their words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StalePair:
    """A pair whose source no longer occurs; kept, because somebody wrote it."""

    pair: Pair
    nearest: str | None
    """The source text most like it, if any is."""


def apply(course: Course, language: str) -> Course:
    """Return the course with its texts in `language`; KeyError when the course does not have it.

    The result says `language` as its language, and keeps ids, media and translations.
    """
    if language == course.language:
        return course
    words = _Dictionary(translation_into(course, language))
    return replace(
        course,
        language=language,
        title=words.text(course.title),
        summary=words.text(course.summary),
        facilitator_notes=words.notes(course.facilitator_notes),
        lessons=tuple(_lesson(lesson, words) for lesson in course.lessons),
        announcements=tuple(
            replace(one, text=words.text(one.text), alt=words.text(one.alt)) for one in course.announcements
        ),
    )


def translation_into(course: Course, language: str) -> Translation:
    """Return the pairs of `language`; KeyError when there are none."""
    for translation in course.translations:
        if translation.language == language:
            return translation
    raise KeyError(language)


def source_texts(course: Course) -> Iterator[SourceText]:
    """Yield every text a learner may read, in reading order, with repetitions.

    Units and notes to facilitators are translated where a pair exists, and not asked for.
    """
    for text in (course.title, course.summary):
        if text:
            yield SourceText(lesson="", step="", text=text)
    for lesson in course.lessons:
        for text in (lesson.title, lesson.goal):
            if text:
                yield SourceText(lesson=lesson.id, step="", text=text)
        for step in lesson.steps:
            for text in step_texts(step):
                yield SourceText(lesson=lesson.id, step=step.id, text=text)
            if isinstance(step, Text):
                yield SourceText(lesson=lesson.id, step=step.id, text=" / ".join(step.accept), accept=True)
    for announcement in course.announcements:
        for text in (announcement.text, announcement.alt):
            if text:
                yield SourceText(lesson="", step="", text=text)


def step_texts(step: Step) -> tuple[str, ...]:
    """Return the texts of one step in reading order, without empty ones and without units and answers."""
    match step:
        case Say():
            found: tuple[str, ...] = (step.text,)
        case Image() | File():
            found = (step.alt, step.text)
        case Audio():
            found = (step.text, step.transcript)
        case Video():
            found = (step.alt, step.text, step.transcript)
        case More():
            found = (step.text, step.more)
        case Link():
            found = (step.text, step.label)
        case Choose() | ChooseAll():
            options = (text for option in step.options for text in (option.text, option.why))
            found = (step.prompt, step.alt, *options, *step.hints, step.explain)
        case TrueFalse():
            found = (step.prompt, step.alt, *step.hints, step.why, step.explain)
        case Number() | Text():
            notes = (note.why for note in step.known)
            found = (step.prompt, step.alt, *step.hints, *notes, step.explain)
        case Order():
            found = (step.prompt, step.alt, *step.items, *step.hints, step.why, step.explain)
        case Match():
            sides = (side for pair in step.pairs for side in (pair.left, pair.right))
            found = (step.prompt, step.alt, *sides, *step.hints, step.why, step.explain)
        case Open():
            levels = (level.text for level in step.rubric)
            found = (step.prompt, step.alt, *step.hints, step.model_answer, *levels, step.explain)
        case Poll():
            found = (step.prompt, step.alt, *step.options)
        case Rate():
            found = (step.prompt, step.alt, step.low_text, step.high_text)
        case Reflect():
            found = (step.prompt, step.alt)
        case _:
            assert_never(step)
    return tuple(text for text in found if text)


def count(course: Course, language: str) -> tuple[int, int]:
    """Return how many texts have a translation, and how many there are: "131 of 140"."""
    missing = len(missing_texts(course, language))
    total = sum(1 for _ in source_texts(course))
    return total - missing, total


def missing_texts(course: Course, language: str) -> tuple[SourceText, ...]:
    """Return the texts that stay in the source language, in reading order."""
    words = _Dictionary(translation_into(course, language))
    return tuple(text for text in source_texts(course) if not words.has(text))


def stale_pairs(course: Course, language: str) -> tuple[StalePair, ...]:
    """Return the pairs whose source does not occur where they are grouped, in the order of the file."""
    by_lesson: dict[str, list[str]] = {}
    at: set[tuple[str, str, str]] = set()
    for lesson in course.lessons:
        for step in lesson.steps:
            if isinstance(step, Number) and step.unit:
                by_lesson.setdefault(lesson.id, []).append(step.unit)
    for text in source_texts(course):
        if text.accept:
            at.add((text.lesson, f"{text.step}.accept", ""))
        else:
            by_lesson.setdefault(text.lesson, []).append(text.text)
            at.add((text.lesson, text.step, text.text))
    notes = {"": course.facilitator_notes} | {
        lesson.id: lesson.facilitator_notes for lesson in course.lessons
    }
    known = {lesson: set(texts) for lesson, texts in by_lesson.items()}
    stale: list[StalePair] = []
    for pair in translation_into(course, language).pairs:
        if pair.accept:
            fresh = (pair.lesson, pair.at, "") in at
        elif pair.source and pair.source in notes.get(pair.lesson, ""):
            fresh = True
        elif pair.at:
            fresh = (pair.lesson, pair.at, pair.source) in at
        elif pair.lesson:
            fresh = pair.source in known.get(pair.lesson, ())
        else:
            # The course's own group also serves every lesson.
            fresh = any(pair.source in texts for texts in known.values())
        if not fresh:
            candidates = by_lesson.get(pair.lesson, []) if len(stale) < _STALE_AT_MOST else []
            stale.append(StalePair(pair=pair, nearest=_nearest(pair.source, candidates)))
    return tuple(stale)


def _nearest(source: str, candidates: list[str]) -> str | None:
    by_start = {text[:_SIMILAR_CHARS]: text for text in candidates[:_SIMILAR_AT_MOST]}
    found = get_close_matches(source[:_SIMILAR_CHARS], list(by_start), n=1, cutoff=0.5) if source else []
    return by_start[found[0]] if found else None


class _Dictionary:
    """The pairs of one language, to look words up in."""

    def __init__(self, translation: Translation) -> None:
        self._pairs: dict[tuple[str, str, str], str] = {}
        self._accept: dict[tuple[str, str], tuple[str, ...]] = {}
        for pair in translation.pairs:
            if pair.accept:
                self._accept.setdefault((pair.lesson, pair.at), pair.accept)
            elif pair.target:
                self._pairs.setdefault((pair.lesson, pair.at, pair.source), pair.target)

    def find(self, text: str, *, lesson: str = "", step: str = "") -> str | None:
        """Return the target: for this step, else in this lesson, else in the whole course."""
        for key in ((lesson, step, text), (lesson, "", text), ("", "", text)):
            if key in self._pairs:
                return self._pairs[key]
        return None

    def text(self, text: str, *, lesson: str = "", step: str = "") -> str:
        found = self.find(text, lesson=lesson, step=step)
        return text if found is None else found

    def notes(self, text: str, *, lesson: str = "") -> str:
        """Return notes to facilitators with each translated part in its place."""
        for (group, _, source), target in self._pairs.items() if text else ():
            if group == lesson and source in text:
                text = text.replace(source, target)
        return text

    def accepted(self, text: Text, *, lesson: str) -> tuple[str, ...]:
        return self._accept.get((lesson, f"{text.id}.accept"), text.accept)

    def has(self, text: SourceText) -> bool:
        if text.accept:
            return (text.lesson, f"{text.step}.accept") in self._accept
        return self.find(text.text, lesson=text.lesson, step=text.step) is not None


def _lesson(lesson: Lesson, words: _Dictionary) -> Lesson:
    return replace(
        lesson,
        title=words.text(lesson.title, lesson=lesson.id),
        goal=words.text(lesson.goal, lesson=lesson.id),
        facilitator_notes=words.notes(lesson.facilitator_notes, lesson=lesson.id),
        steps=tuple(_step(step, lesson.id, words) for step in lesson.steps),
    )


def _step(step: Step, lesson: str, words: _Dictionary) -> Step:
    def told(text: str) -> str:
        return words.text(text, lesson=lesson, step=step.id)

    match step:
        case Say():
            return replace(step, text=told(step.text))
        case Image() | File():
            return replace(step, text=told(step.text), alt=told(step.alt))
        case Audio():
            return replace(step, text=told(step.text), transcript=told(step.transcript))
        case Video():
            return replace(step, text=told(step.text), alt=told(step.alt), transcript=told(step.transcript))
        case More():
            return replace(step, text=told(step.text), more=told(step.more))
        case Link():
            return replace(step, text=told(step.text), label=told(step.label))
        case Choose() | ChooseAll() | TrueFalse() | Number() | Text() | Order() | Match() | Open():
            return _question(step, lesson, words)
        case Poll() | Rate() | Reflect():
            return _survey(step, lesson, words)
        case _:
            assert_never(step)


def _question(question: AnyQuestion, lesson: str, words: _Dictionary) -> AnyQuestion:
    def told(text: str) -> str:
        return words.text(text, lesson=lesson, step=question.id)

    shared = replace(
        question,
        prompt=told(question.prompt),
        hints=tuple(told(hint) for hint in question.hints),
        explain=told(question.explain),
        alt=told(question.alt),
    )
    match shared:
        case Choose() | ChooseAll():
            options = tuple(
                replace(option, text=told(option.text), why=told(option.why)) for option in shared.options
            )
            return replace(shared, options=options)
        case TrueFalse():
            return replace(shared, why=told(shared.why))
        case Number():
            known = tuple(replace(note, why=told(note.why)) for note in shared.known)
            return replace(shared, unit=told(shared.unit), known=known)
        case Text():
            notes = tuple(replace(note, why=told(note.why)) for note in shared.known)
            return replace(shared, accept=words.accepted(shared, lesson=lesson), known=notes)
        case Order():
            return replace(shared, items=tuple(told(item) for item in shared.items), why=told(shared.why))
        case Match():
            pairs = tuple(
                replace(pair, left=told(pair.left), right=told(pair.right)) for pair in shared.pairs
            )
            return replace(shared, pairs=pairs, why=told(shared.why))
        case Open():
            rubric = tuple(replace(level, text=told(level.text)) for level in shared.rubric)
            return replace(shared, model_answer=told(shared.model_answer), rubric=rubric)
        case _:
            assert_never(shared)


def _survey(survey: AnySurvey, lesson: str, words: _Dictionary) -> AnySurvey:
    def told(text: str) -> str:
        return words.text(text, lesson=lesson, step=survey.id)

    shared = replace(survey, prompt=told(survey.prompt), alt=told(survey.alt))
    match shared:
        case Poll():
            return replace(shared, options=tuple(told(option) for option in shared.options))
        case Rate():
            return replace(shared, low_text=told(shared.low_text), high_text=told(shared.high_text))
        case Reflect():
            return shared
        case _:
            assert_never(shared)
