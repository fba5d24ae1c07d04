"""One reminder for a lesson that was begun and left, whatever came before it; then silence."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Connection

from academy import delivering, preferences, walking
from academy.agreeing_times import Chosen
from academy.places import Pressed
from storage import due, people, records
from tests.academy.doorway import BILINGUAL, joined, open_group
from tests.academy.presses import MINUTE
from tests.academy.school import DAY, HOUR, MONDAY, Learner, screen


def newcomer(tx: Connection) -> Learner:
    """Somebody who went from the link to the first card of lesson 1."""
    open_group(tx)
    olena = joined(tx)
    return Learner(tx, olena.enrollment_id, olena.person_id)


def live_until(tx: Connection, end: datetime) -> None:
    """Let the service do everything that falls due."""
    while (due_at := due.next_due_at(tx)) is not None and due_at <= end:
        delivering.tick(tx, now=due_at, academy=BILINGUAL)


def reminders(learner: Learner) -> list[datetime]:
    return [at for _, kind, at, _ in learner.rows if kind == "reminder"]


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_whoever_stops_inside_lesson_1_is_reminded_once_in_nine_days(tx: Connection, steps: int) -> None:
    learner = newcomer(tx)
    last_sign_at = MONDAY
    for step in range(steps):
        last_sign_at += 10 * MINUTE
        people.arrived(tx, people.get(tx, learner.person_id).address, now=last_sign_at)
        walking.go_on(
            tx,
            Pressed(person_id=learner.person_id, assignment_id=learner.open.id, step=step, screen=screen()),
            now=last_sign_at,
            academy=BILINGUAL,
        )

    live_until(tx, MONDAY + 9 * DAY)

    assert learner.open.step == steps
    assert reminders(learner) == [last_sign_at + 3 * HOUR]


def test_whoever_begins_a_lesson_after_a_pause_and_stops_is_reminded_once(tx: Connection) -> None:
    learner = newcomer(tx)
    finished = replace(learner.open, finished_at=MONDAY)
    records.change(tx, learner.open, finished)
    delivering.replan(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=BILINGUAL)
    live_until(tx, MONDAY + DAY)
    pause(learner, MONDAY + DAY + HOUR)
    back_at = MONDAY + 8 * DAY
    live_until(tx, back_at)
    offered_again = [kind for _, kind, at, _ in learner.rows if at == back_at]

    walking.start(
        tx,
        Pressed(person_id=learner.person_id, assignment_id=learner.open.id, screen=screen()),
        now=back_at + MINUTE,
        academy=BILINGUAL,
    )
    live_until(tx, back_at + 9 * DAY)

    assert offered_again == ["lesson"]
    assert reminders(learner) == [back_at + MINUTE + 3 * HOUR]


def pause(learner: Learner, now: datetime) -> None:
    chosen = Chosen(person=learner.person, enrollment_id=learner.enrollment_id, screen=screen())
    assert preferences.pause(learner.tx, chosen, length="1w", now=now, academy=BILINGUAL)
