"""A course as its author wrote it, checked and frozen.

Nothing here changes after reading: an edited course is another `Course`, with another content
hash (`lessons.versions`).
"""

from dataclasses import dataclass, field
from datetime import time
from typing import Literal

from lessons.steps import CARDS, SURVEYS, AnyQuestion, AnySurvey, Open, Step

WORKDAYS = frozenset({0, 1, 2, 3, 4})
DAILY = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often lessons come, unless the group or the learner says otherwise."""

    weekdays: frozenset[int] = WORKDAYS
    """Days with a lesson, 0 = Monday to 6 = Sunday; never empty."""
    at: time = time(9)
    """Wall-clock time where the learner lives."""
    catch_up: Literal["one_at_a_time", "all"] = "one_at_a_time"
    """`all`: whoever joins late or was away may take the missed lessons one after the other at once."""
    ahead: bool = False
    """Learners may take the next lesson before its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalTest:
    """What makes a lesson a test: its questions are a pool, and each learner gets some of them."""

    draw: int
    """Questions each learner gets, drawn once for each attempt and remembered; 1..the pool's size."""
    pass_percent: int
    """0..100 of the test's own points."""
    attempts: int = 2
    """1..5, how often it may be taken."""
    retake_after_days: int = 1
    """Learning days between two attempts, 0..30."""
    variants: tuple[tuple[str, ...], ...] = ()
    """Ids of questions that are one item of the pool: of each group at most one is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledAnnouncement:
    """An announcement that travels with the course; it becomes a draft of the facilitators."""

    id: str
    when: Literal["start", "end", "after_lesson", "before_lesson", "day"]
    lesson: str = ""
    """Lesson id, for `after_lesson` and `before_lesson`."""
    days: int = 0
    """Days before the lesson, or the day of the course (1 = the group's first), 0..365."""
    at: time | None = None
    """Wall-clock time in the group's zone; None for the group's lesson hour."""
    text: str
    image: str | None = None
    alt: str = ""
    auto: bool = False
    """The author's wish that it goes out alone; followed only where the group says so."""


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
    needs: tuple[str, ...] = ()
    """Ids of earlier lessons that must be finished before this one comes."""
    test: FinalTest | None = None
    """None for an ordinary lesson. In a test every question is in the pool; cards are shown to all."""

    @property
    def questions(self) -> tuple[AnyQuestion, ...]:
        """The questions among the steps, in order: what is marked."""
        return tuple(step for step in self.steps if not isinstance(step, (*CARDS, *SURVEYS)))

    @property
    def surveys(self) -> tuple[AnySurvey, ...]:
        """The surveys among the steps, in order: what is asked and not marked."""
        return tuple(step for step in self.steps if isinstance(step, SURVEYS))


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
    announcements: tuple[BundledAnnouncement, ...] = ()
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
    def asked_again(self) -> tuple[str, ...]:
        """Ids of the questions that come again after their lesson, in order; none of a test is."""
        return tuple(
            asked.id
            for lesson in self.lessons
            if lesson.test is None
            for asked in lesson.questions
            if asked.review and not isinstance(asked, Open)
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """The source language first, then the translations in their order."""
        return (self.language, *(translation.language for translation in self.translations))
