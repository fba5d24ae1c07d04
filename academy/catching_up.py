"""How many hours of a lesson passed while nobody could send: counted, shown, and not made up for.

After an outage a learner gets one lesson, and the plan moves on from there (guarantees T09). The hours
beyond that one are no debt to anybody, but whoever runs the service should know of them.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from academy.agenda_facts import next_at
from academy.facts import AcademyFacts
from academy.places import learner_of
from learners.groups import Enrollment
from scheduler.local_time import local_date
from scheduler.pacing import slots_passed
from storage import counters, records

LATE: Final = timedelta(hours=1)
"""Who is looked at so long after their moment was not looked at while nobody could."""


def hours_passed(
    tx: Connection, enrollment: Enrollment, *, due_at: datetime, now: datetime, academy: AcademyFacts
) -> int:
    """Return how many hours of new lessons passed from `due_at`, when this learner was due, to `now`.

    0 for somebody whose lesson waits unfinished: nothing else would have come.
    """
    if enrollment.state != "active" or records.open_assignment(tx, enrollment.id) is not None:
        return 0
    learner = learner_of(tx, enrollment)
    planned_at = next_at(tx, learner, now=due_at, academy=academy)
    if planned_at is None or planned_at > now:
        return 0
    rhythm = learner.rhythm(academy)
    return 1 + slots_passed(rhythm, after_on=local_date(planned_at, zone=rhythm.zone), now=now)


def count_missed(tx: Connection, *, enrollment_id: int, passed: int) -> None:
    """Count the hours that passed, but for the one that is made up for by a lesson that has just come."""
    came = records.open_assignment(tx, enrollment_id) is not None
    counters.add(tx, "missed_catch_up", count=passed - came)
