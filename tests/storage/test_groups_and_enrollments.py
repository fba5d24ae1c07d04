from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from learners.groups import Enrollment, Group
from storage import codes, enrollments, groups, people, questions
from tests.academy.doorway import CODE, TOKEN, open_group

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_group_is_found_by_name_token_and_code_exactly(tx: Connection) -> None:
    made = open_group(tx, weekdays=frozenset({0, 2, 4}), at=time(9, 5), closes_at=NOW)

    assert made == Group(
        id=made.id,
        name="Autumn",
        course_version_id=made.course_version_id,
        zone="Asia/Ulaanbaatar",
        weekdays=frozenset({0, 2, 4}),
        at=time(9, 5),
        expected=None,
        link_token=TOKEN,
        code=CODE,
        capacity=500,
        closes_at=NOW,
        created_at=NOW,
    )
    found = (
        groups.group(tx, made.id),
        groups.by_id(tx, made.id),
        groups.by_name(tx, "Autumn"),
        groups.by_token(tx, TOKEN),
        groups.by_code(tx, CODE),
        *groups.all_groups(tx),
    )
    assert set(found) == {made}
    assert groups.by_token(tx, TOKEN.lower()) is None
    assert groups.by_code(tx, CODE.lower()) is None
    assert groups.by_id(tx, made.id + 1) is None


def test_two_groups_never_share_a_token(tx: Connection) -> None:
    open_group(tx)

    with pytest.raises(IntegrityError), tx.begin_nested():
        open_group(tx, name="Winter", code="WINTER23")


def test_one_person_is_in_a_group_once_and_history_stays(tx: Connection) -> None:
    group = open_group(tx)
    person = people.add(tx, address=7, name="Olena", language="en", now=NOW)

    first = enrollments.enroll(tx, person_id=person.id, group=group, now=NOW)
    enrollments.set_slot(tx, first.id, weekdays=frozenset({1}), at=time(10, 15))
    enrollments.set_state(tx, first.id, "withdrawn", started_at=NOW)
    places_after_leaving = enrollments.count(tx, group.id)
    again = enrollments.enroll(tx, person_id=person.id, group=group, now=NOW + HOUR)

    assert first == Enrollment(
        id=first.id,
        person_id=person.id,
        group_id=group.id,
        course_version_id=group.course_version_id,
        weekdays=frozenset(range(5)),
        at=time(9),
        state="joining",
        joined_at=NOW,
    )
    assert again == enrollments.get(tx, first.id) == enrollments.by_id(tx, first.id)
    assert (again.state, again.at, again.weekdays, again.joined_at, again.started_at) == (
        "withdrawn",
        time(10, 15),
        frozenset({1}),
        NOW,
        NOW,
    )
    assert places_after_leaving == 0
    assert enrollments.of_person(tx, person.id) == enrollments.in_group(tx, group.id) == (again,)


def test_a_pause_ends_with_the_next_state_and_dates_stay(tx: Connection) -> None:
    group = open_group(tx)
    person = people.add(tx, address=7, name="Olena", language="en", now=NOW)
    enrollment = enrollments.enroll(tx, person_id=person.id, group=group, now=NOW)

    enrollments.set_state(tx, enrollment.id, "paused", paused_until=NOW + HOUR, started_at=NOW)
    paused = enrollments.get(tx, enrollment.id)
    enrollments.set_state(tx, enrollment.id, "active")
    active = enrollments.get(tx, enrollment.id)

    assert (paused.paused_until, paused.started_at) == (NOW + HOUR, NOW)
    assert (active.paused_until, active.started_at) == (None, NOW)


def test_wrong_codes_are_counted_for_one_and_for_all_within_a_window(tx: Connection) -> None:
    for address, minutes in ((7, 0), (7, 30), (8, 59)):
        codes.record_wrong(tx, address=address, now=NOW + timedelta(minutes=minutes))

    assert codes.wrong_since(tx, address=7, since=NOW) == 1
    assert codes.all_wrong_since(tx, since=NOW - HOUR) == 3
    codes.drop_before(tx, NOW + timedelta(minutes=30))
    assert codes.all_wrong_since(tx, since=NOW - HOUR) == 1


def test_the_first_answer_counts(tx: Connection) -> None:
    group = open_group(tx)
    person = people.add(tx, address=7, name="Olena", language="en", now=NOW)
    asked, new = questions.ask(
        tx,
        person_id=person.id,
        group_id=group.id,
        lesson_id=None,
        step_id=None,
        text="Why?",
        message_id=None,
        now=NOW,
    )

    outcomes = [
        questions.answer(tx, asked.id, by=person.id, text=text, now=NOW + HOUR) for text in ("A", "B")
    ]

    assert (new, outcomes) == (True, [True, False])
    kept = questions.get(tx, asked.id)
    assert kept is not None
    assert kept.answer == "A"
    assert questions.unanswered(tx, group.id) == {}
