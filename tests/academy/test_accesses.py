"""Who was shown learners' records is noted where it is shown, and told to whom it concerns."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from academy import grading_answers, open_answers, privacy, reporting
from academy.grading_answers import Grading
from academy.messages.joining import MyData
from learners.groups import Group
from learners.people import Person
from storage import accesses, people, personal_data, roles
from storage.tables import accesses as rows
from tests.academy.cohort import shown
from tests.academy.opinions import NOW, answer_of, at, group_of, helper, on_message, send
from tests.academy.school import ACADEMY, Learner
from tests.academy.test_grading_answers import card_number

MINUTE = timedelta(minutes=1)


def noted(tx: Connection) -> list[tuple[str, int | None, str, int | None]]:
    return [(one.role, one.person, one.what, one.learner) for one in accesses.listing(tx)]


def looks_at(tx: Connection, person: Person, group: Group, *, minutes: int = 0) -> None:
    reporting.show_group(tx, person=person, group=group, now=NOW + minutes * MINUTE, academy=ACADEMY)


def told(tx: Connection, learner: Learner) -> list[dict[str, Any]]:  # any JSON value
    """What the learner's own data say about who was shown them."""
    privacy.my_data(tx, person=learner.person, now=NOW, academy=ACADEMY)
    message = shown(tx, learner.person)[-1].message
    assert isinstance(message, MyData)
    about, own = (one for one in json.loads(message.document)["kept"] if one["table"] == "accesses")
    assert own["rows"] == []
    found: list[dict[str, Any]] = about["rows"]
    return found


def test_figures_and_hands_are_noted_with_the_role_they_were_shown_to(tx: Connection) -> None:
    learner = at(tx, 1)
    group, iryna = group_of(tx, learner), helper(tx, learner)
    delger = people.add(tx, address=60, name="Delger", language="en", now=NOW)
    roles.grant(tx, person_id=delger.id, name="admin", group_id=None, now=NOW)
    elsewhere = group_of(tx, at(tx, 1, address=9, group="Spring"))
    roles.grant(tx, person_id=delger.id, name="facilitator", group_id=elsewhere.id, now=NOW)

    looks_at(tx, iryna, group)
    reporting.show_hands(tx, person=iryna, group=group, screen=None, now=NOW, academy=ACADEMY)
    looks_at(tx, delger, group)
    looks_at(tx, iryna, group, minutes=5)

    assert noted(tx) == [
        ("facilitator", 50, "figures", None),
        ("facilitator", 50, "hands", None),
        ("admin", 60, "figures", None),
    ]


def test_an_answer_is_noted_with_its_learner_and_so_is_the_name(tx: Connection) -> None:
    learner, other = at(tx, 1), at(tx, 1, address=8)
    iryna = helper(tx, learner)
    send(learner)
    send(other, "The door.")

    grading_answers.open_next(tx, person=iryna, now=NOW)
    on = Grading(
        person=iryna,
        response_id=answer_of(learner).response_id,
        screen=on_message(card_number(tx, iryna, number=500)),
    )
    grading_answers.show_name(tx, on, now=NOW)
    # Grading it brings the other one.
    grading_answers.grade(tx, on, version=1, round_=1, level=1, now=NOW, academy=ACADEMY)
    # Looked at once more, much later.
    grading_answers.again(tx, on, now=NOW + 60 * MINUTE)

    assert noted(tx) == [
        ("facilitator", 50, "answer", 7),
        ("facilitator", 50, "name", 7),
        ("facilitator", 50, "answer", 8),
        ("facilitator", 50, "answer", 7),
    ]


def test_what_learners_do_themselves_is_no_access(tx: Connection) -> None:
    learner = at(tx, 1)
    helper(tx, learner)

    send(learner)

    assert noted(tx) == []


def test_ones_own_data_tell_in_words_who_was_shown_what_and_when(tx: Connection) -> None:
    learner, other = at(tx, 1), at(tx, 1, address=8)
    stranger = at(tx, 1, address=9, group="Spring")
    iryna = helper(tx, learner)
    send(other)
    looks_at(tx, iryna, group_of(tx, learner))
    grading_answers.open_next(tx, person=iryna, now=NOW)
    command = accesses.Shown(what="report", group_id=group_of(tx, learner).id)
    accesses.note(tx, viewer=accesses.OPERATOR, shown=command, now=NOW)

    by_group: list[dict[str, str | None]] = [
        {
            "accessed_at": NOW.isoformat(),
            "by": "A facilitator",
            "name": "Iryna",
            "what": "How your group stands, with the names of some who need a hand",
        },
        {
            "accessed_at": NOW.isoformat(),
            "by": "Whoever runs this service, by a command",
            "name": None,
            "what": "How far everybody in your group is, by name",
        },
    ]
    answer = {**by_group[0], "what": "An answer in your own words"}
    assert told(tx, learner) == by_group
    assert told(tx, other) == [by_group[0], answer, by_group[1]]
    assert told(tx, stranger) == []


def test_erasing_whoever_looked_leaves_the_row_without_a_name(tx: Connection) -> None:
    learner = at(tx, 1)
    iryna = helper(tx, learner)
    looks_at(tx, iryna, group_of(tx, learner))

    personal_data.erase(tx, iryna)

    assert noted(tx) == [("facilitator", None, "figures", None)]
    assert [(one["by"], one["name"]) for one in told(tx, learner)] == [("A facilitator", None)]


def test_erasing_a_learner_leaves_that_something_was_shown(tx: Connection) -> None:
    learner, other = at(tx, 1), at(tx, 1, address=8)
    iryna = helper(tx, learner)
    send(learner)
    grading_answers.open_next(tx, person=iryna, now=NOW)

    personal_data.erase(tx, learner.person)

    assert noted(tx) == [("facilitator", 50, "answer", None)]
    assert tx.execute(select(rows.c.learner_id)).scalars().all() == [None]
    # Nobody else is taken for the one who went.
    assert told(tx, other) == []


def test_what_was_noted_goes_after_twelve_months(tx: Connection) -> None:
    learner = at(tx, 1)
    group, iryna = group_of(tx, learner), helper(tx, learner)
    for minutes in (0, 20):
        looks_at(tx, iryna, group, minutes=minutes)

    privacy.sweep(tx, now=NOW + timedelta(days=365.25) + MINUTE)

    assert [one.accessed_at for one in accesses.listing(tx)] == [NOW + 20 * MINUTE]


def test_an_answer_that_comes_again_by_itself_is_noted_again(tx: Connection) -> None:
    learner = at(tx, 1)
    iryna = helper(tx, learner)
    send(learner)
    grading_answers.open_next(tx, person=iryna, now=NOW)
    on = Grading(
        person=iryna,
        response_id=answer_of(learner).response_id,
        screen=on_message(card_number(tx, iryna, number=500)),
    )

    # With the comment that was typed below it.
    grading_answers.ask_comment(tx, on, now=NOW)
    grading_answers.comment(tx, person=iryna, text="Good.", now=NOW + 20 * MINUTE)
    # Changed before it was graded.
    open_answers.edited(
        tx, person_id=learner.person_id, text="The roof!", message_id=900, now=NOW + 30 * MINUTE
    )
    grading_answers.grade(tx, on, version=1, round_=1, level=1, now=NOW + 40 * MINUTE, academy=ACADEMY)

    assert [((one.accessed_at - NOW) // MINUTE, one.what, one.learner) for one in accesses.listing(tx)] == [
        (0, "answer", 7),
        (20, "answer", 7),
        (40, "answer", 7),
    ]
