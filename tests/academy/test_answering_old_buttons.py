from dataclasses import replace

import pytest
from sqlalchemy import Connection

from academy import answering, delivering, helping, walking
from academy.messages.learning import LessonDone, OldButton
from academy.outgoing import RemoveButtons, Show
from academy.places import Pressed
from tests.academy.presses import NOW, at_step, choose, go_on, pressed, responses
from tests.academy.school import ACADEMY, DAY, ENERGY, FANS, HOUR, LESSONS, MONDAY, Learner, join, screen


def test_two_options_pressed_at_once_the_first_counts(tx: Connection) -> None:
    learner = at_step(tx, 1, 2)

    first, second = choose(learner, 0), choose(learner, 1)

    assert (first, second) == ("done", "counted")
    assert responses(learner) == [("q-fans", 1, "0", 1.0, "right")]
    shown = [one for one in learner.heard()[1:] if isinstance(one, Show)]
    assert shown[0] == shown[1]


def test_a_doubled_tap_changes_nothing(tx: Connection) -> None:
    learner = at_step(tx, 1, 2)

    outcomes = [choose(learner, 1), choose(learner, 1), go_on(learner, 1), go_on(learner, 2)]

    # The last one is no button anybody was shown: the question is still open.
    assert outcomes == ["done", "done", "passed", "unknown"]
    assert responses(learner) == [("q-fans", 1, "1", 0.0, "wrong")]
    assert learner.open.try_number == 2


def closed_questions(tx: Connection) -> tuple[Learner, Learner, Learner]:
    """Three learners whose question is answered: right, out of tries, and with the answer shown."""
    right, wrong, shown = (at_step(tx, 1, 2, address=address) for address in (1, 2, 3))
    choose(right, 0)
    choose(wrong, 1)
    choose(wrong, 2, try_number=2)
    helping.show_answer(tx, pressed(shown), now=NOW, academy=ACADEMY)
    return right, wrong, shown


def test_a_closed_question_takes_no_further_answer(tx: Connection) -> None:
    for learner in closed_questions(tx):
        kept, place = responses(learner), learner.open
        next_try = place.try_number

        outcomes = [choose(learner, option, try_number=next_try) for option in (0, 1, 2)]
        helping.show_hint(tx, pressed(learner), number=place.hints_shown + 1, now=NOW, academy=ACADEMY)
        helping.show_answer(tx, pressed(learner), now=NOW, academy=ACADEMY)
        typed = answering.typed(tx, person_id=learner.person_id, text="Ventilation fans", now=NOW)

        # No screen holds these buttons: a client made them up.
        assert outcomes == ["unknown"] * 3
        assert not typed
        assert (responses(learner), learner.open) == (kept, place)


def test_ticks_of_a_closed_question_stay_as_they_were_checked(tx: Connection) -> None:
    learner = at_step(tx, 2, 0)
    for option in (0, 1):
        tick(learner, option, try_number=1)
    answering.check(tx, pressed(learner), try_number=1, now=NOW, academy=ACADEMY)
    place = learner.open

    tick(learner, 2, try_number=2)
    outcome = answering.check(tx, pressed(learner), try_number=2, now=NOW, academy=ACADEMY)

    assert outcome == "unknown"
    assert responses(learner) == [("q-today", 1, "0,1", 1.0, "right")]
    assert learner.open == place


def test_words_typed_after_the_right_answer_are_no_answer(tx: Connection) -> None:
    learner = at_step(tx, 3, 1)
    answering.typed(tx, person_id=learner.person_id, text="150", now=NOW)

    again = answering.typed(tx, person_id=learner.person_id, text="140", now=NOW)

    assert not again
    assert responses(learner) == [("q-kwh", 1, "150", 1.0, "right")]


def tick(learner: Learner, option: int, *, try_number: int) -> None:
    answering.tick(
        learner.tx,
        pressed(learner),
        try_number=try_number,
        option=option,
        on=True,
        now=NOW,
        academy=ACADEMY,
    )


def test_half_of_a_double_tap_on_the_last_continue_is_not_an_old_button(tx: Connection) -> None:
    learner = at_step(tx, 1, 2)
    choose(learner, 0)

    go_on(learner, 2)
    outcome = go_on(learner, 2)

    assert outcome == "finished"
    assert isinstance(learner.last(), LessonDone)


def test_an_old_button_leads_to_the_open_lesson_once(tx: Connection) -> None:
    learner = at_step(tx, 1, 2)
    choose(learner, 0)
    go_on(learner, 2)
    delivering.tick(tx, now=MONDAY + DAY, academy=ACADEMY)
    said = len(learner.heard())

    outcomes = [go_on(learner, 0, minutes=1500), go_on(learner, 0, minutes=1501)]

    assert outcomes == ["finished", "finished"]
    assert learner.heard()[said:] == [
        RemoveButtons(screen=screen()),
        Show(message=OldButton(assignment_id=learner.open.id, next_at=None, zone="Asia/Ulaanbaatar")),
        RemoveButtons(screen=screen()),
    ]


def test_an_old_button_between_lessons_says_when_the_next_one_comes(tx: Connection) -> None:
    learner = at_step(tx, 1, 2)
    choose(learner, 0)
    go_on(learner, 2)

    outcome = answering.choose(
        tx, pressed(learner), try_number=1, option=0, now=MONDAY + HOUR, academy=ACADEMY
    )

    assert outcome == "finished"
    assert learner.last() == OldButton(assignment_id=None, next_at=MONDAY + DAY, zone="Asia/Ulaanbaatar")


def test_somebody_elses_button_does_nothing(tx: Connection) -> None:
    owner, other = at_step(tx, 1, 2), at_step(tx, 1, 2, address=8)
    before = (owner.heard(), other.heard(), owner.given)

    outcomes = [
        choose(owner, 0, by=other),
        helping.show_answer(tx, pressed(owner, by=other), now=NOW, academy=ACADEMY),
        helping.show_hint(tx, pressed(owner, by=other), number=1, now=NOW, academy=ACADEMY),
        walking.start(
            tx,
            Pressed(person_id=other.person_id, assignment_id=owner.open.id, screen=screen()),
            now=NOW,
            academy=ACADEMY,
        ),
    ]

    assert outcomes == ["unknown"] * 4
    assert (owner.heard(), other.heard(), owner.given) == before


@pytest.mark.parametrize("option", [3, 4711])
def test_an_option_that_never_was_is_nobodys_button(tx: Connection, option: int) -> None:
    learner = at_step(tx, 1, 2)

    assert choose(learner, option) == "unknown"
    assert choose(learner, 0, try_number=2) == "unknown"
    assert responses(learner) == []


def test_an_answer_is_graded_against_the_version_that_was_shown(tx: Connection) -> None:
    learner = at_step(tx, 1, 2)
    other_key = replace(
        FANS,
        options=tuple(replace(option, right=option.text == "Emergency lighting") for option in FANS.options),
    )
    newer = replace(ENERGY, version="2.0.0", lessons=(replace(LESSONS[0], steps=(other_key,)),))
    join(tx, address=99, course=newer, group="Newer")

    choose(learner, 0)

    assert responses(learner) == [("q-fans", 1, "0", 1.0, "right")]
