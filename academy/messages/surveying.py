"""What is said around open questions and surveys: what a person reads, and what nobody marks."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from academy.messages.learning import Choice, Picture
from lessons.markup import RichText


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeTold:
    """A grade, in the words of whoever reads it."""

    points: float
    of_points: int
    level: str = ""
    """What the rubric says of these points; empty without a rubric."""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenKept:
    """What was sent to an open question, or that it was left out; the lesson goes on at once."""

    kind: Literal["open_kept"] = "open_kept"
    assignment_id: int
    step: int
    state: Literal["sent", "graded", "skipped"]
    facilitator: str = ""
    """Empty while nobody has a name; see `nobody`."""
    nobody: bool = False
    """The group has no facilitator yet."""
    workdays: int = 2
    """Within which an answer usually comes."""
    example: RichText = RichText("")
    """The author's own answer, to compare."""
    explain: RichText = RichText("")
    grade: GradeTold | None = None
    last: bool = False
    """It ended the lesson: there is nothing to continue with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChanged:
    """The learner changed a message that was an answer."""

    kind: Literal["open_changed"] = "open_changed"
    facilitator: str
    too_late: bool = False
    """It has been graded: what was sent before counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGraded:
    """A facilitator's grade, quoting the learner's own message."""

    kind: Literal["answer_graded"] = "answer_graded"
    facilitator: str
    grade: GradeTold
    question: str
    again: bool = False
    """Takes the place of an earlier grade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalResult:
    """The last answer was graded after the course was finished: now the result is known."""

    kind: Literal["final_result"] = "final_result"
    course: str
    score_percent: int | None
    passed: bool
    pass_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyShown:
    """A poll, a scale or a moment to think; the answer can be changed until Continue."""

    kind: Literal["survey"] = "survey"
    assignment_id: int
    step: int
    form: Literal["poll", "rate", "reflect"]
    prompt: RichText
    choices: tuple[Choice, ...] = ()
    """What can be pressed; of a scale its numbers. Empty for `reflect`."""
    low: str = ""
    """What the lowest number means; may be empty, as the highest may."""
    high: str = ""
    answered: bool = False
    written: str = ""
    """`reflect`: what was written."""
    shares: tuple[tuple[str, int], ...] = ()
    """`poll`: option and how many chose it; empty while too few have answered."""
    share_with: str | None = None
    """`reflect`: whom it can be shared with, empty without a name; None when there is nobody."""
    shared: bool = False
    message_id: int | None = None
    """The learner's own message with what was written, as far as it is known."""
    anonymous: bool = False
    picture: Picture | None = None
    text_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRead:
    """An open question or a survey of a finished lesson, read again."""

    kind: Literal["kept_read"] = "kept_read"
    assignment_id: int
    step: int
    prompt: RichText
    options: tuple[str, ...] = ()
    """What could be chosen, in words."""
    asked: bool = True
    """False where somebody only looks at the course: then nothing was answered or left out."""
    yours: str = ""
    """What was answered, in words; empty when it was left out."""
    seconds: int | None = None
    """Of a voice note."""
    example: RichText = RichText("")
    explain: RichText = RichText("")
    grade: GradeTold | None = None
    waiting: bool = False
    picture: Picture | None = None
    text_only: bool = False
    last: bool = False


SurveyingMessage: TypeAlias = OpenKept | OpenChanged | AnswerGraded | FinalResult | SurveyShown | KeptRead
