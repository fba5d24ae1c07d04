"""What changed between two versions of a course, so that it can be said of the people in them.

Ids decide what is the same: a lesson or a question with another id is another one, however alike
its words. What looks like the same thing under another id is told, so that somebody can be asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

from lessons.keys import key_changed
from lessons.likeness import Renamed, renamed
from lessons.model import Course
from lessons.steps import CARDS, Step

Aspect: TypeAlias = Literal["words", "key", "points", "rules"]
"""`key`: what counts as right; `rules`: tries, order of options and the like."""

_RULES = frozenset(
    {"tries", "shuffle", "keep_last", "voice", "hide_name", "reply_within", "anonymous", "review"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonChange:
    """One lesson that is not as it was."""

    id: str
    title: str
    what: Literal["added", "removed", "moved", "changed"]
    """A lesson that moved and changed is told twice."""
    number: int
    """1-based: in the new course, of a removed one in the old."""
    was_number: int = 0
    """1-based in the old course; 0 when it was not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChange:
    """One step that is not as it was."""

    id: str
    lesson_id: str
    """Of the new course; of a removed step, of the old."""
    kind: str
    is_asked: bool
    """A question or a survey: answers are kept under its id."""
    what: Literal["added", "removed", "changed"]
    aspects: tuple[Aspect, ...] = ()
    """Of a changed one, in the order of `Aspect`; never empty then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationChange:
    """One translation that is not as it was."""

    language: str
    what: Literal["added", "removed", "changed"]
    pairs: int
    """How many pairs are new or different; of a removed translation, how many it had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that changed; all empty when nothing did."""

    fields: tuple[str, ...] = ()
    """Names of `Course` whose value changed; lessons, translations and the version are not among them."""
    lessons: tuple[LessonChange, ...] = ()
    """In course order, removed ones last."""
    steps: tuple[StepChange, ...] = ()
    """In course order, removed ones last."""
    translations: tuple[TranslationChange, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    """Suspected only: the same ids are among the removed and the added."""

    @property
    def corrected(self) -> tuple[str, ...]:
        """Ids of questions that were there before and have another right answer now."""
        return tuple(step.id for step in self.steps if "key" in step.aspects)

    @property
    def removed_questions(self) -> tuple[str, ...]:
        """Ids of questions and surveys that are not asked any more."""
        return tuple(step.id for step in self.steps if step.is_asked and step.what == "removed")

    @property
    def new_ids(self) -> tuple[str, ...]:
        """Ids of lessons, questions and surveys that were not there before."""
        lessons = [lesson.id for lesson in self.lessons if lesson.what == "added"]
        return (*lessons, *(step.id for step in self.steps if step.is_asked and step.what == "added"))


def difference(before: Course, after: Course) -> Difference:
    """Return what changed from `before` to `after`, two versions of one course."""
    return Difference(
        fields=tuple(
            one.name
            for one in fields(Course)
            if one.name not in {"lessons", "translations", "version"}
            and getattr(before, one.name) != getattr(after, one.name)
        ),
        lessons=_lessons(before, after),
        steps=_steps(before, after),
        translations=_translations(before, after),
        renamed=renamed(before, after),
    )


def _lessons(before: Course, after: Course) -> tuple[LessonChange, ...]:
    old = {lesson.id: (number, lesson) for number, lesson in enumerate(before.lessons, start=1)}
    new_ids = [lesson.id for lesson in after.lessons]
    moved = _out_of_order([one for one in old if one in set(new_ids)], [one for one in new_ids if one in old])
    found: list[LessonChange] = []
    for number, lesson in enumerate(after.lessons, start=1):
        was_number, was = old.get(lesson.id, (0, lesson))
        told: list[Literal["added", "removed", "moved", "changed"]] = []
        if not was_number:
            told.append("added")
        if lesson.id in moved:
            told.append("moved")
        if was != lesson:
            told.append("changed")
        found += [
            LessonChange(id=lesson.id, title=lesson.title, what=what, number=number, was_number=was_number)
            for what in told
        ]
    gone = set(old) - set(new_ids)
    return (
        *found,
        *(
            LessonChange(id=lesson.id, title=lesson.title, what="removed", number=number, was_number=number)
            for number, lesson in old.values()
            if lesson.id in gone
        ),
    )


def _out_of_order(old: Sequence[str], new: Sequence[str]) -> frozenset[str]:
    """Return the ids that had to move: the same ids in both, as few as explain the new order."""
    places = {one: place for place, one in enumerate(new)}
    sequence = [places[one] for one in old]
    # Longest increasing run by dynamic programming: whoever is not in it has moved.
    best: list[list[int]] = []
    for place in sequence:
        runs = [run for run in best if run[-1] < place]
        longest = max(runs, key=len) if runs else []
        best.append([*longest, place])
    longest = max(best, key=len) if best else []
    stayed = set(longest)
    return frozenset(one for one, place in places.items() if place not in stayed)


def _steps(before: Course, after: Course) -> tuple[StepChange, ...]:
    old, new = _by_id(before), _by_id(after)
    accepted = _translated_keys(before), _translated_keys(after)
    found = []
    for lesson_id, step in new.values():
        was = old.get(step.id)
        if was is None:
            found.append(_told(step, lesson_id, "added"))
            continue
        other_words = accepted[0].get(step.id) != accepted[1].get(step.id)
        aspects = _aspects(was[1], step, translated_key=other_words)
        if aspects:
            found.append(_told(step, lesson_id, "changed", aspects))
    gone = [_told(step, lesson_id, "removed") for lesson_id, step in old.values() if step.id not in new]
    return (*found, *gone)


def _told(
    step: Step,
    lesson_id: str,
    what: Literal["added", "removed", "changed"],
    aspects: tuple[Aspect, ...] = (),
) -> StepChange:
    asked = not isinstance(step, CARDS)
    return StepChange(
        id=step.id, lesson_id=lesson_id, kind=step.kind, is_asked=asked, what=what, aspects=aspects
    )


def _aspects(was: Step, step: Step, *, translated_key: bool) -> tuple[Aspect, ...]:
    found: set[Aspect] = set()
    if was != step:
        changed = {
            one.name for one in fields(step) if getattr(was, one.name, None) != getattr(step, one.name)
        }
        if "points" in changed:
            found.add("points")
        if changed & _RULES:
            found.add("rules")
        if changed - _RULES - {"points"}:
            # What is right changed with words or without: both are told, the key is what counts.
            found.add("key" if key_changed(was, step) else "words")
    if translated_key:
        found.add("key")
    order: tuple[Aspect, ...] = ("words", "key", "points", "rules")
    return tuple(aspect for aspect in order if aspect in found)


def _by_id(course: Course) -> dict[str, tuple[str, Step]]:
    return {step.id: (lesson.id, step) for lesson in course.lessons for step in lesson.steps}


def _translated_keys(course: Course) -> dict[str, frozenset[tuple[str, tuple[str, ...]]]]:
    """Return question id → language and accepted answers, where a translation writes them anew."""
    found: dict[str, frozenset[tuple[str, tuple[str, ...]]]] = {}
    for translation in course.translations:
        for pair in translation.pairs:
            if pair.accept:
                step_id = pair.at.removesuffix(".accept")
                found[step_id] = found.get(step_id, frozenset()) | {(translation.language, pair.accept)}
    return found


def _translations(before: Course, after: Course) -> tuple[TranslationChange, ...]:
    old = {one.language: one for one in before.translations}
    new = {one.language: one for one in after.translations}
    found = []
    for language, now in new.items():
        was = old.get(language)
        if was is None:
            found.append(TranslationChange(language=language, what="added", pairs=len(now.pairs)))
        elif was != now:
            pairs = len(set(now.pairs) - set(was.pairs))
            found.append(TranslationChange(language=language, what="changed", pairs=pairs))
    return (
        *found,
        *(
            TranslationChange(language=language, what="removed", pairs=len(was.pairs))
            for language, was in old.items()
            if language not in new
        ),
    )
