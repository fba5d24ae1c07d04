from datetime import timedelta

from sqlalchemy import Connection

from academy import invitations
from academy.messages.facilitating import ManyJoined
from storage import enrollments, groups, people, roles
from tests.academy.cohort import facilitator, shown
from tests.academy.doorway import CODE, TOKEN, guest, joined, open_group
from tests.academy.school import HOUR, MONDAY


def crowd(tx: Connection, group_id: int, *, size: int) -> None:
    """Let so many people join one minute after the other would be slow: they come at once."""
    group = groups.group(tx, group_id)
    for number in range(size):
        person = people.add(tx, address=10_000 + number, name="", language="en", now=MONDAY)
        enrollments.enroll(tx, person_id=person.id, group=group, now=MONDAY)


def test_a_crowd_is_told_once_to_facilitators_and_admins(tx: Connection) -> None:
    group = open_group(tx)
    iryna = facilitator(tx, group, address=77)
    admin = people.add(tx, address=78, name="Delger", language="en", now=MONDAY)
    roles.grant(tx, person_id=admin.id, name="admin", group_id=None, now=MONDAY)
    crowd(tx, group.id, size=invitations.MANY_JOIN - 2)

    told = []
    for address in (1, 2, 3):
        joined(tx, address=address)
        told.append(len(shown(tx, admin)))

    assert told == [0, 1, 1]
    for person in (iryna, admin):
        assert [show.message for show in shown(tx, person)] == [ManyJoined(group="Autumn", people=100)]


def test_people_who_come_over_the_day_are_no_crowd(tx: Connection) -> None:
    group = open_group(tx)
    iryna = facilitator(tx, group, address=77)
    crowd(tx, group.id, size=invitations.MANY_JOIN - 1)

    invitations.count_joined(tx, group, now=MONDAY + HOUR + timedelta(seconds=1))

    assert shown(tx, iryna) == []


def test_a_group_that_was_closed_lets_nobody_in_until_it_is_opened(tx: Connection) -> None:
    group = open_group(tx)
    groups.close_at(tx, group.id, at=MONDAY)
    late = guest(tx, address=5)
    late.start(TOKEN)
    refused = late.heard()[-1]

    groups.close_at(tx, group.id, at=None)
    late.start(CODE)

    assert type(refused).__name__ == "JoinRefused"
    assert type(late.heard()[-1]).__name__ == "Welcome"
