"""What is said about a new version of a course: to those who learn it, and to those who look after them."""

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonsChanged:
    """Lessons that this learner has finished read differently now."""

    kind: Literal["lessons_changed"] = "lessons_changed"
    course: str
    lessons: tuple[tuple[int, int, str], ...]
    """Assignment, 1-based number and title; one to five, in course order."""
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedQuestion:
    """One question whose key was wrong, and what the learner's best answer counts as now."""

    prompt: str
    counts: Literal["right", "partly", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCorrected:
    """A mistake of ours in a question has changed what this learner's answers count."""

    kind: Literal["key_corrected"] = "key_corrected"
    course: str
    questions: tuple[CorrectedQuestion, ...]
    """At least one."""
    score_percent: int | None
    """As /progress shows it now."""
    passed: Literal["", "now", "kept"] = ""
    """`now`: passed by the corrected key; `kept`: would not have passed by it, and stays passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassesKept:
    """For facilitators: who stays passed though a corrected key lowered their score."""

    kind: Literal["passes_kept"] = "passes_kept"
    group: str
    course: str
    pass_percent: int
    names: tuple[str, ...]
    """In the order their answers came; at least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is not as it was in the version people learn, and whom that meets."""

    what: Literal["course", "lesson", "question", "translation", "renamed"]
    id: str
    """Name of the course's field, id of the lesson or question, language; of `renamed`, the new id."""
    how: Literal["", "added", "removed", "moved", "changed", "key", "lesson", "question"] = ""
    """`key`: the right answer changed. Of `renamed`: what it is."""
    was: str = ""
    """Of `renamed`: the id that is gone."""
    number: int = 0
    """Of a lesson or the lesson of a question, 1-based; of a removed lesson, the one it had."""
    was_number: int = 0
    title: str = ""
    past: int = 0
    """Learners who have finished this lesson."""
    inside: int = 0
    """Learners who have begun it: they finish the one they began."""
    ahead: int = 0
    """Learners who will get it as it is now."""
    answers: int = 0
    """Learners who have answered this question: their answers are kept."""
    count: int = 0
    """Pairs of a translation."""
    aspects: tuple[Literal["words", "key", "points", "rules"], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseChanges:
    """Everything that a new version would change."""

    course_id: str
    version: str
    against: str
    """The author's version it is compared with."""
    learners: int
    """Enrolled in any version, the withdrawn left out."""
    changes: tuple[Change, ...]
    new_ids: int = 0
    """Of lessons, questions and surveys."""
    key_corrected: bool = False
    """Whether answers could be marked again."""

    @property
    def renamed(self) -> tuple[Change, ...]:
        """Ids that look renamed: somebody should say whether they are."""
        return tuple(change for change in self.changes if change.what == "renamed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What became of whom: numbers of enrollments, the withdrawn left out."""

    moved: int = 0
    """Go on in the new version."""
    under_way: int = 0
    """Of those, finish a lesson in the version in which they began it."""
    completed: int = 0
    """Of those, have nothing left to do: the course is over for them."""
    finished: int = 0
    """Had finished the course and keep it as they finished it."""
    stay: int = 0
    """Go on in the version they have, because the plan is for new groups only."""
    named: int = 0
    """Are told of lessons that they have finished and that changed."""
    scored_anew: int = 0
    """Have another score, because a key was corrected."""
    passes_kept: int = 0
    """Of those, would not have passed by the corrected key, and stay passed."""


VersionMessage: TypeAlias = LessonsChanged | KeyCorrected | PassesKept
