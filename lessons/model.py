"""A course as its author wrote it, checked and frozen.

Nothing here changes after reading: an edited course is another `Course`, with another content
hash (`lessons.versions`).
"""

from dataclasses import dataclass, field
from datetime import time

from lessons.steps import AnyQuestion, Image, Say, Step

WORKDAYS = frozenset({0, 1, 2, 3, 4})
DAILY = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often lessons come, unless the group or the learner says otherwise."""

    weekdays: frozenset[int] = WORKDAYS
    """Days with a lesson, 0 = Monday to 6 = Sunday; never empty."""
    at: time = time(9)
    """Wall-clock time where the learner lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One idea, three to five minutes."""

    id: str
    title: str
    minutes: int = 4
    """The author's estimate, 1..60."""
    goal: str = ""
    steps: tuple[Step, ...]
    """Never empty, in the order the learner meets them."""
    facilitator_notes: str = ""

    @property
    def questions(self) -> tuple[AnyQuestion, ...]:
        """The questions among the steps, in order."""
        return tuple(step for step in self.steps if not isinstance(step, (Say, Image)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One translated string: the source as it stood when it was translated, and the target."""

    source: str
    target: str
    at: str = ""
    """`<step id>` or `<step id>.accept`: only where the same words need two translations."""
    accept: tuple[str, ...] = ()
    """Accepted answers written anew in the other language, for `<step id>.accept`."""
    lesson: str = ""
    """Lesson id the pair is grouped under; empty for the course's own texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The pairs of one language."""

    language: str
    draft: bool = False
    """True until a native speaker has read it; shown to admins, not to learners."""
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A whole course in its source language, with its translations beside it."""

    id: str
    title: str
    summary: str = ""
    language: str
    """BCP 47 tag of the source language, such as `en`."""
    version: str
    """As the author wrote it, such as `1.2.0`."""
    licence: str = ""
    authors: tuple[str, ...] = ()
    pace: Pace = Pace()
    pass_percent: int = 70
    """Final score needed to pass, 0..100."""
    facilitator_notes: str = ""
    lessons: tuple[Lesson, ...]
    """Never empty; ids unique."""
    translations: tuple[Translation, ...] = ()
    media: dict[str, str] = field(default_factory=dict)
    """Path inside the course → sha256 of the bytes, 64 hex digits."""

    def lesson(self, lesson_id: str) -> Lesson:
        """Return the lesson with this id; KeyError when the course has none."""
        for lesson in self.lessons:
            if lesson.id == lesson_id:
                return lesson
        raise KeyError(lesson_id)

    @property
    def languages(self) -> tuple[str, ...]:
        """The source language first, then the translations in their order."""
        return (self.language, *(translation.language for translation in self.translations))
