"""What facilitators are told while they grade open answers."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from academy.messages.surveying import GradeTold


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One button: so many points, and what they are for."""

    points: float
    text: str
    """Empty without a rubric."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerToGrade:
    """One answer with the buttons that grade it."""

    kind: Literal["answer_to_grade"] = "answer_to_grade"
    response_id: int
    version: int
    """Of the answer that is shown: a grade is for this one."""
    round: int
    """The grade that is given here, from 1."""
    group: str
    lesson: str
    question: str
    answer: str
    """Empty when the whole answer stands in the message above."""
    seconds: int | None = None
    """Of a voice note."""
    levels: tuple[Level, ...]
    """Points ascending; the first one is worth nothing."""
    of_points: int
    learner: str | None = None
    """None while the name is hidden."""
    comment: str = ""
    """Goes along with the grade."""
    before: GradeTold | None = None
    """The grade that stands now, when it is to be changed."""
    changed: bool = False
    """The learner changed the answer while it was being read."""
    others: int = 0
    """How many more wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWhole:
    """A long answer or a voice note by itself, above its buttons."""

    kind: Literal["answer_whole"] = "answer_whole"
    response_id: int
    text: str = ""
    file_id: str = ""
    """The messenger's name of a voice note or audio file."""
    file_kind: Literal["voice", "audio"] = "voice"
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeKept:
    """The grade is on its way to the learner."""

    kind: Literal["grade_kept"] = "grade_kept"
    response_id: int
    grade: GradeTold


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedBefore:
    """Somebody else was faster: their grade counts."""

    kind: Literal["graded_before"] = "graded_before"
    response_id: int
    facilitator: str
    """Who graded it; empty when nobody knows any more."""
    grade: GradeTold


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPrompt:
    """Write the comment; the next text goes along with the grade."""

    kind: Literal["comment_prompt"] = "comment_prompt"


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingToGrade:
    """Nothing waits behind this one."""

    kind: Literal["nothing_to_grade"] = "nothing_to_grade"
    put_off: int
    """Answers that were left for later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersWait:
    """Answers came in that wait to be graded; said once a day at most."""

    kind: Literal["answers_wait"] = "answers_wait"
    group: str
    group_id: int


GradingMessage: TypeAlias = (
    AnswerToGrade | AnswerWhole | GradeKept | GradedBefore | CommentPrompt | NothingToGrade | AnswersWait
)
