"""How well somebody remembers one question, and when it should come again.

The model is FSRS 6 with its published weights (github.com/open-spaced-repetition, MIT). Nothing
here is random and nothing reads a clock: the same answers at the same moments give the same memory.
The model is loaded when it is first asked: 25 ms that no start and no ordinary press should wait for.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

Rating: TypeAlias = Literal["again", "hard", "good", "easy"]
"""How it went, from worst to best; the names are FSRS's own."""

RETENTION = 0.9
"""Chance of knowing it still, at which it comes again; FSRS's default."""
LONGEST = timedelta(days=365)
WEEK = timedelta(days=7)
"""Between the two right answers that retire a question (Kerfoot's trials: two in a row)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """One learner's memory of one question."""

    stability_days: float
    """Days until the chance of knowing it has fallen to `RETENTION`; above 0."""
    difficulty: float
    """1 (easy for this person) to 10."""
    reviewed_at: datetime
    """The last time it was asked."""
    due_at: datetime
    """A whole number of days after `reviewed_at`, at least one."""
    right_since: datetime | None
    """The first of the latest answers that were right without help; None when the last one was not."""
    retired: bool
    """Known: right without help twice in a row, at least a week apart."""


def review(memory: Memory | None, rating: Rating, *, at: datetime) -> Memory:
    """Return the memory after the question was asked at `at` (UTC) and went as `rating` says.

    None is a question that was never asked before. A rating of an earlier moment than the last one
    counts as given at the same moment: clocks can be set back.
    """
    from fsrs import Rating as Grade

    if memory is not None:
        at = max(at, memory.reviewed_at)
    card, _ = _model().review_card(_card(memory), Grade(_GRADES[rating]), review_datetime=at.astimezone(UTC))
    assert card.stability is not None
    assert card.difficulty is not None
    right = rating in {"good", "easy"}
    since = None if memory is None else memory.right_since
    return Memory(
        stability_days=card.stability,
        difficulty=card.difficulty,
        reviewed_at=at,
        due_at=card.due,
        right_since=(since or at) if right else None,
        retired=right and since is not None and at - since >= WEEK,
    )


def retrievability(memory: Memory, *, at: datetime) -> float:
    """Return the chance, 0..1, that they know it at `at`; by whole days, as the model counts."""
    return float(_model().get_card_retrievability(_card(memory), current_datetime=at.astimezone(UTC)))


_GRADES: dict[Rating, int] = {"again": 1, "hard": 2, "good": 3, "easy": 4}


def _card(memory: Memory | None) -> "Card":
    from fsrs import Card, State

    # Without a number of its own the library sleeps for a millisecond to find one.
    if memory is None:
        return Card(card_id=1)
    return Card(
        card_id=1,
        state=State.Review,
        stability=memory.stability_days,
        difficulty=memory.difficulty,
        due=memory.due_at,
        last_review=memory.reviewed_at.astimezone(UTC),
    )


@cache
def _model() -> "Scheduler":
    from fsrs import Scheduler

    # No steps of minutes: nobody is asked twice in one sitting. No fuzzing: it draws from the
    # global random, and the same answers would come at other days after a restart.
    return Scheduler(
        desired_retention=RETENTION,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST.days,
        enable_fuzzing=False,
    )
