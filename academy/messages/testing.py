"""What is said before, inside and after a final test."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from lessons.markup import RichText


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutTest:
    """What somebody should know before they begin a test."""

    questions: int
    """How many they will be asked."""
    pass_percent: int
    attempt: int
    """1-based: which attempt this is."""
    attempts: int
    """How many there are in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerKept:
    """An answer in a test: it is kept, and nothing is said of it before the end."""

    kind: Literal["answer_kept"] = "answer_kept"
    assignment_id: int
    step: int
    prompt: RichText
    chosen: str
    """What the learner said, as they see it; empty when they left the question out."""
    last: bool
    """Nothing follows: Continue finishes the test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredInTest:
    """One question of a finished test, and what became of it."""

    prompt: RichText
    verdict: Literal["right", "partly", "wrong", "skipped"]
    chosen: str
    answer: str
    why: RichText = RichText("")
    """The author's reason why what was chosen is wrong; empty when it was right."""
    explain: RichText = RichText("")


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalTestDone:
    """The result of one attempt: the score, every question with its reason, and what comes next."""

    kind: Literal["final_test_done"] = "final_test_done"
    assignment_id: int
    enrollment_id: int
    """The button to the lessons to read again points at it."""
    title: str
    percent: int | None
    """0..100, rounded down; None when nothing was asked."""
    pass_percent: int
    passed: bool
    answers: tuple[AnsweredInTest, ...]
    read_again: tuple[tuple[int, str], ...] = ()
    """Number and title of the lessons the test is about; only when it was not passed."""
    attempts_left: int = 0
    passed_before: bool = False
    """An earlier attempt passed, and counts."""
    next_at: datetime | None = None
    """When the next lesson comes; None when none does by itself."""
    again_at: datetime | None = None
    """When the test itself comes again; None when it does not."""
    zone: str = ""
    take_now: Literal["", "again", "next"] = ""
    """What may be taken at once: the test again, or the lesson after it; empty for neither."""
    given: int = 0
    """Lessons given so far, carried by the button for `take_now`."""
    facilitator: str = ""
    """Who can help when no attempt is left; empty while nobody can be named."""


TestingMessage: TypeAlias = AnswerKept | FinalTestDone
