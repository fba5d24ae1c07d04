from sqlalchemy import Connection

from academy import surveying, walking
from academy.messages.facilitating import LearnerQuestion
from academy.messages.learning import Choice
from academy.messages.surveying import SurveyShown
from academy.places import PressOutcome
from academy.survey_standing import PEOPLE_FOR_SHARES
from lessons.markup import RichText
from storage import survey_counts
from tests.academy.cohort import shown
from tests.academy.opinions import NOW, at, group_of, helper, on
from tests.academy.presses import responses
from tests.academy.school import ACADEMY, Learner

POLL, RATE, REFLECT = 2, 3, 4


def choose(learner: Learner, option: int, *, by: Learner | None = None) -> PressOutcome:
    return surveying.choose(learner.tx, on(learner, by=by), option=option, now=NOW, academy=ACADEMY)


def write(learner: Learner, text: str = "The lights.") -> bool:
    return surveying.typed(learner.tx, person_id=learner.person_id, text=text, message_id=900, now=NOW)


def go_on(learner: Learner) -> PressOutcome:
    return walking.go_on(learner.tx, on(learner), now=NOW, academy=ACADEMY)


def test_a_poll_keeps_every_change_and_the_last_one_counts(tx: Connection) -> None:
    learner = at(tx, POLL)

    for option in (0, 0, 1):
        assert choose(learner, option) == "done"

    assert responses(learner) == [("s-topic", 1, "0", 0.0, "noted"), ("s-topic", 2, "1", 0.0, "noted")]
    assert learner.last() == SurveyShown(
        assignment_id=learner.open.id,
        step=POLL,
        form="poll",
        prompt=RichText("Which topic next?"),
        choices=(Choice(index=0, text="Solar"), Choice(index=1, text="Bills", picked=True)),
        answered=True,
        anonymous=True,
    )


def test_continue_waits_for_an_answer_and_then_it_is_settled(tx: Connection) -> None:
    learner = at(tx, POLL)
    press = on(learner)

    early = go_on(learner)
    choose(learner, 0)
    on_time = go_on(learner)
    late = surveying.choose(tx, press, option=1, now=NOW, academy=ACADEMY)

    assert (early, on_time, late) == ("unknown", "done", "passed")
    assert responses(learner) == [("s-topic", 1, "0", 0.0, "noted")]


def test_shares_are_shown_from_five_people_of_the_group_on(tx: Connection) -> None:
    people = [at(tx, POLL, address=number) for number in range(1, PEOPLE_FOR_SHARES + 1)]
    elsewhere = at(tx, POLL, address=20, group="Spring")
    choose(elsewhere, 1)
    for learner in people[:-1]:
        choose(learner, 0)
    # Somebody who changes their mind is one person still.
    choose(people[0], 1)
    before = people[0].last()

    choose(people[-1], 0)

    after = people[-1].last()
    assert isinstance(before, SurveyShown)
    assert isinstance(after, SurveyShown)
    assert (before.shares, after.shares) == ((), (("Solar", 4), ("Bills", 1)))
    counts = survey_counts.of_group(tx, group_id=group_of(tx, people[0]).id, question_id="s-topic")
    assert counts == {"0": 4, "1": 1}


def test_a_scale_keeps_its_number(tx: Connection) -> None:
    learner = at(tx, RATE)

    outcomes = [choose(learner, index) for index in (0, 4)]

    assert outcomes == ["done", "unknown"]
    assert responses(learner) == [("s-sure", 1, "-1", 0.0, "noted")]
    message = learner.last()
    assert isinstance(message, SurveyShown)
    assert [choice.text for choice in message.choices] == ["-1", "0", "1", "2"]
    assert (message.low, message.high) == ("not sure", "")


def test_presses_of_others_and_for_other_steps_change_nothing(tx: Connection) -> None:
    learner, other = at(tx, POLL), at(tx, POLL, address=8)
    at_question = at(tx, 1, address=9)

    outcomes = [
        choose(learner, 0, by=other),
        choose(learner, 2),
        choose(at_question, 0),
        surveying.skip(tx, on(learner), now=NOW, academy=ACADEMY),
        surveying.share(tx, on(learner), now=NOW, academy=ACADEMY),
    ]

    assert outcomes == ["unknown"] * 5
    assert responses(learner) == []


def test_what_is_written_is_taken_once_and_kept_private(tx: Connection) -> None:
    learner = at(tx, REFLECT)
    iryna = helper(tx, learner)

    taken = [write(learner), write(learner, "A question?")]

    # The second text is no answer any more: it may be meant for a person.
    assert taken == [True, False]
    assert responses(learner) == [("s-check", 1, "The lights.", 0.0, "noted")]
    assert shown(tx, iryna) == []
    message = learner.last()
    assert isinstance(message, SurveyShown)
    assert (message.written, message.share_with, message.shared) == ("The lights.", "Iryna", False)


def test_shared_it_goes_to_the_facilitator_once(tx: Connection) -> None:
    learner = at(tx, REFLECT)
    iryna = helper(tx, learner)
    write(learner)

    outcomes = [surveying.share(tx, on(learner), now=NOW, academy=ACADEMY) for _ in range(2)]

    assert outcomes == ["done", "done"]
    (question,) = (one.message for one in shown(tx, iryna))
    assert isinstance(question, LearnerQuestion)
    assert (question.text, question.lesson) == ("The lights.", "Doors")
    message = learner.last()
    assert isinstance(message, SurveyShown)
    assert message.shared is True


def test_without_a_facilitator_there_is_nobody_to_share_with(tx: Connection) -> None:
    learner = at(tx, REFLECT)

    write(learner)

    message = learner.last()
    assert isinstance(message, SurveyShown)
    assert message.share_with is None


def test_left_out_it_goes_on_with_one_tap(tx: Connection) -> None:
    learner = at(tx, REFLECT)
    press = on(learner)

    outcomes = [surveying.skip(tx, press, now=NOW, academy=ACADEMY) for _ in range(2)]

    assert outcomes == ["done", "finished"]
    assert responses(learner) == [("s-check", 1, "", 0.0, "noted")]
    assert learner.given[0].finished_at == NOW
