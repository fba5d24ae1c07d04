"""After the course: four rounds over three months, for those who asked, and through the same outbox."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select

from academy import delivering, practice_rounds, privacy
from academy.agreeing_times import Chosen
from academy.messages.learning import CourseDone
from academy.messages.reviewing import FreshSet, ReviewOffer, ReviewOver
from academy.outgoing import Show
from academy.practising import ShowAnswer
from learners.groups import EnrollmentState
from scheduler.local_time import is_quiet, local_date
from storage import due, enrollments, people
from storage.tables import outbox
from tests.academy.practice_desk import (
    AGAIN,
    MINUTE,
    do,
    finish_course,
    go_on,
    join,
    keep_fresh,
    live_until,
    questions_on,
    review,
    shown,
    stop,
)
from tests.academy.school import ACADEMY, DAY, ENERGY, HOUR, MONDAY, Learner, screen

EVENING = MONDAY + 9 * HOUR
AFTER = MONDAY + 120 * DAY
HERE = ZoneInfo("Asia/Ulaanbaatar")


def graduate(tx: Connection, *, address: int = 7) -> Learner:
    """Somebody who finished the course on Monday."""
    learner = join(tx, address=address)
    finish_course(learner, now=MONDAY + MINUTE)
    return learner


def offers(learner: Learner) -> list[tuple[str, datetime]]:
    """Kind and moment of every round that was offered."""
    return [
        (kind, at)
        for _, kind, at, one in learner.rows
        if isinstance(one, Show) and isinstance(one.message, ReviewOffer)
    ]


def begin(learner: Learner, *, now: datetime) -> None:
    offered = learner.last()
    assert isinstance(offered, ReviewOffer)
    assert (
        practice_rounds.begin(
            learner.tx,
            person_id=learner.person_id,
            round_id=offered.round_id,
            screen=screen(),
            now=now,
        )
        == "done"
    )


def test_the_end_of_the_course_offers_it_and_nothing_comes_unasked(tx: Connection) -> None:
    learner = graduate(tx)
    done = learner.last()

    live_until(tx, AFTER)

    assert isinstance(done, CourseDone)
    assert done.fresh
    assert offers(learner) == []
    assert due.due_at(tx, learner.enrollment_id) is None


def test_four_rounds_come_over_three_months_each_at_the_learners_hour(tx: Connection) -> None:
    learner = graduate(tx)

    assert keep_fresh(learner, now=EVENING) == "done"
    agreed = learner.last()
    live_until(tx, AFTER)

    # Nine in the morning, 7, 21, 45 and 84 days later; day 45 is a Thursday, all are workdays.
    assert agreed == FreshSet(
        enrollment_id=learner.enrollment_id, on=True, next_at=MONDAY + 7 * DAY, zone="Asia/Ulaanbaatar"
    )
    assert offers(learner) == [("notice", MONDAY + days * DAY) for days in (7, 21, 45, 84)]
    assert [occasion for occasion, _ in questions_on(learner)] == ["fresh"] * 4
    assert all(len(asked) == 5 for _, asked in questions_on(learner))
    assert due.due_at(tx, learner.enrollment_id) is None
    assert keep_fresh(learner, edit=True, now=AFTER) == "done"
    last = learner.last()
    assert isinstance(last, FreshSet)
    assert last.next_at is None


def test_a_round_is_begun_walked_through_and_ends(tx: Connection) -> None:
    learner = graduate(tx)
    keep_fresh(learner, now=EVENING)
    live_until(tx, MONDAY + 7 * DAY)
    now = MONDAY + 7 * DAY + MINUTE

    begin(learner, now=now)
    for _ in range(5):
        do(learner, ShowAnswer(), now=now)
        assert go_on(learner, now=now) == "done"

    over = learner.last()
    assert isinstance(over, ReviewOver)
    assert over.next_at is not None
    assert local_date(over.next_at, zone=HERE) == local_date(now + DAY, zone=HERE)


def test_a_round_can_be_left_and_is_not_said_again(tx: Connection) -> None:
    learner = graduate(tx)
    keep_fresh(learner, now=EVENING)
    live_until(tx, MONDAY + 7 * DAY)
    offered = learner.last()
    assert isinstance(offered, ReviewOffer)
    other = graduate(tx, address=8)

    def not_now(person: Learner) -> str:
        return practice_rounds.leave_out(
            tx,
            person_id=person.person_id,
            round_id=offered.round_id,
            screen=screen(),
            now=MONDAY + 7 * DAY,
        )

    assert not_now(other) == "unknown"
    assert not_now(learner) == "done"
    assert learner.last() == ReviewOver(left=True, zone="Asia/Ulaanbaatar")
    assert (
        practice_rounds.begin(
            tx, person_id=learner.person_id, round_id=offered.round_id, screen=None, now=MONDAY + 7 * DAY
        )
        == "passed"
    )
    assert len(offers(learner)) == 1


def test_pressed_twice_it_is_one_wish_and_it_can_be_taken_back(tx: Connection) -> None:
    learner = graduate(tx)
    other = join(tx, address=8)

    keep_fresh(learner, now=EVENING)
    keep_fresh(learner, now=EVENING + HOUR)
    assert sum(isinstance(one.message, FreshSet) for one in learner.heard() if isinstance(one, Show)) == 1
    assert learner.enrollment.fresh_since == EVENING
    live_until(tx, MONDAY + 7 * DAY)
    keep_fresh(learner, on=False, edit=True, now=MONDAY + 8 * DAY)
    live_until(tx, AFTER)

    assert len(offers(learner)) == 1
    stopped = [one for one in learner.heard() if isinstance(one, Show)][-1]
    assert stopped.edits == screen(90)
    assert stopped.message == FreshSet(enrollment_id=learner.enrollment_id, on=False, zone="Asia/Ulaanbaatar")
    # A wish that is made again begins anew.
    keep_fresh(learner, on=True, edit=True, now=AFTER)
    live_until(tx, AFTER + 100 * DAY)
    assert len(offers(learner)) == 5
    assert (
        practice_rounds.keep_fresh(
            tx,
            person_id=other.person_id,
            enrollment_id=learner.enrollment_id,
            on=False,
            edit=True,
            screen=None,
            now=AFTER,
            academy=ACADEMY,
        )
        == "unknown"
    )


@pytest.mark.parametrize("state", ["joining", "paused", "withdrawn"])
def test_whoever_has_not_finished_or_has_left_gets_none(tx: Connection, state: EnrollmentState) -> None:
    learner = graduate(tx)
    keep_fresh(learner, now=EVENING)
    enrollments.set_state(tx, learner.enrollment_id, state)
    delivering.replan(tx, enrollment_id=learner.enrollment_id, now=EVENING, academy=ACADEMY)

    for day in range(8, 90):
        delivering.tick(tx, now=MONDAY + day * DAY, academy=ACADEMY)

    assert offers(learner) == []


def test_whoever_leaves_the_group_gets_no_more_and_what_waits_is_taken_back(tx: Connection) -> None:
    learner = graduate(tx)
    keep_fresh(learner, now=EVENING)
    live_until(tx, MONDAY + 7 * DAY)

    chosen = Chosen(person=learner.person, enrollment_id=learner.enrollment_id, screen=screen())
    assert privacy.leave(tx, chosen, now=MONDAY + 7 * DAY, academy=ACADEMY)
    live_until(tx, AFTER)

    assert len(offers(learner)) == 1
    states = tx.execute(select(outbox.c.state).where(outbox.c.key.like("review:%"))).scalars()
    assert list(states) == ["cancelled"]
    assert due.due_at(tx, learner.enrollment_id) is None


def test_whoever_cannot_be_reached_gets_none(tx: Connection) -> None:
    learner = graduate(tx)
    keep_fresh(learner, now=EVENING)
    people.set_unreachable(tx, learner.person_id, since=EVENING)

    live_until(tx, AFTER)

    assert offers(learner) == []


def test_after_a_long_silence_of_ours_the_rounds_stay_apart(tx: Connection) -> None:
    learner = graduate(tx)
    keep_fresh(learner, now=EVENING)
    back = MONDAY + 200 * DAY + 5 * HOUR

    delivering.tick(tx, now=back, academy=ACADEMY)
    live_until(tx, back + 60 * DAY)

    moments = [at for _, at in offers(learner)]
    assert len(moments) == 4
    assert all(later - earlier >= 6 * DAY for earlier, later in pairwise(moments))


def test_a_round_asked_for_moves_the_next_one_away(tx: Connection) -> None:
    learner = graduate(tx)
    keep_fresh(learner, now=EVENING)
    live_until(tx, MONDAY + 6 * DAY)
    review(learner, now=MONDAY + 7 * DAY - HOUR)
    assert not shown(learner).to_lesson
    stop(learner, now=MONDAY + 7 * DAY - HOUR)

    live_until(tx, MONDAY + 15 * DAY)

    assert [(kind, local_date(at, zone=HERE).isoformat()) for kind, at in offers(learner)] == [
        ("notice", "2026-12-07")
    ]


def test_a_transaction_that_is_lost_is_made_again_and_said_once(tx: Connection) -> None:
    learner = graduate(tx)
    keep_fresh(learner, now=EVENING)
    at = MONDAY + 7 * DAY

    lost = tx.begin_nested()
    delivering.tick(tx, now=at, academy=ACADEMY)
    assert len(offers(learner)) == 1
    lost.rollback()
    assert offers(learner) == []
    delivering.tick(tx, now=at, academy=ACADEMY)
    # Even asked to do it again from the same facts, nothing is said twice.
    due.set_due(tx, learner.enrollment_id, at)
    delivering.tick(tx, now=at, academy=ACADEMY)

    assert offers(learner) == [("notice", at)]
    assert not is_quiet(at, zone=HERE, quiet=ACADEMY.quiet)


def test_a_course_that_asks_nothing_again_offers_nothing(tx: Connection) -> None:
    learner = join(tx, course=replace(ENERGY, id="plain"))
    finish_course(learner, now=MONDAY + MINUTE)
    done = learner.last()

    assert isinstance(done, CourseDone)
    assert not done.fresh
    assert keep_fresh(learner, now=EVENING) == "unknown"
    assert AGAIN.asked_again == ("q-fans", "q-today", "q-flat", "q-kwh", "q-valve")
