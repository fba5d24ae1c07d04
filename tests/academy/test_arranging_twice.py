"""An `order` tapped twice, late, or on two phones: the first press for a state counts."""

from dataclasses import replace

from sqlalchemy import Connection

from academy.messages.learning import QuestionShown
from storage import records
from tests.academy.arranging_desk import ORDER, desk
from tests.academy.presses import responses


def test_the_second_of_two_presses_for_one_state_changes_nothing(tx: Connection) -> None:
    at = desk(tx, ORDER)

    outcomes = [at.put(2, before=0), at.put(2, before=0), at.put(1, before=0)]

    assert outcomes == ["done"] * 3
    assert at.placed == (2,)


def test_undo_twice_for_one_state_takes_one_back(tx: Connection) -> None:
    at = desk(tx, ORDER)
    at.put(2, 0)

    at.undo(before=31)
    at.undo(before=31)

    assert at.placed == (2,)


def test_a_late_start_over_leaves_what_was_placed_since(tx: Connection) -> None:
    at = desk(tx, ORDER)
    at.put(2)
    at.start_over(before=3)
    at.put(0, 1)

    at.start_over(before=3)

    assert at.placed == (0, 1)


def test_undo_with_nothing_placed_is_nothing(tx: Connection) -> None:
    at = desk(tx, ORDER)

    at.undo()

    assert at.placed == ()


def test_a_check_is_for_what_stood_on_its_screen(tx: Connection) -> None:
    at = desk(tx, ORDER)
    at.put(2, 1, 0)
    at.undo()
    at.undo()
    at.put(0, 1)

    outcome = at.check(before=321)

    assert (outcome, responses(at.learner)) == ("done", [])
    assert isinstance(at.learner.last(), QuestionShown)


def test_a_check_before_everything_is_placed_counts_nothing(tx: Connection) -> None:
    at = desk(tx, ORDER)
    at.put(2)

    at.check()

    assert responses(at.learner) == []


def test_presses_of_an_answered_try_show_its_verdict(tx: Connection) -> None:
    at = desk(tx, ORDER)
    at.put(2, 1, 0)
    at.check()
    verdict = at.learner.last()

    outcomes = [at.check(before=321, try_number=1), at.put(0, before=0, try_number=1)]

    assert outcomes == ["done", "done"]
    assert at.learner.last() == verdict
    assert (at.placed, len(responses(at.learner))) == ((), 1)


def test_of_two_changes_from_one_state_the_first_is_kept(tx: Connection) -> None:
    at = desk(tx, ORDER)
    before = at.learner.open

    changed = [
        records.change(tx, before, replace(before, placed=(2,))),
        records.change(tx, before, replace(before, placed=(1,))),
    ]

    assert changed == [True, False]
    assert at.placed == (2,)
