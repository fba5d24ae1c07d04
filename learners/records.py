"""What a learner did: facts, added and closed, never rewritten."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from learners.groups import Enrollment
from learners.people import Person

Verdict: TypeAlias = Literal["right", "partly", "wrong", "shown", "noted", "waiting"]
"""`shown`: the learner asked for the answer, or left the question out; scores 0.
`noted`: kept and never scored. `waiting`: nobody has graded it yet; scores 0 and does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One lesson given to one enrollment, and where the learner is in it."""

    id: int
    enrollment_id: int
    lesson_id: str
    course_version_id: int
    """The version that was shown: responses are graded against it."""
    assigned_at: datetime
    assigned_on: date
    """Local date: at most one lesson a day that we start."""
    attempt: int = 1
    """Of a test: which one this is. Other lessons are given once."""
    asked: bool = False
    """The learner asked for it before its day."""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    reminded_at: datetime | None = None
    snoozed_until: datetime | None = None
    step: int = 0
    """Index of the step the learner is at; steps before it are done."""
    hints_shown: int = 0
    """Hints asked for at the current step."""
    try_number: int = 1
    """The try that comes next at the current step."""
    picked: frozenset[int] = frozenset()
    """Options ticked but not yet checked."""
    placed: tuple[int, ...] = ()
    """What was put in its place and not yet checked, by index in the author's order."""
    drawn: tuple[str, ...] = ()
    """Of a test that was begun: ids of the questions drawn for this attempt."""
    passed: bool = False
    """Of a test: it was passed when it was finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One graded response."""

    assignment_id: int
    lesson_id: str
    question_id: str
    try_number: int
    response: str
    """As given: typed text, or option indexes of the author's order joined by commas.

    Empty for an open question: what was written or said there is kept with its changes."""
    score: float
    """0..1."""
    verdict: Verdict
    answered_at: datetime
    hints: int = 0
    """Hints on the screen when it was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerRecord:
    """Everything a report needs to know about one enrollment."""

    person: Person
    enrollment: Enrollment
    assignments: tuple[Assignment, ...]
    """In the order they were assigned."""
    responses: tuple[Response, ...]
    """In the order they were given."""
    unanswered_questions: int = 0
    """Questions to the facilitator that nobody has answered yet."""
