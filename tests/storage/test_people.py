from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import NoResultFound

from learners.people import Person
from storage import conversations, people, roles
from storage.tables import people as people_table

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def test_one_number_is_one_person_and_only_gaps_are_filled(tx: Connection) -> None:
    granted = people.add(tx, address=2**40, name="", language="", now=NOW)

    first = people.add(tx, address=2**40, name="Olena", language="uk", now=NOW + DAY)
    again = people.add(tx, address=2**40, name="Mallory", language="en", now=NOW + DAY)

    assert first == again == Person(id=granted.id, address=2**40, name="Olena", language="uk", zone=None)
    assert people.by_address(tx, 2**40) == first
    assert people.by_address(tx, 1) is None
    with pytest.raises(NoResultFound):
        people.get(tx, granted.id + 1)


def test_everything_about_a_person_can_be_set(tx: Connection) -> None:
    person = people.add(tx, address=7, name="Olena", language="uk", now=NOW)

    people.rename(tx, person.id, "Olena K.")
    people.set_language(tx, person.id, "mn")
    people.set_zone(tx, person.id, "Asia/Hovd")
    people.set_text_only(tx, person.id, on=True)
    people.set_unreachable(tx, person.id, since=NOW)
    people.arrived(tx, person.address, now=NOW + DAY)
    people.accept_notice(tx, person.id, version="2026-11", now=NOW)

    assert people.get(tx, person.id) == Person(
        id=person.id,
        address=7,
        name="Olena K.",
        language="mn",
        zone="Asia/Hovd",
        text_only=True,
        notice_accepted_at=NOW,
        unreachable_since=NOW,
        last_active_at=NOW + DAY,
    )


def test_a_notice_is_accepted_once_for_each_version_and_ends_a_wish_to_be_forgotten(tx: Connection) -> None:
    person = people.add(tx, address=7, name="Olena", language="uk", now=NOW)
    people.forget_at(tx, person.id, at=NOW)
    seen = []

    for version, day in (("2026-11", 0), ("2026-11", 1), ("2027-01", 2)):
        people.accept_notice(tx, person.id, version=version, now=NOW + day * DAY)
        seen.append(people.get(tx, person.id).notice_accepted_at)

    assert seen == [NOW, NOW, NOW + 2 * DAY]
    assert people.to_forget(tx, now=NOW + DAY) == ()


def test_visitors_go_but_not_those_who_agreed_or_have_a_role(tx: Connection) -> None:
    silent, active, agreed, admin = (
        people.add(tx, address=address, name="", language="", now=NOW) for address in (1, 2, 3, 4)
    )
    people.arrived(tx, active.address, now=NOW + DAY)
    people.accept_notice(tx, agreed.id, version="2026-11", now=NOW)
    roles.grant(tx, person_id=admin.id, name="admin", group_id=None, now=NOW)

    people.forget_visitors(tx, silent_since=NOW, now=NOW + DAY)

    assert people.to_forget(tx, now=NOW + DAY) == ((silent, NOW + DAY),)


def test_a_conversation_has_one_topic_at_a_time_and_goes_with_the_person(tx: Connection) -> None:
    person = people.add(tx, address=7, name="Olena", language="uk", now=NOW)

    nothing = conversations.topic(tx, person.id)
    conversations.expect(tx, person.id, "ask", {"lesson": "night", "step": 2}, now=NOW)
    first = conversations.topic(tx, person.id)
    conversations.expect(tx, person.id, "announce", {}, now=NOW)
    second = conversations.topic(tx, person.id)
    conversations.clear(tx, person.id)

    assert (nothing, first, second) == (None, ("ask", {"lesson": "night", "step": 2}), ("announce", {}))
    assert conversations.topic(tx, person.id) is None
    conversations.expect(tx, person.id, "ask", {}, now=NOW)
    tx.execute(people_table.delete())
    assert tx.execute(select(people_table)).all() == []
    assert conversations.topic(tx, person.id) is None
