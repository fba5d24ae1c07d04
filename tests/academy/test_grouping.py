from dataclasses import replace
from datetime import time
from random import Random

import pytest
from sqlalchemy import Connection

from academy import granting, grouping, publishing
from academy.granting import Granted, Revoked, UnknownGroup
from academy.group_tables import group_table, ways_in_table
from academy.grouping import CreateOutcome, GroupCreated, NameTaken, NameUnfit, UnknownCourse
from learners.groups import Group
from learners.people import Role
from storage import groups, people, roles
from storage.roles import GrantedRole
from tests.academy.cohort import NOW
from tests.academy.school import ACADEMY, ENERGY

BOT = replace(ACADEMY, bot_username="dusal_bot", zone="Asia/Ulaanbaatar")


def create(
    tx: Connection, *, name: str = "Autumn 2026", course: str = "energy", seed: int = 1
) -> CreateOutcome:
    return grouping.create_group(
        tx,
        course_id=course,
        name=name,
        zone=None,
        weekdays=None,
        at=None,
        expected=24,
        capacity=500,
        random=Random(seed),
        now=NOW,
        academy=BOT,
    )


def created(tx: Connection, *, name: str = "Autumn 2026", seed: int = 1) -> Group:
    publishing.publish(tx, course=ENERGY, media={}, now=NOW)
    outcome = create(tx, name=name, seed=seed)
    assert isinstance(outcome, GroupCreated)
    return outcome.group


def test_a_group_takes_its_days_from_the_course_and_its_zone_from_the_academy(tx: Connection) -> None:
    group = created(tx)

    assert groups.by_name(tx, "Autumn 2026") == group
    assert (group.zone, group.weekdays, group.at, group.expected) == (
        "Asia/Ulaanbaatar",
        frozenset({0, 1, 2, 3, 4}),
        time(9),
        24,
    )
    assert group.created_at == NOW


def test_the_ways_in_can_be_clicked_and_said(tx: Connection) -> None:
    group = created(tx)

    assert len(group.link_token) == 22
    assert set(group.link_token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert len(group.code) == 8
    assert not set(group.code) & set("0O1IL")
    assert grouping.shown_code("K7Q4MXPR") == "K7Q4 MXPR"
    assert grouping.join_link(group, academy=BOT) == f"https://t.me/dusal_bot?start={group.link_token}"
    assert grouping.join_link(group, academy=ACADEMY) == ""
    assert ways_in_table(group, academy=ACADEMY).rows == (
        ("Autumn 2026", None, grouping.shown_code(group.code)),
    )


def test_a_name_is_taken_once(tx: Connection) -> None:
    created(tx)

    assert create(tx, name=" Autumn  2026 ", seed=2) == NameTaken(name="Autumn 2026")


@pytest.mark.parametrize("name", ["", "   ", "a" * 129])
def test_a_name_has_1_to_128_characters(tx: Connection, name: str) -> None:
    publishing.publish(tx, course=ENERGY, media={}, now=NOW)

    assert isinstance(create(tx, name=name), NameUnfit)


def test_an_unknown_course_is_answered_with_those_there_are(tx: Connection) -> None:
    publishing.publish(tx, course=ENERGY, media={}, now=NOW)

    assert create(tx, course="enrgy") == UnknownCourse(course_id="enrgy", known=("energy",))


def test_a_role_can_be_given_before_the_person_has_written(tx: Connection) -> None:
    group = created(tx)

    first = granting.grant(tx, address=50, role="facilitator", group_name="Autumn 2026", now=NOW)
    again = granting.grant(tx, address=50, role="facilitator", group_name="Autumn 2026", now=NOW)
    granting.grant(tx, address=60, role="admin", group_name=None, now=NOW)
    # They write for the first time, and Telegram tells their name.
    person = people.add(tx, address=50, name="Iryna", language="uk", now=NOW)

    assert (first, again) == (Granted(new=True), Granted(new=False))
    assert roles.roles_of(tx, person.id) == (Role(name="facilitator", group_id=group.id),)
    assert roles.facilitators_of(tx, group.id) == (person,)
    assert [one.address for one in roles.admins(tx)] == [60]
    assert roles.all_roles(tx) == (
        GrantedRole(address=50, person="Iryna", role="facilitator", group="Autumn 2026", granted_at=NOW),
        GrantedRole(address=60, person="", role="admin", group=None, granted_at=NOW),
    )
    assert group_table(tx, group).rows == (
        (
            "Autumn 2026",
            "energy",
            "1.0.0",
            "Asia/Ulaanbaatar",
            "mon,tue,wed,thu,fri",
            "09:00",
            24,
            0,
            "Iryna",
        ),
    )


def test_a_revoked_role_is_gone(tx: Connection) -> None:
    created(tx)
    granting.grant(tx, address=50, role="facilitator", group_name="Autumn 2026", now=NOW)
    granting.grant(tx, address=50, role="admin", group_name=None, now=NOW)

    outcomes = [
        granting.revoke(tx, address=50, role="facilitator", group_name="Autumn 2026", now=NOW),
        granting.revoke(tx, address=50, role="facilitator", group_name="Autumn 2026", now=NOW),
        granting.revoke(tx, address=50, role="admin", group_name=None, now=NOW),
        granting.revoke(tx, address=999, role="admin", group_name=None, now=NOW),
    ]

    assert outcomes == [Revoked(held=True), Revoked(held=False), Revoked(held=True), Revoked(held=False)]
    assert roles.all_roles(tx) == ()


def test_an_unknown_group_is_answered_with_those_there_are(tx: Connection) -> None:
    created(tx)

    outcome = granting.grant(tx, address=50, role="facilitator", group_name="Spring", now=NOW)

    assert outcome == UnknownGroup(name="Spring", known=("Autumn 2026",))
    assert people.by_address(tx, 50) is None
