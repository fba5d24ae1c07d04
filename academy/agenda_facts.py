"""What the agenda wants to know about one enrollment, gathered from what is kept."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.facts import AcademyFacts
from academy.places import Learner
from learners import final_tests
from learners.records import Assignment
from scheduler.agenda import KeepFresh, LearnerState, OpenLesson, next_lesson_at
from scheduler.local_time import QuietHours, local_date
from storage import records, reviews


def state_of(tx: Connection, learner: Learner, *, academy: AcademyFacts) -> LearnerState:
    """Return the state of this learner as it is in the present transaction."""
    enrollment = learner.enrollment
    given = records.assignments_of(tx, enrollment.id)
    finished = [one for one in given if one.finished_at is not None]
    tests = _tests(tx, learner, given=given)
    waiting = next((one for one in given if one.finished_at is None), None)
    return LearnerState(
        lesson_ids=tuple(lesson.id for lesson in learner.course.lessons),
        weekdays=enrollment.weekdays,
        at=enrollment.at,
        zone=ZoneInfo(learner.zone),
        quiet=QuietHours(start=academy.quiet.start, end=academy.quiet.end),
        state=enrollment.state,
        paused_until=enrollment.paused_until,
        finished=_over(finished, tests),
        needs={one.id: frozenset(one.needs) for one in learner.course.lessons if one.needs},
        failed=frozenset(test.lesson_id for test in tests if test.failed),
        again=_again(learner, tests),
        open=None if waiting is None else _open(waiting),
        last_assigned_on=max((one.assigned_on for one in given), default=None),
        last_finished_at=max(
            (one.finished_at for one in finished if one.finished_at is not None), default=None
        ),
        last_active_at=learner.person.last_active_at,
        started_at=enrollment.started_at or enrollment.joined_at,
        fresh=_fresh(tx, learner),
        reachable=learner.person.unreachable_since is None,
    )


def _fresh(tx: Connection, learner: Learner) -> KeepFresh | None:
    """Return the wish for questions after the course; read only for those who have finished it."""
    enrollment = learner.enrollment
    since = enrollment.fresh_since
    if enrollment.state != "finished" or since is None:
        return None
    held = reviews.rounds_of(tx, enrollment.id)
    return KeepFresh(
        since_on=local_date(since, zone=ZoneInfo(learner.zone)),
        given=sum(one.occasion == "fresh" and one.created_at >= since for one in held),
        last_on=max((one.held_on for one in held), default=None),
    )


def _tests(
    tx: Connection, learner: Learner, *, given: tuple[Assignment, ...]
) -> tuple[final_tests.Standing, ...]:
    """Return how they stand in the tests that were finished; answers are read only where there are any."""
    taken = {one.lesson_id for one in given if one.finished_at is not None}
    if not any(lesson.test is not None and lesson.id in taken for lesson in learner.course.lessons):
        return ()
    responses = records.responses_of(tx, learner.enrollment.id)
    tests = final_tests.standings(learner.course, assignments=given, responses=responses)
    return tuple(test for test in tests if test.attempts)


def _over(finished: list[Assignment], tests: tuple[final_tests.Standing, ...]) -> frozenset[str]:
    coming_again = {test.lesson_id for test in tests if not test.over}
    return frozenset(one.lesson_id for one in finished) - coming_again


def _again(learner: Learner, tests: tuple[final_tests.Standing, ...]) -> dict[str, tuple[date, int]]:
    zone = ZoneInfo(learner.zone)
    waits = {
        test.lesson_id: final_tests.waits_until(learner.course.lesson(test.lesson_id), test=test, zone=zone)
        for test in tests
    }
    return {lesson_id: wait for lesson_id, wait in waits.items() if wait is not None}


def next_at(tx: Connection, learner: Learner, *, now: datetime, academy: AcademyFacts) -> datetime | None:
    """Return when the next new lesson comes by itself; None when none does."""
    return next_lesson_at(state_of(tx, learner, academy=academy), now=now)


def _open(waiting: Assignment) -> OpenLesson:
    return OpenLesson(
        lesson_id=waiting.lesson_id,
        assigned_at=waiting.assigned_at,
        assigned_on=waiting.assigned_on,
        started_at=waiting.started_at,
        reminded_at=waiting.reminded_at,
        snoozed_until=waiting.snoozed_until,
    )
