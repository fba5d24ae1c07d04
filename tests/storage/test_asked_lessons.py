"""The two promises about lessons that the database holds: one a day from us, one unfinished at most."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from learners.records import Assignment
from storage import records
from tests.academy.school import Learner, join

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def give(
    learner: Learner, lesson_id: str, *, on: date = MONDAY, asked: bool = False, attempt: int = 1
) -> Assignment | None:
    return records.assign(
        learner.tx,
        enrollment_id=learner.enrollment_id,
        lesson_id=lesson_id,
        course_version_id=learner.enrollment.course_version_id,
        at=NOW,
        on=on,
        asked=asked,
        attempt=attempt,
    )


def finish(learner: Learner, given: Assignment | None) -> None:
    assert given is not None
    assert records.change(learner.tx, given, replace(given, finished_at=NOW + timedelta(minutes=5)))


def test_one_lesson_a_day_that_we_start_and_more_that_are_asked_for(tx: Connection) -> None:
    learner = join(tx)
    finish(learner, give(learner, "night"))

    second = give(learner, "switch")
    asked = give(learner, "switch", asked=True)
    finish(learner, asked)
    third = give(learner, "heat")
    tomorrow = give(learner, "heat", on=TUESDAY)

    assert (second, third) == (None, None)
    assert asked is not None
    assert asked.asked
    assert tomorrow is not None


def test_one_that_is_asked_for_leaves_the_day_to_us(tx: Connection) -> None:
    learner = join(tx)
    finish(learner, give(learner, "night", asked=True))

    assert give(learner, "switch") is not None


def test_at_most_one_is_unfinished_whoever_starts_it(tx: Connection) -> None:
    learner, other = join(tx, address=7), join(tx, address=8)
    first = give(learner, "night")

    assert give(learner, "switch", on=TUESDAY) is None
    assert give(learner, "switch", asked=True) is None
    assert give(other, "night") is not None
    finish(learner, first)
    assert give(learner, "switch", asked=True) is not None


def test_a_lesson_is_given_once_for_each_attempt(tx: Connection) -> None:
    learner = join(tx)
    finish(learner, give(learner, "night"))

    again = give(learner, "night", on=TUESDAY)
    second = give(learner, "night", on=TUESDAY, attempt=2)

    assert again is None
    assert second is not None
    assert second.attempt == 2


def test_what_was_drawn_is_kept(tx: Connection) -> None:
    learner = join(tx)
    given = give(learner, "night")
    assert given is not None

    records.change(tx, given, replace(given, started_at=NOW, drawn=("q-fans", "q-flat")))

    assert learner.open.drawn == ("q-fans", "q-flat")
