from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from academy import open_answers
from academy.messages.grading import AnswersWait
from academy.messages.learning import CourseDone, NotRead
from academy.messages.surveying import OpenChanged, OpenKept
from academy.outgoing import Show
from lessons.markup import RichText
from storage import open_answers as kept
from storage import records
from tests.academy.cohort import shown
from tests.academy.opinions import (
    HEAT,
    NOTE,
    NOW,
    PLACE,
    answer_of,
    at,
    helper,
    only,
    send,
)
from tests.academy.presses import responses
from tests.academy.school import ACADEMY, HOUR, Learner


def edited(learner: Learner, text: str, *, message_id: int = 900) -> bool:
    return open_answers.edited(
        learner.tx, person_id=learner.person_id, text=text, message_id=message_id, now=NOW
    )


def test_a_typed_answer_is_kept_and_waits(tx: Connection) -> None:
    learner = at(tx, 1)
    helper(tx, learner)

    taken = [send(learner), send(learner, "The door.", message_id=901)]

    # The second text comes after the question was answered: it is no answer any more.
    assert taken == [True, False]
    assert responses(learner) == [("q-place", 1, "", 0.0, "waiting")]
    answer = answer_of(learner)
    assert (answer.text, answer.voice, answer.version, answer.round) == ("The roof.", None, 1, 0)
    assert learner.last() == OpenKept(
        assignment_id=learner.open.id,
        step=1,
        state="sent",
        facilitator="Iryna",
        workdays=2,
        example=RichText("The back door."),
    )


def test_the_facilitator_is_told_once_a_day_and_not_at_night(tx: Connection) -> None:
    first, second, third = (at(tx, 1, address=number) for number in (7, 8, 9))
    iryna = helper(tx, first)
    night = NOW + 12 * HOUR

    send(first)
    send(second)
    send(third, now=night)

    said = [one.message for one in shown(tx, iryna)]
    assert [type(one) for one in said] == [AnswersWait, AnswersWait]
    # The third came at 21:01 in Ulaanbaatar: its notice waits until 08:00.
    moments = [at_ for _, _, at_, _ in Learner(tx, first.enrollment_id, iryna.id).rows]
    assert moments == [NOW, NOW + timedelta(hours=22, minutes=59)]


def test_a_voice_note_is_an_answer_where_the_author_allows_it(tx: Connection) -> None:
    spoken = at(tx, 1)
    silent = at(
        tx, 1, address=8, course=replace(only(replace(PLACE, voice=False)), id="heat-2"), group="Writers"
    )

    taken = [
        open_answers.spoken(tx, person_id=one.person_id, voice=NOTE, message_id=900, now=NOW, academy=ACADEMY)
        for one in (spoken, silent)
    ]

    assert taken == [True, True]
    assert (answer_of(spoken).voice, answer_of(spoken).text) == (NOTE, "")
    assert silent.last() == NotRead(reason="writing_expected", typed="")
    assert responses(silent) == []


def test_a_voice_note_that_nothing_waits_for_is_not_taken(tx: Connection) -> None:
    learner = at(tx, 0)

    taken = open_answers.spoken(
        tx, person_id=learner.person_id, voice=NOTE, message_id=900, now=NOW, academy=ACADEMY
    )

    assert taken is False


def test_the_changed_words_are_the_answer_until_it_is_graded(tx: Connection) -> None:
    learner = at(tx, 1)
    iryna = helper(tx, learner)
    send(learner)
    response_id = answer_of(learner).response_id

    changed = edited(learner, "The roof and the door.")
    first = answer_of(learner)
    graded = kept.grade(
        tx,
        response_id,
        version=2,
        round_=1,
        points=1,
        of_points=2,
        comment="",
        by=iryna.id,
        now=NOW,
    )
    edited(learner, "Nothing.")

    assert (changed, graded) == (True, True)
    assert (first.version, first.text) == (2, "The roof and the door.")
    assert answer_of(learner).text == "The roof and the door."
    assert learner.last() == OpenChanged(facilitator="Iryna", too_late=True)


def test_a_change_of_anything_else_is_none(tx: Connection) -> None:
    learner, other = at(tx, 1), at(tx, 1, address=8)
    send(learner)

    assert edited(learner, "Hello.", message_id=901) is False
    # The same number in another chat is another message.
    assert edited(other, "The cellar.") is False
    assert answer_of(learner).text == "The roof."


def test_left_without_a_facilitator_it_says_so(tx: Connection) -> None:
    learner = at(tx, 1)

    send(learner)

    message = learner.last()
    assert isinstance(message, OpenKept)
    assert (message.nobody, message.facilitator) == (True, "")


def test_the_last_step_finishes_the_lesson_on_sending(tx: Connection) -> None:
    learner = at(tx, 1, course=only(PLACE))

    send(learner)

    said = [one.message for one in learner.heard() if isinstance(one, Show)]
    assert isinstance(said[-2], OpenKept)
    assert said[-2].last is True
    assert said[-1] == CourseDone(
        course="Heat",
        lessons=1,
        score_percent=None,
        passed=False,
        facilitator="",
        pass_percent=70,
        waiting=1,
        enrollment_id=learner.enrollment_id,
    )
    assert learner.given[0].finished_at == NOW


def test_a_very_long_answer_is_kept_up_to_4000_characters(tx: Connection) -> None:
    learner = at(tx, 1)

    send(learner, "я" * 4096)

    assert len(answer_of(learner).text) == 4000


def test_a_grade_is_the_score_of_the_response(tx: Connection) -> None:
    learner = at(tx, 1)
    iryna = helper(tx, learner)
    send(learner)
    response_id = answer_of(learner).response_id
    found = []
    for round_, points in ((1, 1), (2, 2), (3, 0)):
        kept.grade(
            tx,
            response_id,
            version=1,
            round_=round_,
            points=points,
            of_points=2,
            comment="",
            by=iryna.id,
            now=NOW,
        )
        (response,) = records.responses_of(tx, learner.enrollment_id)
        found.append((response.score, response.verdict))

    assert found == [(0.5, "partly"), (1.0, "right"), (0.0, "wrong")]
    assert HEAT.lessons[0].questions == (PLACE,)
