"""Which questions come again, decided from what was answered: a few at a time, never a backlog.

Nothing about a memory is kept. It follows from the answers, so a corrected key, a renamed id or a
question that is gone needs nothing here. However many questions are due, a day has its few: what is
left comes on later days, the least remembered first, and nobody is told how many there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from learners.records import Verdict
from scheduler.local_time import at_local_time, local_date
from scheduler.memory import Memory, Rating, retrievability, review

BEFORE_A_LESSON = 2
"""Questions asked before a lesson, at most."""
A_DAY = 5
"""Questions of one local day, whichever way they come; `storage.review_tables` holds it too."""
RESTS = timedelta(days=3)
"""How long a question waits that was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One answer to a question."""

    verdict: Verdict
    hints: int
    """On the screen when it was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """A question was asked once, in a lesson or later, and answered until it was over or left."""

    question_id: str
    at: datetime
    """Of the last answer."""
    rating: Rating


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What one learner did with the questions of one course."""

    encounters: tuple[Encounter, ...] = ()
    """In any order; two at the same moment count in the order they stand."""
    left_out: Mapping[str, datetime] = field(default_factory=dict)
    """Question id → when it was left out last."""


def rating_of(tries: Sequence[Tried]) -> Rating:
    """Return how well a question was remembered, from all answers to it at one time; never empty.

    Never from what learners say of themselves. `good`: right at once and without a hint. `hard`:
    right in the end. `again`: everything else. Nothing we see tells `easy` from `good`: time is not
    measured, for nobody is to hurry (docs/decisions/0021).
    """
    first, last = tries[0], tries[-1]
    if last.verdict != "right":
        return "again"
    return "good" if first is last and not last.hints else "hard"


def memories(history: History) -> dict[str, Memory]:
    """Return the memory of every question that was answered at least once."""
    found: dict[str, Memory] = {}
    for encounter in sorted(history.encounters, key=lambda one: one.at):
        before = found.get(encounter.question_id)
        found[encounter.question_id] = review(before, encounter.rating, at=encounter.at)
    return found


def due(
    history: History, *, among: Iterable[str], now: datetime, zone: ZoneInfo, most: int
) -> tuple[str, ...]:
    """Return at most `most` questions that should come today, the least remembered first.

    `among` are the questions that may be asked again, in the order of the course, which decides
    between equals. A question due later today is due: lessons come at one hour of the day.
    """
    known = memories(history)
    today = local_date(now, zone=zone)
    ready = [
        identity
        for identity in among
        if identity in known
        and not known[identity].retired
        and _comes_on(known[identity], history, identity, zone=zone) <= today
    ]
    # The model counts whole days: at the end of today, what was answered yesterday has had one.
    midnight = at_local_time(today + timedelta(days=1), time(0), zone=zone)
    ready.sort(key=lambda identity: retrievability(known[identity], at=midnight))
    return tuple(ready[:most])


def least_remembered(history: History, *, among: Iterable[str], now: datetime, most: int) -> tuple[str, ...]:
    """Return at most `most` answered questions for a round after the course: the known ones last."""
    known = memories(history)
    seen = [identity for identity in among if identity in known]
    seen.sort(key=lambda identity: (known[identity].retired, retrievability(known[identity], at=now)))
    return tuple(seen[:most])


def next_due_on(history: History, *, among: Iterable[str], after: date, zone: ZoneInfo) -> date | None:
    """Return the first local date later than `after` on which something is due; None when nothing will be.

    What is due already counts for the day after `after`.
    """
    known = memories(history)
    days = [
        _comes_on(known[identity], history, identity, zone=zone)
        for identity in among
        if identity in known and not known[identity].retired
    ]
    return max(min(days), after + timedelta(days=1)) if days else None


def _comes_on(memory: Memory, history: History, identity: str, *, zone: ZoneInfo) -> date:
    left_out_at = history.left_out.get(identity)
    at = memory.due_at if left_out_at is None else max(memory.due_at, left_out_at + RESTS)
    return local_date(at, zone=zone)
