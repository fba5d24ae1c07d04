"""Lessons that a learner takes before their day: ahead of the rhythm, or to catch up with the group.

Only the learner starts such a lesson, and only when none is open; what the bot starts stays one a
day (`asked` in `storage.tables`). The daily rhythm goes on from there.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy import reviewing
from academy.agenda_facts import state_of
from academy.facts import AcademyFacts
from academy.opening import open_lesson
from academy.outgoing import Screen
from academy.places import Learner, PressOutcome, learner_of, place_at
from academy.saying import remove_buttons
from academy.testing import TakeNow, attempts_given
from learners.groups import Group
from scheduler.agenda import next_lesson_id
from scheduler.local_time import local_date
from scheduler.pacing import Rhythm, slots_passed
from storage import enrollments, records


def may_take(tx: Connection, learner: Learner, *, now: datetime, academy: AcademyFacts) -> TakeNow | None:
    """Return the lesson this learner may take now, if the course lets them and none is open.

    With `ahead: yes` that is whatever comes next, a failed test included; with `catch_up: all` it
    is a lesson that the group's calendar has brought and this learner has not had.
    """
    pace = learner.course.pace
    if learner.enrollment.state != "active" or not (pace.ahead or pace.catch_up == "all"):
        return None
    state = state_of(tx, learner, academy=academy)
    if state.open is not None:
        return None
    given = records.assignments_of(tx, learner.enrollment.id)
    if not pace.ahead:
        had = len({one.lesson_id for one in given})
        if had >= lessons_due(tx, learner, now=now, academy=academy):
            return None
    on = None if pace.ahead else local_date(now, zone=state.zone)
    lesson_id = next_lesson_id(state, on=on)
    return None if lesson_id is None else TakeNow(lesson_id=lesson_id, given=len(given))


def lessons_due(tx: Connection, learner: Learner, *, now: datetime, academy: AcademyFacts) -> int:
    """Return how many lessons the group's calendar has brought by now, at most all.

    It begins on the day of the group's first learner, and goes by the group's own days, hour and
    zone: whoever joined later, was away, or has chosen fewer days, may catch up with it.
    """
    first_at = enrollments.first_started_at(tx, learner.group.id)
    if first_at is None:
        return 0
    rhythm = group_rhythm(learner.group, academy=academy)
    first_on = local_date(first_at, zone=rhythm.zone)
    return min(1 + slots_passed(rhythm, after_on=first_on, now=now), len(learner.course.lessons))


def group_rhythm(group: Group, *, academy: AcademyFacts) -> Rhythm:
    """Return the days and hour the group was made with, in its own zone."""
    return Rhythm(weekdays=group.weekdays, at=group.at, zone=ZoneInfo(group.zone), quiet=academy.quiet)


def take_next(
    tx: Connection,
    *,
    person_id: int,
    enrollment_id: int,
    given: int,
    screen: Screen | None,
    now: datetime,
    academy: AcademyFacts,
) -> PressOutcome:
    """[Start it now], [Next lesson]: the lesson begins at once; pressed again it starts no other."""
    enrollment = enrollments.by_id(tx, enrollment_id)
    if enrollment is None or enrollment.person_id != person_id:
        return "unknown"
    learner = learner_of(tx, enrollment)
    if len(records.assignments_of(tx, enrollment.id)) > given:
        return "passed"
    take = may_take(tx, learner, now=now, academy=academy)
    if take is None or take.given != given:
        return "unknown"
    made = records.assign(
        tx,
        enrollment_id=enrollment.id,
        lesson_id=take.lesson_id,
        course_version_id=enrollment.course_version_id,
        at=now,
        on=local_date(now, zone=ZoneInfo(learner.zone)),
        attempt=attempts_given(records.assignments_of(tx, enrollment.id), take.lesson_id) + 1,
        asked=True,
    )
    if made is None:
        return "passed"
    if screen is not None:
        remove_buttons(tx, person_id=person_id, screen=screen, now=now)
    reviewing.prepare(tx, learner, now=now)
    open_lesson(tx, place_at(tx, made), screen=screen, now=now, academy=academy)
    return "done"
