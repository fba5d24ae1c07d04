"""How a new version of a course is offered, chosen, walked through and told."""

import pytest

from academy.messages.authoring import PlanChoice, PublishOffer, PublishResult, TrialStep
from academy.messages.facilitating import FacilitatingMessage
from academy.messages.learning import CardShown, Choice, QuestionRead, QuestionShown
from academy.messages.versions import (
    Change,
    CorrectedQuestion,
    CourseChanges,
    KeyCorrected,
    LessonsChanged,
    Moves,
    PassesKept,
)
from bot.callback_data import encode
from bot.render import overflows
from bot.screen import View
from bot.screens.changes import sentences, what_happens
from bot.screens.facilitating import view
from i18n.catalog import translator
from lessons.markup import RichText
from tests.bot_screens.drawing import NOW

LONG = "A lesson title as long as anybody would ever make it, and then some words more"

CHANGES = CourseChanges(
    course_id="energy",
    version="1.2.0",
    against="1.1.0",
    learners=24,
    changes=(
        Change(what="lesson", id="heat", how="changed", number=4, was_number=4, past=14, ahead=10),
        Change(what="question", id="q-heat-trv", how="removed", answers=14),
    ),
    new_ids=3,
)
OFFER = PublishOffer(
    draft_id=5,
    course="Save energy",
    course_id="energy",
    version="1.2.0",
    content_hash="0123456789ab",
    lessons=10,
    questions=21,
    languages=("en", "mn"),
    warnings=0,
    learners=24,
    changes=CHANGES,
    renames=(("q-trv", "q-heat-trv", False),),
)
CHOICE = PlanChoice(
    draft_id=5,
    course="Save energy",
    version="1.2.0",
    key_corrected=True,
    moves=Moves(moved=20, under_way=6, finished=4),
)
CARD = CardShown(
    assignment_id=0,
    step=0,
    lesson=1,
    lessons=2,
    card=1,
    cards=1,
    title="Water",
    text=RichText("Boil it."),
    again=True,
)
TRIAL = TrialStep(draft_id=5, shown=CARD, lesson=0, step=0, title="Water", last_step=False, last_lesson=False)
READ = QuestionRead(
    assignment_id=0,
    step=1,
    question=1,
    questions=1,
    prompt=RichText("Hot?"),
    answer="True",
    explain=RichText("Yes."),
)
CORRECTED = KeyCorrected(
    course="Energy",
    questions=(CorrectedQuestion(prompt="Which part keeps the temperature?", counts="right"),),
    score_percent=82,
)


def drawn(message: FacilitatingMessage) -> str:
    """Return text and buttons as a reader meets them; the main button has a star."""
    seen = shown(message)
    rows = [" ".join(f"[{one.label}{'*' * (one.style == 'primary')}]" for one in row) for row in seen.buttons]
    return "\n".join((seen.text.text, *rows))


def shown(message: FacilitatingMessage, language: str = "en") -> View:
    seen = view(message, translator(language), now=NOW)
    assert overflows(seen) == ()
    return seen


def presses(message: FacilitatingMessage) -> list[str]:
    return [encode(one.press) for row in shown(message).buttons for one in row if one.press is not None]


def test_an_offer_says_what_changes_and_for_whom() -> None:
    assert drawn(OFFER) == (
        "Save energy\n"
        "energy, version 1.2.0, content 0123456789ab\n"
        "10 lessons, 21 questions, English and Монгол\n\n"
        "Since version 1.1.0:\n"
        "• Lesson 4 changed. 14 learners are past it, 10 will get the new one.\n"
        "• Question q-heat-trv removed: 14 answers are kept.\n"
        "• 3 new ids.\n\n"
        "24 people learn an earlier version.\n\n"
        "Publish it? The button works for 10 minutes.\n"
        "[q-trv was q-heat-trv]\n"
        "[Preview] [Publish*]"
    )
    assert presses(OFFER) == ["c_same:5:0", "c_preview:5:0:0", "c_publish:5"]


def test_a_plan_is_a_button_each() -> None:
    assert drawn(CHOICE) == (
        "Save energy 1.2.0\n\n"
        "Who gets the new version?\n\n"
        "From their next lesson:\n"
        "• 20 learners go on in the new version.\n"
        "• 6 of them first finish the lesson they are in.\n"
        "• 4 learners have finished the course and keep what they finished.\n\n"
        "Nobody loses a lesson that they have begun, and answers are kept.\n\n"
        "Right answers changed. If the old ones were wrong, answers can be marked again.\n"
        "[New groups only]\n"
        "[From their next lesson*]\n"
        "[And name changed lessons]\n"
        "[Mark answers again]\n"
        "[Back]"
    )
    assert presses(CHOICE) == ["c_plan:5:n:0", "c_plan:5:l:0", "c_plan:5:f:0", "c_plans:5:1", "c_offer:5"]


def test_a_trial_looks_like_the_lesson_with_ways_on() -> None:
    question = TrialStep(
        draft_id=5, shown=READ, lesson=1, step=1, title="Water", last_step=True, last_lesson=True
    )

    assert "Boil it." in drawn(TRIAL)
    assert presses(TRIAL) == ["c_preview:5:0:1", "c_preview:5:1:0", "c_stop:5"]
    assert "Hot?" in drawn(question)
    assert presses(question) == ["c_stop:5"]


def test_a_question_of_a_trial_names_the_learners_buttons_and_leads_to_the_answer() -> None:
    asked = QuestionShown(
        assignment_id=0,
        step=1,
        question=1,
        questions=1,
        form="true_false",
        prompt=RichText("Tea needs hot water."),
        choices=(Choice(index=1, text=""), Choice(index=0, text="")),
    )
    trial = TrialStep(
        draft_id=5,
        shown=asked,
        lesson=0,
        step=1,
        title="Water",
        has_answer=True,
        last_step=True,
        last_lesson=True,
    )

    assert drawn(trial) == ("Question 1 of 1\n\nTea needs hot water.\n\n▢ True\n▢ False\n[Answer*]\n[Stop]")
    assert presses(trial) == ["c_preview:5:0:1:1", "c_stop:5"]


def test_a_corrected_key_is_our_mistake() -> None:
    assert drawn(CORRECTED) == (
        "Energy\n\n"
        "Question “Which part keeps the temperature?” had a mistake on our side. Your answer counts as right"
        " now.\n\n"
        "Your score is 82%."
    )


EVERY = (
    OFFER,
    CHOICE,
    TRIAL,
    CORRECTED,
    KeyCorrected(
        course=LONG,
        questions=tuple(
            CorrectedQuestion(prompt="Why " * 200, counts=counts)
            for counts in ("right", "partly", "wrong") * 4
        ),
        score_percent=None,
        passed="kept",
    ),
    KeyCorrected(course="Energy", questions=CORRECTED.questions, score_percent=70, passed="now"),
    LessonsChanged(course="Energy", lessons=((41, 4, "One degree less"),)),
    LessonsChanged(course=LONG, lessons=tuple((number, number, LONG) for number in range(5)), more=3),
    PassesKept(group="Autumn", course=LONG, pass_percent=70, names=("Olena", "")),
    PublishResult(
        outcome="published",
        course_id="energy",
        version="1.2.0",
        content_hash="0123456789ab",
        moves=Moves(moved=1, under_way=1, completed=1, finished=1, named=1, scored_anew=1, passes_kept=1),
    ),
    PublishResult(
        outcome="published", course_id="energy", version="1", content_hash="01", moves=Moves(stay=3)
    ),
)


@pytest.mark.parametrize("language", ["en", "mn"])
@pytest.mark.parametrize("message", EVERY, ids=lambda message: message.kind)
def test_every_screen_fits(message: FacilitatingMessage, language: str) -> None:
    seen = shown(message, language)

    assert seen.text.text
    assert all(len(button.label.removeprefix("✓ ")) <= 28 for row in seen.buttons for button in row)
    assert sum(button.style == "primary" for row in seen.buttons for button in row) <= 1


def test_each_change_is_a_sentence_about_people() -> None:
    changes = CourseChanges(
        course_id="energy",
        version="2",
        against="1",
        learners=24,
        changes=(
            Change(what="course", id="title"),
            Change(what="lesson", id="new", how="added", number=2, title="Water", ahead=20),
            Change(what="lesson", id="sun", how="moved", number=3, was_number=5, title="Sun"),
            Change(
                what="lesson", id="sun", how="changed", number=3, was_number=5, past=1, inside=2, ahead=21
            ),
            Change(what="lesson", id="old", how="removed", number=4, title="Coal", past=14, inside=1),
            Change(what="question", id="q-a", how="key", answers=1, aspects=("key", "points")),
            Change(what="question", id="q-b", how="changed", aspects=("words", "rules")),
            Change(what="question", id="q-c", how="removed"),
            Change(what="translation", id="mn", how="changed", count=1),
            Change(what="translation", id="uk", how="added", count=100),
        ),
        new_ids=1,
    )

    assert sentences(changes, translator("en")) == (
        "The course itself changed: title.",
        "Lesson 2 is new: Water. 20 learners will get it.",
        "Lesson 5 is lesson 3 now.",
        (
            "Lesson 3 changed. 1 learner is past it, 21 will get the new one."
            " 2 learners are in it and finish the one they began."
        ),
        (
            "Lesson 4 removed: Coal. 14 learners have finished it, and that is kept."
            " 1 learner is in it and finishes the one they began."
        ),
        (
            "Question q-a: another answer is right now. 1 learner has answered it."
            " Question q-a: the points changed."
        ),
        "Question q-b: the words changed. Question q-b: tries or order changed.",
        "Question q-c removed: nobody has answered it.",
        "Монгол: 1 text changed.",
        "Українська is new.",
        "1 new id.",
    )


def test_nothing_to_say_of_nobody() -> None:
    assert what_happens(Moves(), translator("en")) == ()
