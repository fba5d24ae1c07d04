from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from storage import accesses, groups, people
from storage.accesses import OPERATOR, Access, Shown, Viewer, What
from storage.tables import accesses as rows
from tests.academy.school import join

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def a_group(tx: Connection) -> int:
    """Return the group that a learner with the number 7 joined at NOW."""
    join(tx, address=7, now=NOW)
    group = groups.by_name(tx, "Autumn")
    assert group is not None
    return group.id


def iryna(tx: Connection) -> Viewer:
    person = people.add(tx, address=50, name="Iryna", language="en", now=NOW)
    return Viewer(role="facilitator", person_id=person.id)


def number_of(tx: Connection, address: int) -> int:
    person = people.by_address(tx, address)
    assert person is not None
    return person.id


def test_the_same_thing_within_a_quarter_of_an_hour_stands_there_once(tx: Connection) -> None:
    figures = Shown(what="figures", group_id=a_group(tx))
    hands = Shown(what="hands", group_id=figures.group_id)
    viewer = iryna(tx)
    another = Viewer(role="admin", person_id=people.add(tx, address=51, name="", language="", now=NOW).id)

    for minutes, who, what in (
        (0, viewer, figures),
        (14, viewer, figures),
        (14, viewer, hands),
        (14, another, figures),
        (14, OPERATOR, figures),
        (15, viewer, figures),
        (16, OPERATOR, figures),
    ):
        accesses.note(tx, viewer=who, shown=what, now=NOW + minutes * MINUTE)

    assert [
        ((one.accessed_at - NOW) // MINUTE, one.role, one.person, one.what) for one in accesses.listing(tx)
    ] == [
        (0, "facilitator", 50, "figures"),
        (14, "facilitator", 50, "hands"),
        (14, "admin", 51, "figures"),
        (14, "operator", None, "figures"),
        (15, "facilitator", 50, "figures"),
    ]


def test_a_row_is_a_moment_and_numbers(tx: Connection) -> None:
    viewer, group_id = iryna(tx), a_group(tx)
    learner_id = number_of(tx, 7)

    shown = Shown(what="answer", group_id=group_id, learner_id=learner_id)
    accesses.note(tx, viewer=viewer, shown=shown, now=NOW)

    [row] = tx.execute(select(rows)).mappings()
    assert {name: value for name, value in row.items() if name != "id"} == {
        "accessed_at": NOW,
        "role": "facilitator",
        "person_id": viewer.person_id,
        "what": "answer",
        "group_id": group_id,
        "learner_id": learner_id,
    }
    assert accesses.listing(tx) == (
        Access(
            accessed_at=NOW,
            role="facilitator",
            person=50,
            name="Iryna",
            what="answer",
            group="Autumn",
            learner=7,
        ),
    )


def test_a_list_is_of_one_group_and_by_or_to_one_person(tx: Connection) -> None:
    autumn, viewer = a_group(tx), iryna(tx)
    join(tx, address=8, group="Spring", now=NOW)
    spring = groups.by_name(tx, "Spring")
    assert spring is not None
    seven, eight = number_of(tx, 7), number_of(tx, 8)
    # The first is from before anybody had joined.
    accesses.note(tx, viewer=viewer, shown=Shown(what="hands", group_id=autumn), now=NOW - MINUTE)
    accesses.note(tx, viewer=viewer, shown=Shown(what="figures", group_id=autumn), now=NOW)
    accesses.note(tx, viewer=OPERATOR, shown=Shown(what="report", group_id=spring.id), now=NOW + MINUTE)
    named = Shown(what="name", group_id=spring.id, learner_id=eight)
    accesses.note(tx, viewer=viewer, shown=named, now=NOW + 2 * MINUTE)

    def told(**about: int) -> list[str]:
        return [one.what for one in accesses.listing(tx, **about)]

    assert told() == ["hands", "figures", "report", "name"]
    assert told(group_id=autumn) == ["hands", "figures"]
    assert told(person_id=seven) == ["figures"]
    assert told(person_id=eight) == ["report", "name"]
    assert viewer.person_id is not None
    assert told(person_id=viewer.person_id) == ["hands", "figures", "name"]
    assert told(group_id=autumn, person_id=eight) == []


def test_a_row_goes_after_twelve_months(tx: Connection) -> None:
    year = timedelta(days=365.25)
    shown = Shown(what="report", group_id=a_group(tx))
    for days in (0, 1):
        accesses.note(tx, viewer=OPERATOR, shown=shown, now=NOW + timedelta(days=days))

    assert accesses.prune(tx, now=NOW + year) == 0
    assert accesses.prune(tx, now=NOW + year + MINUTE) == 1

    assert [one.accessed_at for one in accesses.listing(tx)] == [NOW + timedelta(days=1)]


@pytest.mark.parametrize("what", ["figures", "hands", "report", "answers"])
def test_what_shows_a_group_names_no_learner(tx: Connection, what: What) -> None:
    group_id = a_group(tx)
    shown = Shown(what=what, group_id=group_id, learner_id=number_of(tx, 7))

    with pytest.raises(IntegrityError), tx.begin_nested():
        accesses.note(tx, viewer=OPERATOR, shown=shown, now=NOW)


def test_a_command_has_no_name(tx: Connection) -> None:
    shown, person_id = Shown(what="report", group_id=a_group(tx)), iryna(tx).person_id

    with pytest.raises(IntegrityError), tx.begin_nested():
        accesses.note(tx, viewer=Viewer(role="operator", person_id=person_id), shown=shown, now=NOW)
