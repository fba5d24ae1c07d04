"""The table of who is due is a cache of the agenda: whoever is missing in it would wait for ever.

A moment that is too early does no harm, because the agenda is asked again then. So only those count
who are not there although something comes to them, and those who are there far too late.
"""

from datetime import datetime, timedelta
from typing import Final, assert_never

from sqlalchemy import Connection

from academy.agenda_facts import state_of
from academy.delivering import replan
from academy.facts import AcademyFacts
from academy.places import learner_of
from learners.groups import Enrollment
from scheduler.agenda import (
    Complete,
    OfferAgain,
    Remind,
    Rest,
    Resume,
    SendLesson,
    SendReview,
    WaitUntil,
    next_action,
)
from storage import enrollments

_LATER: Final = timedelta(days=8)
"""Two messages on one day put the next one off, at most to the next day of a weekly pace."""
_BATCH: Final = 500


def overlooked(tx: Connection, *, now: datetime, academy: AcademyFacts) -> tuple[int, ...]:
    """Return the enrollments that would not be looked at in time, in ascending order."""
    found: list[int] = []
    above = 0
    while some := enrollments.with_due(tx, above=above, limit=_BATCH):
        above = some[-1][0].id
        for enrollment, due_at in some:
            at = _comes_at(tx, enrollment, now=now, academy=academy)
            if at is not None and (due_at is None or due_at > at + _LATER):
                found.append(enrollment.id)
    return tuple(found)


def plan_overlooked(tx: Connection, *, now: datetime, academy: AcademyFacts) -> int:
    """Plan those anew who would not be looked at in time; return how many."""
    wrong = overlooked(tx, now=now, academy=academy)
    for enrollment_id in wrong:
        replan(tx, enrollment_id=enrollment_id, now=now, academy=academy)
    return len(wrong)


def _comes_at(
    tx: Connection, enrollment: Enrollment, *, now: datetime, academy: AcademyFacts
) -> datetime | None:
    action = next_action(state_of(tx, learner_of(tx, enrollment), academy=academy), now=now)
    match action:
        case WaitUntil(at=at):
            return at
        case Rest():
            return None
        case SendLesson() | OfferAgain() | Remind() | Resume() | Complete() | SendReview():
            return now
        case _:
            assert_never(action)
