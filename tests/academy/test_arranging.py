"""Presses on an `order` and a `match`: what is kept, and what is shown."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from academy import answering, helping
from academy.arrangement import shown_order
from academy.messages.arranging import Arranged
from academy.messages.learning import Choice, NotRead, OptionResult, QuestionShown
from academy.outgoing import Show
from lessons.arranging import written
from lessons.markup import RichText, parse
from storage import records
from tests.academy.arranging_desk import ORDER, PLAIN, ROOMS, TWO, desk
from tests.academy.presses import NOW, go_on, pressed, responses
from tests.academy.school import ACADEMY, screen


def test_placing_grows_the_list_in_the_same_message(tx: Connection) -> None:
    at = desk(tx, ORDER)

    outcome = at.put(2, 0)

    assert outcome == "done"
    assert at.placed == (2, 0)
    assert at.learner.heard()[-1] == Show(
        message=QuestionShown(
            assignment_id=at.learner.open.id,
            step=0,
            question=1,
            questions=1,
            form="order",
            prompt=parse(ORDER.prompt),
            choices=tuple(
                Choice(index=index, text=PLAIN[index], picked=index in {0, 2})
                for index in shown_order(ORDER, enrollment_id=at.learner.enrollment_id)
            ),
            has_hint=True,
            arranged=Arranged(lines=("1. Wait", "2. Close the windows"), count=3, before=31),
        ),
        edits=screen(),
    )
    assert responses(at.learner) == []


def test_matching_asks_for_one_after_the_other(tx: Connection) -> None:
    at = desk(tx, ROOMS)
    asked = []

    for item in (1, 0, 2):
        at.put(item)
        shown = at.learner.last()
        assert isinstance(shown, QuestionShown)
        asked.append(shown.arranged)

    assert asked == [
        Arranged(lines=("Office – 15 °C",), count=3, left="Corridor", before=2),
        Arranged(lines=("Office – 15 °C", "Corridor – 20 °C"), count=3, left="Hall", before=21),
        Arranged(lines=("Office – 15 °C", "Corridor – 20 °C", "Hall – 17 °C"), count=3, left="", before=213),
    ]


def test_a_wrong_order_keeps_the_answer_back_and_a_right_one_ends_it(tx: Connection) -> None:
    at = desk(tx, ORDER)
    at.put(1, 0, 2)

    at.check()
    wrong = at.feedback()
    at.put(0, 1, 2)
    at.check()

    assert (wrong.verdict, wrong.chosen, wrong.answer, wrong.neighbours) == (
        "not_yet",
        "1. Set the valve\n2. Close the windows\n3. Wait",
        "",
        (1, 2),
    )
    assert (wrong.why, wrong.explain) == (RichText("An open window heats the street."), RichText(""))
    assert wrong.hint == RichText("Begin where the heat leaves.")
    right = at.feedback()
    assert (right.verdict, right.answer, right.why) == (
        "right",
        "1. Close the windows\n2. Set the valve\n3. Wait",
        RichText(""),
    )
    assert responses(at.learner) == [
        ("q-order", 1, "1,0,2", 0.5, "partly"),
        ("q-order", 2, "0,1,2", 1.0, "right"),
    ]


def test_every_pair_is_named_and_the_answer_shown_when_no_try_is_left(tx: Connection) -> None:
    at = desk(tx, ROOMS)
    at.put(0, 2, 1)
    at.check()
    open_still = at.feedback()
    at.put(0, 2, 1)
    at.check()

    pairs = (
        OptionResult(text="Office – 20 °C", result="right", why=RichText("")),
        OptionResult(text="Corridor – 17 °C", result="wrong", why=RichText("")),
        OptionResult(text="Hall – 15 °C", result="wrong", why=RichText("")),
    )
    assert (open_still.verdict, open_still.options, open_still.answer) == ("not_yet", pairs, "")
    closed = at.feedback()
    assert (closed.verdict, closed.options, closed.answer) == (
        "partly",
        pairs,
        "Office – 20 °C\nCorridor – 15 °C\nHall – 17 °C",
    )


def test_with_two_things_there_is_one_try(tx: Connection) -> None:
    at = desk(tx, TWO)
    at.put(1, 0)

    at.check()

    assert (at.feedback().verdict, at.feedback().answer) == ("answer", "1. Close\n2. Open")


@pytest.mark.parametrize("item", [3, 99])
def test_what_no_button_carries_is_unknown(tx: Connection, item: int) -> None:
    at = desk(tx, ORDER)

    assert at.put(item) == "unknown"
    assert at.placed == ()


def test_another_kind_of_question_knows_none_of_these_presses(tx: Connection) -> None:
    at = desk(tx, ORDER)

    outcome = answering.choose(tx, pressed(at.learner), try_number=1, option=0, now=NOW, academy=ACADEMY)

    assert (outcome, responses(at.learner)) == ("unknown", [])


def test_the_answer_asked_for_scores_nothing(tx: Connection) -> None:
    at = desk(tx, ROOMS)
    at.put(0)

    helping.show_answer(tx, pressed(at.learner), now=NOW, academy=ACADEMY)

    shown = at.feedback()
    assert (shown.verdict, shown.chosen, shown.options) == ("answer", "", ())
    assert shown.answer == "Office – 20 °C\nCorridor – 15 °C\nHall – 17 °C"
    assert responses(at.learner) == [("q-rooms", 1, "", 0.0, "shown")]


def test_the_next_step_begins_with_nothing_placed(tx: Connection) -> None:
    at = desk(tx, ORDER)
    records.change(tx, at.learner.open, replace(at.learner.open, placed=(2,)))

    records.advance(tx, at.learner.open, to_step=1)

    assert at.placed == ()


def test_typed_positions_are_those_on_the_screen(tx: Connection) -> None:
    at = desk(tx, ORDER)
    shown = shown_order(ORDER, enrollment_id=at.learner.enrollment_id)
    at.put(1)

    taken = answering.typed(tx, person_id=at.learner.person_id, text="3 1 2", now=NOW)

    assert taken
    assert responses(at.learner)[0][2] == written((shown[2], shown[0], shown[1]))
    assert at.placed == ()


def test_other_words_are_told_of_the_buttons(tx: Connection) -> None:
    at = desk(tx, ORDER)

    answering.typed(tx, person_id=at.learner.person_id, text="windows first", now=NOW)

    assert at.learner.last() == NotRead(reason="button_expected", typed="")
    assert responses(at.learner) == []


def test_hints_keep_what_was_placed(tx: Connection) -> None:
    at = desk(tx, ORDER)
    at.put(2)

    helping.show_hint(tx, pressed(at.learner), number=1, now=NOW, academy=ACADEMY)

    shown = at.learner.last()
    assert isinstance(shown, QuestionShown)
    assert shown.arranged == Arranged(lines=("1. Wait",), count=3, before=3)
    assert shown.hint == RichText("Begin where the heat leaves.")


def test_a_card_after_it_is_reached(tx: Connection) -> None:
    at = desk(tx, ORDER)
    at.put(0, 1, 2)
    at.check()

    assert go_on(at.learner, 0) == "done"


@given(st.integers(min_value=1, max_value=10_000), st.integers(min_value=2, max_value=8))
def test_what_is_shown_is_never_the_right_order(enrollment_id: int, count: int) -> None:
    asked = replace(ORDER, items=tuple(str(number) for number in range(count)))

    shown = shown_order(asked, enrollment_id=enrollment_id)

    assert sorted(shown) == list(range(count))
    assert shown != tuple(range(count))
    assert shown == shown_order(asked, enrollment_id=enrollment_id)
