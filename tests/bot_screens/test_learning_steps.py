"""Cards, questions and verdicts, letter by letter, as it stands on a phone."""

from dataclasses import replace

import pytest

from academy.messages.learning import (
    CardShown,
    Choice,
    Feedback,
    LearningMessage,
    NotRead,
    OptionResult,
    Picture,
    PictureShown,
    QuestionRead,
    QuestionShown,
)
from bot.screens.learning import view
from i18n.catalog import translator
from lessons.markup import RichText
from tests.bot_screens.drawing import NOW, OFFER, drawn, follows_the_rules_of_buttons, presses

PICTURE = Picture(sha256="ab" * 32, alt="Use stays at 38 percent at night.", size_bytes=85_000)
CARD = CardShown(
    assignment_id=41,
    step=0,
    lesson=3,
    lessons=10,
    card=1,
    cards=4,
    title="One degree less",
    text=RichText("Each degree saves 6%."),
)
FANS = QuestionShown(
    assignment_id=41,
    step=2,
    question=1,
    questions=2,
    form="choose",
    prompt=RichText("What uses the most at night?"),
    choices=(Choice(index=1, text="Computers"), Choice(index=0, text="Ventilation fans left on")),
    has_hint=True,
)
LONG = tuple(
    Choice(index=index, text=text)
    for index, text in enumerate(
        ("Fans that run on a timer nobody has changed", "Computers", "Emergency lighting")
    )
)
NOT_YET = Feedback(
    assignment_id=41,
    step=2,
    verdict="not_yet",
    prompt=RichText("What uses the most at night?"),
    chosen="Computers",
    why=RichText("About 2 W each."),
    hint=RichText("Listen at 20:00."),
)
SCREENS: dict[str, tuple[LearningMessage, str]] = {
    "card": (
        CARD,
        "Lesson 3 of 10. Card 1 of 4\n\nOne degree less\n\nEach degree saves 6%.\n[Continue*]",
    ),
    "card without pictures": (
        replace(CARD, picture=PICTURE, text_only=True, title=""),
        (
            "Lesson 3 of 10. Card 1 of 4\n\nEach degree saves 6%.\n\n"
            "Picture: Use stays at 38 percent at night.\n[Continue*]\n[Picture, 85 KB]"
        ),
    ),
    "last card, read again": (
        replace(CARD, again=True, last=True),
        "Lesson 3 of 10. Card 1 of 4\n\nOne degree less\n\nEach degree saves 6%.",
    ),
    "choose": (
        FANS,
        "Question 1 of 2\n\nWhat uses the most at night?\n[Computers]\n[Ventilation fans left on]\n[Hint]",
    ),
    "choose, long options": (
        replace(FANS, choices=LONG, has_hint=False, hint=RichText("Listen.")),
        (
            "Question 1 of 2\n\nWhat uses the most at night?\n\n"
            "A. Fans that run on a timer nobody has changed\nB. Computers\nC. Emergency lighting\n\n"
            "Hint: Listen.\n[A] [B] [C]"
        ),
    ),
    "choose all": (
        replace(
            FANS,
            form="choose_all",
            choices=(Choice(index=0, text="Lights", picked=True), Choice(index=1, text="Fans")),
            has_hint=False,
        ),
        (
            "Question 1 of 2\n\nWhat uses the most at night?\n\nChoose all that apply.\n"
            "[✓ Lights]\n[Fans]\n[Check (1 chosen)*]"
        ),
    ),
    "true or false": (
        replace(
            FANS,
            form="true_false",
            choices=(Choice(index=1, text=""), Choice(index=0, text="")),
            has_hint=False,
        ),
        "Question 1 of 2\n\nWhat uses the most at night?\n[True] [False]",
    ),
    "number": (
        replace(FANS, form="number", choices=(), unit="kWh"),
        "Question 1 of 2\n\nWhat uses the most at night?\n\nType a number in kWh.\n[Hint] [Show answer]",
    ),
    "text": (
        replace(FANS, form="text", choices=(), has_hint=False),
        "Question 1 of 2\n\nWhat uses the most at night?\n\nType your answer.\n[Show answer]",
    ),
    "not yet": (
        NOT_YET,
        (
            "What uses the most at night?\n\nNot yet. You chose: Computers\n\nAbout 2 W each.\n\n"
            "Hint: Listen at 20:00.\n[Try again*] [Show answer]"
        ),
    ),
    "right": (
        replace(NOT_YET, verdict="right", answer="Fans", hint=None, explain=RichText("Big things first.")),
        "What uses the most at night?\n\nRight: Fans\n\nAbout 2 W each.\n\nBig things first.\n[Continue*]",
    ),
    "out of tries": (
        replace(NOT_YET, verdict="answer", answer="Fans", hint=None, explain=RichText("Big things first.")),
        (
            "What uses the most at night?\n\nYou chose: Computers\nAbout 2 W each.\n\nThe answer is: Fans\n\n"
            "Big things first.\n[Continue*]"
        ),
    ),
    "answer asked for": (
        replace(NOT_YET, verdict="answer", answer="Fans", hint=None, chosen="", why=RichText("")),
        "What uses the most at night?\n\nThe answer is: Fans\n[Continue*]",
    ),
    "several, partly": (
        replace(
            NOT_YET,
            form="choose_all",
            verdict="partly",
            why=RichText(""),
            hint=None,
            options=(
                OptionResult(text="Lights", result="right", why=RichText("")),
                OptionResult(text="Fans", result="missed", why=RichText("")),
                OptionResult(text="Servers", result="wrong", why=RichText("Ask IT first.")),
            ),
        ),
        (
            "What uses the most at night?\n\nPartly right.\n\nRight: Lights\n\nMissed: Fans\n\n"
            "Not this one: Servers\nAsk IT first.\n[Continue*]"
        ),
    ),
    "several, more to choose": (
        replace(NOT_YET, form="choose_all", why=RichText(""), hint=None, missing=True),
        "What uses the most at night?\n\nNot yet.\n\nThere is more to choose.\n[Try again*] [Show answer]",
    ),
    "number, right": (
        replace(
            NOT_YET,
            form="number",
            typed=True,
            verdict="right",
            chosen="150 kWh",
            answer="150 kWh",
            why=RichText(""),
            hint=None,
        ),
        "What uses the most at night?\n\nRight. I read 150 kWh.\n[Continue*]",
    ),
    "number, not yet": (
        replace(NOT_YET, form="number", typed=True, chosen="140 kWh", why=RichText("")),
        (
            "What uses the most at night?\n\nNot yet. I read 140 kWh.\n\nHint: Listen at 20:00.\n\n"
            "Type another answer.\n[Show answer]"
        ),
    ),
    "text with a typo": (
        replace(
            NOT_YET,
            form="text",
            typed=True,
            verdict="right",
            chosen="valvee",
            answer="valve",
            spelling="valve",
            why=RichText(""),
            hint=None,
        ),
        "What uses the most at night?\n\nRight. We write it “valve”.\n[Continue*]",
    ),
    "no number": (
        NotRead(reason="number_expected", typed="about a lot"),
        "I need a number here, for example 150. Your text: “about a lot”.",
    ),
    "another unit": (
        NotRead(reason="wrong_unit", typed="150 MWh", unit="kWh"),
        "I need a number in kWh here. Your text: “150 MWh”.",
    ),
    "question, read again": (
        QuestionRead(
            assignment_id=41,
            step=2,
            question=1,
            questions=2,
            prompt=RichText("What uses the most?"),
            answer="Fans",
            explain=RichText("Big things first."),
        ),
        "Question 1 of 2\n\nWhat uses the most?\n\nThe answer is: Fans\n\nBig things first.\n[Continue*]",
    ),
}


@pytest.mark.parametrize(("message", "seen"), SCREENS.values(), ids=SCREENS.keys())
def test_screen(message: LearningMessage, seen: str) -> None:
    assert drawn(message) == seen
    assert follows_the_rules_of_buttons(message)


def test_buttons_point_at_assignment_step_try_and_option() -> None:
    ticked = replace(FANS, form="choose_all", choices=(Choice(index=0, text="Lights", picked=True),))

    # Base 36: 41 is 15.
    assert presses(OFFER) == ["l_start:15", "l_later:15"]
    assert presses(CARD) == ["l_go:15:0"]
    assert presses(FANS) == ["l_pick:15:2:1:1", "l_pick:15:2:1:0", "l_hint:15:2:1"]
    assert presses(ticked) == ["l_tick:15:2:1:0:0", "l_check:15:2:1", "l_hint:15:2:1"]
    assert presses(NOT_YET) == ["l_again:15:2", "l_show:15:2"]


def test_a_picture_stands_on_its_card_and_can_be_fetched() -> None:
    on_card = view(replace(CARD, picture=PICTURE), translator("en"), now=NOW)
    fetched = view(PictureShown(picture=PICTURE), translator("en"), now=NOW)

    assert on_card.picture == PICTURE
    assert (fetched.text.text, fetched.picture) == (PICTURE.alt, PICTURE)
