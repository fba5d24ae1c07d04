"""Putting in order and together, letter by letter, as it stands on a phone."""

from dataclasses import replace

import pytest

from academy.messages.arranging import Arranged
from academy.messages.learning import (
    Choice,
    Feedback,
    LearningMessage,
    OptionResult,
    Picture,
    QuestionRead,
    QuestionShown,
)
from bot.screens.learning import view
from i18n.catalog import translator
from lessons.markup import RichText
from tests.bot_screens.drawing import NOW, drawn, follows_the_rules_of_buttons, presses

SHORT = (Choice(index=1, text="Set the valve to 3"), Choice(index=0, text="Close the windows"))
STEPS = (*SHORT, Choice(index=2, text="Wait one hour"))
LONG = (*SHORT, Choice(index=2, text="Wait until the room is as warm as it should be"))
ORDER = QuestionShown(
    assignment_id=41,
    step=2,
    question=1,
    questions=2,
    form="order",
    prompt=RichText("Put the steps in order."),
    choices=STEPS,
    arranged=Arranged(lines=(), count=3, before=0),
    has_hint=True,
)
ROOMS = replace(
    ORDER,
    form="match",
    prompt=RichText("Match each room with its temperature."),
    choices=(
        Choice(index=1, text="15 °C"),
        Choice(index=0, text="20 °C", picked=True),
        Choice(index=2, text="17 °C"),
    ),
    arranged=Arranged(lines=("Office – 20 °C",), count=3, left="Corridor", before=1),
    has_hint=False,
)
LINES = "1. Set the valve to 3\n2. Close the windows\n3. Wait one hour"
RIGHT = "1. Close the windows\n2. Set the valve to 3\n3. Wait one hour"
PARTLY = Feedback(
    assignment_id=41,
    step=2,
    verdict="partly",
    prompt=RichText("Put the steps in order."),
    chosen=LINES,
    answer=RIGHT,
    why=RichText("An open window heats the street."),
    explain=RichText("First stop the loss."),
    form="order",
    neighbours=(1, 2),
)
PAIRS = (
    OptionResult(text="Office – 20 °C", result="right", why=RichText("")),
    OptionResult(text="Corridor – 17 °C", result="wrong", why=RichText("")),
)
MATCHED = replace(
    PARTLY,
    form="match",
    prompt=RichText("Match each room."),
    chosen="Office – 20 °C\nCorridor – 17 °C",
    answer="Office – 20 °C\nCorridor – 15 °C",
    options=PAIRS,
    neighbours=None,
)
SCREENS: dict[str, tuple[LearningMessage, str]] = {
    "order, nothing placed": (
        ORDER,
        (
            "Question 1 of 2\n\nPut the steps in order.\n\nTap what comes first.\n"
            "[Set the valve to 3]\n[Close the windows]\n[Wait one hour]\n[Hint]"
        ),
    ),
    "order, one placed, with a hint": (
        replace(
            ORDER,
            choices=(STEPS[0], replace(STEPS[1], picked=True), STEPS[2]),
            arranged=Arranged(lines=("1. Close the windows",), count=3, before=1),
            has_hint=False,
            hint=RichText("Begin where heat leaves."),
        ),
        (
            "Question 1 of 2\n\nPut the steps in order.\n\n1. Close the windows\n\nTap what comes next.\n\n"
            "Hint: Begin where heat leaves.\n"
            "[Set the valve to 3]\n[Wait one hour]\n[Undo] [Start over]"
        ),
    ),
    "order, everything placed": (
        replace(
            ORDER,
            choices=tuple(replace(choice, picked=True) for choice in STEPS),
            arranged=Arranged(lines=tuple(LINES.splitlines()), count=3, before=213),
        ),
        (
            f"Question 1 of 2\n\nPut the steps in order.\n\n{LINES}\n\n"
            "Everything has its place. Check it, or change it.\n"
            "[Check*]\n[Undo] [Start over]\n[Hint]"
        ),
    ),
    "order, long items": (
        replace(ORDER, choices=LONG, has_hint=False),
        (
            "Question 1 of 2\n\nPut the steps in order.\n\n"
            "A. Set the valve to 3\nB. Close the windows\n"
            "C. Wait until the room is as warm as it should be\n\n"
            "Tap what comes first.\n\nOr type the letters in order, for example C B A.\n[A] [B] [C]"
        ),
    ),
    "order, long items, one placed": (
        replace(
            ORDER,
            choices=(replace(LONG[0], picked=True), *LONG[1:]),
            arranged=Arranged(lines=("1. Set the valve to 3",), count=3, before=2),
            has_hint=False,
        ),
        (
            "Question 1 of 2\n\nPut the steps in order.\n\n1. Set the valve to 3\n\n"
            "B. Close the windows\nC. Wait until the room is as warm as it should be\n\n"
            "Tap what comes next.\n[B] [C]\n[Undo] [Start over]"
        ),
    ),
    "order, for those who listen": (
        replace(ORDER, text_only=True, has_hint=False),
        (
            "Question 1 of 2\n\nPut the steps in order.\n\n"
            "A. Set the valve to 3\nB. Close the windows\nC. Wait one hour\n\n"
            "Tap what comes first.\n\nOr type the letters in order, for example C B A.\n[A] [B] [C]"
        ),
    ),
    "match": (
        ROOMS,
        (
            "Question 1 of 2\n\nMatch each room with its temperature.\n\n"
            "Office – 20 °C\n\n2 of 3: Corridor goes with …\n[15 °C]\n[17 °C]\n[Undo] [Start over]"
        ),
    ),
    "match, for those who listen": (
        replace(ROOMS, text_only=True),
        (
            "Question 1 of 2\n\nMatch each room with its temperature.\n\n"
            "Office – 20 °C\n\n2 of 3: Corridor goes with …\n\nA. 15 °C\nC. 17 °C\n"
            "[A] [C]\n[Undo] [Start over]"
        ),
    ),
    "order, right": (
        replace(PARTLY, verdict="right", why=RichText(""), neighbours=(2, 2), chosen=RIGHT),
        f"Put the steps in order.\n\nRight.\n\n{RIGHT}\n\nFirst stop the loss.\n[Continue*]",
    ),
    "order, not yet": (
        replace(PARTLY, verdict="not_yet", answer="", explain=RichText(""), hint=RichText("Look.")),
        (
            f"Put the steps in order.\n\nNot yet.\n\nYour order:\n{LINES}\n\n"
            "From one line to the next, 1 of 2 are the right way round.\n\n"
            "An open window heats the street.\n\nHint: Look.\n[Try again*] [Show answer]"
        ),
    ),
    "order, partly": (
        PARTLY,
        (
            f"Put the steps in order.\n\nPartly right.\n\nYour order:\n{LINES}\n\n"
            "From one line to the next, 1 of 2 are the right way round.\n\n"
            f"The right order:\n{RIGHT}\n\n"
            "An open window heats the street.\n\nFirst stop the loss.\n[Continue*]"
        ),
    ),
    "order, the answer was asked for": (
        replace(PARTLY, verdict="answer", chosen="", why=RichText(""), neighbours=None),
        f"Put the steps in order.\n\nThe right order:\n{RIGHT}\n\nFirst stop the loss.\n[Continue*]",
    ),
    "order, all wrong and no try left": (
        replace(PARTLY, verdict="answer", neighbours=(0, 2)),
        (
            f"Put the steps in order.\n\nYour order:\n{LINES}\n\n"
            "From one line to the next, 0 of 2 are the right way round.\n\n"
            "An open window heats the street.\n\n"
            f"The right order:\n{RIGHT}\n\nFirst stop the loss.\n[Continue*]"
        ),
    ),
    "match, not yet": (
        replace(MATCHED, verdict="not_yet", answer="", explain=RichText("")),
        (
            "Match each room.\n\nNot yet.\n\nRight: Office – 20 °C\nNot this one: Corridor – 17 °C\n\n"
            "An open window heats the street.\n[Try again*] [Show answer]"
        ),
    ),
    "match, partly": (
        MATCHED,
        (
            "Match each room.\n\nPartly right.\n\nRight: Office – 20 °C\nNot this one: Corridor – 17 °C\n\n"
            "Here is the answer.\nOffice – 20 °C\nCorridor – 15 °C\n\n"
            "An open window heats the street.\n\nFirst stop the loss.\n[Continue*]"
        ),
    ),
    "match, read again": (
        QuestionRead(
            assignment_id=41,
            step=2,
            question=2,
            questions=2,
            prompt=RichText("Match each room."),
            answer="Office – 20 °C\nCorridor – 15 °C",
        ),
        (
            "Question 2 of 2\n\nMatch each room.\n\n"
            "Here is the answer.\nOffice – 20 °C\nCorridor – 15 °C\n[Continue*]"
        ),
    ),
}


@pytest.mark.parametrize("name", SCREENS)
def test_screen(name: str) -> None:
    message, expected = SCREENS[name]

    assert drawn(message) == expected
    assert follows_the_rules_of_buttons(message)


def test_buttons_carry_what_they_were_drawn_for() -> None:
    one = replace(
        ORDER,
        try_number=2,
        choices=(STEPS[0], replace(STEPS[1], picked=True), STEPS[2]),
        arranged=Arranged(lines=("1. Close the windows",), count=3, before=1),
        has_hint=False,
    )

    assert presses(one) == ["l_put:15:2:2:1:1", "l_put:15:2:2:1:2", "l_undo:15:2:2:1", "l_over:15:2:2:1"]


def test_the_longest_buttons_fit_into_what_telegram_carries() -> None:
    choices = tuple(Choice(index=index, text=str(index), picked=True) for index in range(8))
    lines = tuple(f"{index + 1}. {index}" for index in range(8))
    longest = replace(
        ORDER,
        assignment_id=2**52,
        step=999,
        try_number=5,
        choices=choices,
        arranged=Arranged(lines=lines, count=8, before=87_654_321),
    )

    assert max(len(data.encode()) for data in presses(longest)) <= 64


def test_a_picture_stays_above_the_question() -> None:
    picture = Picture(sha256="ab" * 32, alt="A cold office.", size_bytes=85_000)

    seen = view(replace(ORDER, picture=picture), translator("en"), now=NOW)

    assert seen.picture == picture
