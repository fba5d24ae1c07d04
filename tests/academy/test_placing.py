"""An author puts a learner at any step of a preview."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from academy import placing
from academy.answering import choose
from academy.delivering import begin
from academy.messages.learning import CardShown, Feedback, QuestionShown
from academy.outgoing import RemoveButtons, Show
from academy.places import Pressed
from academy.walking import go_on
from learners.records import Assignment
from storage import due, enrollments, people, records, roles
from storage.tables import outbox
from tests.academy.school import ACADEMY, DAY, MONDAY, Learner, join, screen

TODAY = date(2026, 11, 23)


def jump(learner: Learner, lesson_id: str, step: int, *, now: datetime = MONDAY) -> placing.Placed:
    return placing.jump(
        learner.tx,
        person=learner.person,
        group_id=learner.enrollment.group_id,
        lesson_id=lesson_id,
        step=step,
        now=now,
        academy=ACADEMY,
    )


def days(learner: Learner) -> list[tuple[str, date, bool]]:
    """Lesson, day, and whether it is finished."""
    return [(one.lesson_id, one.assigned_on, one.finished_at is not None) for one in learner.given]


def pressed(learner: Learner, open_: Assignment) -> Pressed:
    return Pressed(person_id=learner.person_id, assignment_id=open_.id, step=open_.step, screen=screen())


def answered(tx: Connection) -> Learner:
    """A learner whose first lesson is over: two cards and a question, answered right."""
    learner = join(tx)
    begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    for _ in range(2):
        assert go_on(tx, pressed(learner, learner.open), now=MONDAY, academy=ACADEMY) == "done"
    at = pressed(learner, learner.open)
    assert choose(tx, at, try_number=1, option=0, now=MONDAY, academy=ACADEMY) == "done"
    assert go_on(tx, at, now=MONDAY, academy=ACADEMY) == "done"
    return learner


def test_somebody_who_never_joined_is_put_into_the_middle(tx: Connection) -> None:
    learner = join(tx)

    assert jump(learner, "heat", 1) == "done"

    assert days(learner) == [
        ("night", date(2026, 11, 21), True),
        ("switch", date(2026, 11, 22), True),
        ("heat", TODAY, False),
    ]
    shown = learner.last()
    assert isinstance(shown, QuestionShown)
    assert (shown.step, shown.prompt.text) == (1, "How many kWh in 30 nights?")
    assert (learner.enrollment.state, learner.enrollment.started_at) == ("active", MONDAY)
    assert records.responses_of(tx, learner.enrollment_id) == ()
    assert due.due_at(tx, learner.enrollment_id) is not None


def test_lessons_behind_keep_their_answers_and_those_ahead_come_again(tx: Connection) -> None:
    learner = answered(tx)
    assert jump(learner, "heat", 2, now=MONDAY + DAY) == "done"

    assert jump(learner, "switch", 1, now=MONDAY + DAY) == "done"

    assert days(learner) == [("night", TODAY, True), ("switch", TODAY + timedelta(days=1), False)]
    assert [one.question_id for one in records.responses_of(tx, learner.enrollment_id)] == ["q-fans"]


def test_a_jump_back_forgets_what_was_answered_from_there_on(tx: Connection) -> None:
    learner = answered(tx)

    assert jump(learner, "night", 2) == "done"

    shown = learner.last()
    assert isinstance(shown, QuestionShown)
    assert (shown.step, shown.try_number) == (2, 1)
    assert (learner.open.try_number, learner.open.finished_at) == (1, None)
    assert records.responses_of(tx, learner.enrollment_id) == ()


def test_a_jump_inside_a_lesson_keeps_what_was_answered_before(tx: Connection) -> None:
    learner = join(tx)
    assert jump(learner, "switch", 1) == "done"
    here = pressed(learner, learner.open)
    assert choose(tx, here, try_number=1, option=1, now=MONDAY, academy=ACADEMY) == "done"
    assert isinstance(learner.last(), Feedback)

    assert jump(learner, "switch", 1) == "done"
    assert records.responses_of(tx, learner.enrollment_id) == ()

    assert choose(tx, here, try_number=1, option=1, now=MONDAY, academy=ACADEMY) == "done"
    assert go_on(tx, here, now=MONDAY, academy=ACADEMY) == "done"
    assert jump(learner, "heat", 0) == "done"
    assert [one.question_id for one in records.responses_of(tx, learner.enrollment_id)] == ["q-flat"]


def test_what_was_finished_goes_on_again(tx: Connection) -> None:
    learner = join(tx)
    assert jump(learner, "heat", 2) == "done"
    records.change(tx, learner.open, replace(learner.open, finished_at=MONDAY))
    enrollments.set_state(tx, learner.enrollment_id, "finished", finished_at=MONDAY)

    assert jump(learner, "night", 0, now=MONDAY + DAY) == "done"

    assert isinstance(learner.last(), CardShown)
    assert (learner.enrollment.state, learner.enrollment.finished_at) == ("active", None)
    assert days(learner) == [("night", TODAY + timedelta(days=1), False)]


def test_the_buttons_above_go(tx: Connection) -> None:
    learner = join(tx)
    assert jump(learner, "night", 0) == "done"
    sent(tx, learner, message_id=41)

    assert jump(learner, "night", 1) == "done"

    assert [type(one) for one in learner.heard()] == [Show, RemoveButtons, Show]


def test_a_step_that_is_not_there_changes_nothing(tx: Connection) -> None:
    learner = join(tx)

    assert [jump(learner, *to) for to in (("night", 3), ("night", -1), ("gone", 0))] == ["no_such_step"] * 3

    assert (learner.given, learner.heard()) == ((), [])


def test_who_looks_after_learners_is_none(tx: Connection) -> None:
    learner = join(tx)
    staff = people.add(tx, address=9, name="Iryna", language="en", now=MONDAY)
    roles.grant(tx, person_id=staff.id, name="facilitator", group_id=learner.enrollment.group_id, now=MONDAY)

    outcome = placing.jump(
        tx, person=staff, group_id=learner.enrollment.group_id, lesson_id="night", step=0, now=MONDAY,
        academy=ACADEMY,
    )  # fmt: skip

    assert outcome == "not_a_learner"


def sent(tx: Connection, learner: Learner, *, message_id: int) -> None:
    """Let the newest message of this learner have been sent."""
    newest = learner.rows[-1][0]
    tx.execute(outbox.update().where(outbox.c.id == newest).values(message_id=message_id, state="sent"))
