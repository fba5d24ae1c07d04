"""What is said around questions that come again: in a lesson's words, and never how many are due."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from academy.messages.learning import Feedback, QuestionShown


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewShown:
    """A question of an earlier lesson, waiting for a response."""

    kind: Literal["review_shown"] = "review_shown"
    question: QuestionShown
    """As in its lesson, with the review in place of the assignment."""
    lesson: int
    """1-based number of the lesson it is from."""
    title: str
    to_lesson: bool
    """It stands before a lesson that waits: leaving it out leads there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFeedback:
    """The verdict on a response to such a question."""

    kind: Literal["review_feedback"] = "review_feedback"
    feedback: Feedback


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOffer:
    """A round after the course, at the learner's hour: the one message of it that buzzes."""

    kind: Literal["review_offer"] = "review_offer"
    round_id: int
    course: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOver:
    """The end of a round that no lesson follows."""

    kind: Literal["review_over"] = "review_over"
    left: bool = False
    """The learner ended it, or did not begin it."""
    next_at: datetime | None = None
    """A moment on the day of the next question; None when no more are known of."""
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingToReview:
    """/review when there is nothing to ask."""

    kind: Literal["nothing_to_review"] = "nothing_to_review"
    reason: Literal["later", "enough", "not_yet", "known", "never"]
    """`enough`: today had its questions. `not_yet`: nothing was answered so far. `known`: everything
    is known. `never`: the course asks nothing again."""
    next_at: datetime | None = None
    """A moment on the day of the next question."""
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshSet:
    """Whether rounds come from time to time after the course."""

    kind: Literal["fresh_set"] = "fresh_set"
    enrollment_id: int
    on: bool
    next_at: datetime | None = None
    """When the next one comes; None when none does."""
    zone: str


ReviewingMessage: TypeAlias = (
    ReviewShown | ReviewFeedback | ReviewOffer | ReviewOver | NothingToReview | FreshSet
)
