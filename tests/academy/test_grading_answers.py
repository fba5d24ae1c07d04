from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, func, select, update

from academy import grading_answers, open_answers, privacy
from academy.grading_answers import Grading
from academy.messages.grading import (
    AnswerToGrade,
    AnswerWhole,
    GradedBefore,
    GradeKept,
    Level,
    NothingToGrade,
)
from academy.messages.surveying import AnswerGraded, FinalResult, GradeTold
from learners.people import Person
from lessons.steps import Open
from storage import open_answers as kept
from storage import people, roles
from storage.tables import grades, outbox
from storage.tables import open_answers as open_answer_rows
from tests.academy.cohort import shown
from tests.academy.opinions import NOTE, NOW, PLACE, answer_of, at, helper, on_message, only, send
from tests.academy.school import ACADEMY, HOUR, Learner

LEVELS = (
    Level(points=0, text=""),
    Level(points=1, text="names a place"),
    Level(points=2, text="and says why"),
)


def card_number(tx: Connection, person: Person, *, number: int) -> int:
    """Give the newest message to this person a number, as the sender does."""
    newest = tx.execute(select(func.max(outbox.c.id)).where(outbox.c.person_id == person.id)).scalar_one()
    tx.execute(update(outbox).where(outbox.c.id == newest).values(state="sent", message_id=number))
    return number


def opened(tx: Connection, person: Person, learner: Learner, *, number: int = 500) -> Grading:
    """Show the next answer and return presses on its message."""
    grading_answers.open_next(tx, person=person, now=NOW)
    card_number(tx, person, number=number)
    response_id = answer_of(learner).response_id
    return Grading(person=person, response_id=response_id, screen=on_message(number))


def give(
    tx: Connection, on: Grading, level: int, *, version: int = 1, round_: int = 1, hours: int = 0
) -> grading_answers.GradeOutcome:
    return grading_answers.grade(
        tx, on, version=version, round_=round_, level=level, now=NOW + hours * HOUR, academy=ACADEMY
    )


def test_the_answer_is_shown_without_its_name_and_with_its_levels(tx: Connection) -> None:
    learner, other = at(tx, 1), at(tx, 1, address=8)
    iryna = helper(tx, learner)
    send(learner)
    send(other, "The door.")

    opened(tx, iryna, learner)

    assert shown(tx, iryna)[-1].message == AnswerToGrade(
        response_id=answer_of(learner).response_id,
        version=1,
        round=1,
        group="Autumn",
        lesson="Doors",
        question="Where is heat lost?",
        answer="The roof.",
        levels=LEVELS,
        of_points=2,
        others=1,
    )


def test_the_name_is_there_where_the_author_hides_none(tx: Connection) -> None:
    learner = at(tx, 1, course=only(replace(PLACE, hide_name=False)))
    iryna = helper(tx, learner)
    send(learner)

    opened(tx, iryna, learner)

    card = shown(tx, iryna)[-1].message
    assert isinstance(card, AnswerToGrade)
    assert card.learner == "Learner 7"


def test_a_grade_is_told_to_both_and_the_next_answer_comes(tx: Connection) -> None:
    learner, other = at(tx, 1), at(tx, 1, address=8)
    iryna = helper(tx, learner)
    send(learner)
    send(other, "The door.")
    on = opened(tx, iryna, learner)

    outcome = give(tx, on, 1)

    grade = GradeTold(points=1, of_points=2, level="names a place")
    assert outcome == "done"
    assert learner.last() == AnswerGraded(facilitator="Iryna", grade=grade, question="Where is heat lost?")
    kept_message, following = shown(tx, iryna)[-2:]
    assert kept_message.message == GradeKept(response_id=on.response_id, grade=grade)
    assert kept_message.edits == on.screen
    assert isinstance(following.message, AnswerToGrade)
    assert following.message.answer == "The door."


def test_of_two_facilitators_the_first_counts_and_the_second_is_told(tx: Connection) -> None:
    learner = at(tx, 1)
    iryna, petro = helper(tx, learner), helper(tx, learner, address=51)
    send(learner)
    hers, his = opened(tx, iryna, learner), opened(tx, petro, learner, number=600)

    outcomes = [give(tx, hers, 2), give(tx, his, 0)]

    assert outcomes == ["done", "done"]
    assert tx.execute(select(grades.c.points)).scalars().all() == [2]
    before, nothing = (one.message for one in shown(tx, petro)[-2:])
    assert before == GradedBefore(
        response_id=hers.response_id,
        facilitator="Iryna",
        grade=GradeTold(points=2, of_points=2, level="and says why"),
    )
    assert nothing == NothingToGrade(put_off=0)


def test_a_second_tap_of_ones_own_says_nothing(tx: Connection) -> None:
    learner = at(tx, 1)
    iryna = helper(tx, learner)
    send(learner)
    on = opened(tx, iryna, learner)
    give(tx, on, 2)
    before = len(shown(tx, iryna))

    outcome = give(tx, on, 0)

    assert outcome == "done"
    assert len(shown(tx, iryna)) == before
    assert tx.execute(select(grades.c.points)).scalars().all() == [2]


def test_an_answer_that_was_changed_is_read_again_before_it_is_graded(tx: Connection) -> None:
    learner = at(tx, 1)
    iryna = helper(tx, learner)
    send(learner)
    on = opened(tx, iryna, learner)
    open_answers.edited(tx, person_id=learner.person_id, text="The floor.", message_id=900, now=NOW)

    give(tx, on, 2)

    card = shown(tx, iryna)[-1].message
    assert isinstance(card, AnswerToGrade)
    assert (card.changed, card.version, card.answer) == (True, 2, "The floor.")
    assert tx.execute(select(func.count()).select_from(grades)).scalar_one() == 0


def test_a_changed_grade_is_a_round_more_and_is_told(tx: Connection) -> None:
    learner = at(tx, 1)
    iryna = helper(tx, learner)
    send(learner)
    on = opened(tx, iryna, learner)
    give(tx, on, 2)

    grading_answers.again(tx, on, now=NOW)
    card = shown(tx, iryna)[-1].message
    give(tx, on, 0, round_=2)

    assert isinstance(card, AnswerToGrade)
    assert (card.round, card.before) == (2, GradeTold(points=2, of_points=2, level="and says why"))
    message = learner.last()
    assert isinstance(message, AnswerGraded)
    assert (message.again, message.grade.points) == (True, 0)
    assert tx.execute(select(grades.c.round, grades.c.points).order_by(grades.c.id)).all() == [(1, 2), (2, 0)]


def test_a_comment_goes_along_and_the_name_is_shown_on_demand(tx: Connection) -> None:
    learner = at(tx, 1)
    iryna = helper(tx, learner)
    send(learner)
    on = opened(tx, iryna, learner)
    grading_answers.show_name(tx, on, now=NOW)
    card_number(tx, iryna, number=500)
    grading_answers.ask_comment(tx, on, now=NOW)

    grading_answers.comment(tx, person=iryna, text=" Well seen. ", now=NOW)
    card = shown(tx, iryna)[-1].message
    card_number(tx, iryna, number=501)
    give(tx, Grading(person=iryna, response_id=on.response_id, screen=on_message(501)), 2)

    assert isinstance(card, AnswerToGrade)
    assert (card.learner, card.comment) == ("Learner 7", "Well seen.")
    message = learner.last()
    assert isinstance(message, AnswerGraded)
    assert message.grade.comment == "Well seen."


def test_without_a_rubric_there_is_none_half_or_all(tx: Connection) -> None:
    assert grading_answers.levels_of(Open(id="q", prompt="Why?", points=3)) == (
        Level(points=0, text=""),
        Level(points=1.5, text=""),
        Level(points=3, text=""),
    )


def test_a_voice_note_and_a_long_answer_come_first_and_by_themselves(tx: Connection) -> None:
    spoken, long = at(tx, 1), at(tx, 1, address=8)
    iryna = helper(tx, spoken)
    open_answers.spoken(tx, person_id=spoken.person_id, voice=NOTE, message_id=900, now=NOW, academy=ACADEMY)
    send(long, "x" * 1001)
    on = opened(tx, iryna, spoken)
    note, card = (one.message for one in shown(tx, iryna)[-2:])
    give(tx, on, 1)
    whole, second = (one.message for one in shown(tx, iryna)[-2:])

    assert note == AnswerWhole(response_id=on.response_id, file_id="AwAC", file_kind="voice", seconds=12)
    assert isinstance(card, AnswerToGrade)
    assert (card.answer, card.seconds) == ("", 12)
    assert whole == AnswerWhole(response_id=answer_of(long).response_id, text="x" * 1001)
    assert isinstance(second, AnswerToGrade)
    assert (second.answer, second.seconds) == ("", None)


def test_the_learner_hears_of_it_at_once_only_in_a_conversation(tx: Connection) -> None:
    soon, later = at(tx, 1), at(tx, 1, address=8)
    iryna = helper(tx, soon)
    send(soon)
    send(later)
    on = opened(tx, iryna, soon)
    give(tx, on, 2)
    # 21:01 where they live: more than an hour after the answer it waits until 08:00.
    give(tx, Grading(person=iryna, response_id=answer_of(later).response_id, screen=None), 2, hours=12)

    said = [learner.rows[-1] for learner in (soon, later)]
    assert [(kind, at_) for _, kind, at_, _ in said] == [
        ("reply", NOW),
        ("notice", NOW + timedelta(hours=22, minutes=59)),
    ]


def test_the_last_grade_of_a_finished_course_tells_the_result(tx: Connection) -> None:
    learner = at(tx, 1, course=only(PLACE))
    iryna = helper(tx, learner)
    send(learner)
    on = opened(tx, iryna, learner)

    give(tx, on, 2)
    passed = learner.last()
    give(tx, on, 1, round_=2)

    assert passed == FinalResult(course="Heat", score_percent=100, passed=True, pass_percent=70)
    assert learner.last() == FinalResult(course="Heat", score_percent=50, passed=False, pass_percent=70)


def test_a_role_that_was_taken_away_grades_nothing(tx: Connection) -> None:
    learner = at(tx, 1)
    iryna = helper(tx, learner)
    send(learner)
    on = opened(tx, iryna, learner)
    (role,) = roles.roles_of(tx, iryna.id)
    roles.revoke(tx, person_id=iryna.id, name="facilitator", group_id=role.group_id)

    outcomes = [
        give(tx, on, 2),
        grading_answers.show_name(tx, on, now=NOW),
        grading_answers.later(tx, on, now=NOW),
        grading_answers.again(tx, on, now=NOW),
    ]

    assert outcomes == ["not_allowed"] * 4


def test_made_up_numbers_grade_nothing(tx: Connection) -> None:
    learner = at(tx, 1)
    iryna = helper(tx, learner)
    send(learner)
    on = opened(tx, iryna, learner)

    assert give(tx, on, 3) == "unknown"
    assert give(tx, on, 1, round_=2) == "unknown"
    assert give(tx, on, 1, round_=0) == "unknown"
    assert give(tx, Grading(person=iryna, response_id=10**9, screen=None), 1) == "unknown"


def test_who_left_is_not_graded_and_who_is_erased_is_gone(tx: Connection) -> None:
    learner = at(tx, 1)
    iryna = helper(tx, learner)
    send(learner)
    on = opened(tx, iryna, learner)
    give(tx, on, 2)

    privacy.erase(tx, person=learner.person, screen=None, now=NOW)

    assert kept.waiting(tx, group_ids=[1]).answers == 0
    assert tx.execute(select(func.count()).select_from(open_answer_rows)).scalar_one() == 0
    assert tx.execute(select(func.count()).select_from(grades)).scalar_one() == 0
    said = " ".join(tx.execute(select(outbox.c.content)).scalars())
    assert "The roof." not in said
    assert give(tx, on, 1) == "unknown"


def test_a_forgotten_facilitator_leaves_the_grade_without_a_name(tx: Connection) -> None:
    learner = at(tx, 1)
    iryna, petro = helper(tx, learner), helper(tx, learner, address=51)
    send(learner)
    give(tx, opened(tx, iryna, learner), 2)

    privacy.erase(tx, person=iryna, screen=None, now=NOW)

    assert tx.execute(select(grades.c.points, grades.c.graded_by)).all() == [(2, None)]
    message = learner.last()
    assert isinstance(message, AnswerGraded)
    assert message.facilitator == ""
    assert people.get(tx, petro.id).name == "Iryna"
