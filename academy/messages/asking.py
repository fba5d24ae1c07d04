"""What is said when somebody asks a person."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPrompt:
    """/ask: write your question."""

    kind: Literal["ask_prompt"] = "ask_prompt"
    facilitator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion:
    """Free text that nothing expected: send it to the facilitator?"""

    kind: Literal["ask_question"] = "ask_question"
    facilitator: str
    text: str
    message_id: int | None = None
    """The learner's own message: it asks once, and the answer quotes it."""
    group_id: int = 0
    lesson_id: str | None = None
    step_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question is on its way to a person."""

    kind: Literal["asked"] = "asked"
    facilitator: str
    typical_hours: int | None
    """Median hours to an answer in the last 30 days; None with fewer than three answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyToAsk:
    """The group has no facilitator, or the person is in no group."""

    kind: Literal["nobody_to_ask"] = "nobody_to_ask"
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFromPerson:
    """A facilitator's answer, quoting the question."""

    kind: Literal["answer_from_person"] = "answer_from_person"
    facilitator: str
    text: str
