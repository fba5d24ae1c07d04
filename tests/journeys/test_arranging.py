"""Putting in order and putting together, on a phone: right, wrong, mended, tapped twice, typed."""

import asyncio
import json

import pytest

from app.player import Habit, Player
from lessons.reader import read
from preview.phone_client import Phone
from tests.journeys.stage import GROUP, Stage
from tests.journeys.test_a_lesson import answers, button

HEAT = """\
format: 1
id: heat
title: Heat
language: en
version: 1.0.0
pace: {days: daily, at: 09:00}
lessons:
  - id: monday
    title: Monday morning
    minutes: 4
    steps:
      - order: Put the steps in order.
        id: q-order
        items: [Close the windows, Set the valve to 3, Wait one hour]
        why: An open window heats the street.
        hint: Begin where the heat leaves.
        explain: First stop the loss, then heat.
      - match: Match each room with its temperature.
        id: q-rooms
        pairs: {Office: 20 °C, Corridor: 15 °C, Sports hall: 17 °C}
        explain: Whoever moves needs less.
  - id: tuesday
    title: Tuesday
    minutes: 3
    steps:
      - say: Read on.
"""
RIGHT_ORDER = ("Close the windows", "Set the valve to 3", "Wait one hour")
RIGHT_ROOMS = ("20 °C", "15 °C", "17 °C")


@pytest.fixture
async def bold(stage: Stage) -> Phone:
    return await stage.join("Bold", await stage.teach(HEAT))


async def test_both_to_the_end_right(stage: Stage, bold: Phone) -> None:
    first = await bold.last()
    await stage.tap(bold, *RIGHT_ORDER[:2])
    two = await bold.last()
    await stage.tap(bold, RIGHT_ORDER[2])
    ready = await bold.last()
    right = await stage.tap(bold, "Check")
    rooms = await stage.tap(bold, "Continue")
    await stage.tap(bold, RIGHT_ROOMS[0])
    one = await bold.last()
    await stage.tap(bold, *RIGHT_ROOMS[1:])
    matched = await stage.tap(bold, "Check")
    done = await stage.tap(bold, "Continue")

    assert first.text == "Question 1 of 2\n\nPut the steps in order.\n\nTap what comes first."
    assert sorted(label for (label,) in first.labels[:3]) == sorted(RIGHT_ORDER)
    assert tuple(label for (label,) in first.labels[:3]) != RIGHT_ORDER
    assert two.text == (
        "Question 1 of 2\n\nPut the steps in order.\n\n"
        "1. Close the windows\n2. Set the valve to 3\n\nTap what comes next."
    )
    assert two.labels == (("Wait one hour",), ("Undo", "Start over"), ("Hint",))
    assert ready.labels == (("Check",), ("Undo", "Start over"), ("Hint",))
    assert right.text == (
        "Put the steps in order.\n\n"
        "Right.\n\n1. Close the windows\n2. Set the valve to 3\n3. Wait one hour\n\n"
        "First stop the loss, then heat."
    )
    assert {first.id, two.id, ready.id, right.id} == {first.id}
    assert rooms.text.endswith("1 of 3: Office goes with …")
    assert one.text.endswith("Office – 20 °C\n\n2 of 3: Corridor goes with …")
    assert sorted(label for (label,) in one.labels[:2]) == ["15 °C", "17 °C"]
    assert matched.text == (
        "Match each room with its temperature.\n\n"
        "Right.\n\nOffice – 20 °C\nCorridor – 15 °C\nSports hall – 17 °C\n\n"
        "Whoever moves needs less."
    )
    assert done.text.startswith("Done. 1 of 2.")
    assert await scores(stage) == (100, 100)


async def test_wrong_then_right(stage: Stage, bold: Phone) -> None:
    await stage.tap(bold, *reversed(RIGHT_ORDER))
    wrong = await stage.tap(bold, "Check")
    fresh = await stage.tap(bold, "Try again")
    await stage.tap(bold, *RIGHT_ORDER)
    right = await stage.tap(bold, "Check")
    await stage.tap(bold, "Continue", "20 °C", "17 °C", "15 °C")
    one_pair = await stage.tap(bold, "Check")
    await stage.tap(bold, "Try again", *RIGHT_ROOMS)
    matched = await stage.tap(bold, "Check")

    assert wrong.text == (
        "Put the steps in order.\n\nNot yet.\n\n"
        "Your order:\n1. Wait one hour\n2. Set the valve to 3\n3. Close the windows\n\n"
        "From one line to the next, 0 of 2 are the right way round.\n\n"
        "An open window heats the street.\n\nHint: Begin where the heat leaves."
    )
    assert wrong.labels == (("Try again", "Show answer"),)
    assert "1. " not in fresh.text
    assert right.text.splitlines()[2] == "Right."
    assert one_pair.text == (
        "Match each room with its temperature.\n\nNot yet.\n\n"
        "Right: Office – 20 °C\nNot this one: Corridor – 17 °C\nNot this one: Sports hall – 15 °C"
    )
    assert matched.text.splitlines()[2] == "Right."
    # 0 and 1 of 3 at the first try, right at the second.
    assert await scores(stage) == (100, 16)


async def test_out_of_tries_the_answer_is_shown(stage: Stage, bold: Phone) -> None:
    await stage.tap(bold, *reversed(RIGHT_ORDER), "Check", "Try again")
    await stage.tap(bold, "Set the valve to 3", "Close the windows", "Wait one hour")
    partly = await stage.tap(bold, "Check")
    await stage.tap(bold, "Continue", "17 °C", "20 °C", "15 °C", "Check")
    answer = await stage.tap(bold, "Show answer")
    await stage.tap(bold, "Continue")
    listed = await stage.say(bold, "/lessons")
    again = await stage.tap(bold, listed.labels[0][0])
    rooms = await stage.tap(bold, "Continue")

    assert partly.text == (
        "Put the steps in order.\n\nPartly right.\n\n"
        "Your order:\n1. Set the valve to 3\n2. Close the windows\n3. Wait one hour\n\n"
        "From one line to the next, 1 of 2 are the right way round.\n\n"
        "The right order:\n1. Close the windows\n2. Set the valve to 3\n3. Wait one hour\n\n"
        "An open window heats the street.\n\nFirst stop the loss, then heat."
    )
    assert answer.text == (
        "Match each room with its temperature.\n\n"
        "Here is the answer.\nOffice – 20 °C\nCorridor – 15 °C\nSports hall – 17 °C\n\n"
        "Whoever moves needs less."
    )
    assert again.text == (
        "Question 1 of 2\n\nPut the steps in order.\n\n"
        "Here is the answer.\n1. Close the windows\n2. Set the valve to 3\n3. Wait one hour\n\n"
        "First stop the loss, then heat."
    )
    assert "Here is the answer.\nOffice – 20 °C\nCorridor – 15 °C\nSports hall – 17 °C" in rooms.text
    # Half of one point, and nothing of the other.
    assert await scores(stage) == (25, 0)


async def test_a_slip_is_mended_before_it_counts(stage: Stage, bold: Phone) -> None:
    empty = await bold.last()
    await stage.tap(bold, "Wait one hour", "Close the windows")
    undone = await stage.tap(bold, "Undo")
    over = await stage.tap(bold, "Start over")
    await stage.tap(bold, *reversed(RIGHT_ORDER))
    await stage.tap(bold, "Undo", "Undo", "Undo")
    nothing = await bold.last()
    await stage.tap(bold, *RIGHT_ORDER)
    right = await stage.tap(bold, "Check")

    assert "1. Wait one hour\n\nTap what comes next." in undone.text
    assert (over.text, over.labels) == (empty.text, empty.labels)
    assert (nothing.text, nothing.labels) == (empty.text, empty.labels)
    assert right.text.splitlines()[2] == "Right."
    assert await scores(stage) == (100, 100)


async def test_double_taps_late_taps_and_two_at_once(stage: Stage, bold: Phone) -> None:
    shown = await bold.last()
    old = await button(stage, bold, "Close the windows")
    await asyncio.gather(*(bold.press_data(shown.id, old) for _ in range(3)))
    await stage.settled()
    one = await bold.last()
    await asyncio.gather(
        *(bold.press_at(shown.id, row=row, column=0) for row in (0, 1)),
    )
    await stage.settled()
    two = await bold.last()
    undo = await button(stage, bold, "Undo")
    await asyncio.gather(*(bold.press_data(shown.id, undo) for _ in range(3)))
    await stage.settled()
    undone = await bold.last()
    late = await stage.toast(bold, old)
    same = await bold.last()

    assert "\n\n1. Close the windows\n\n" in one.text
    # Two fingers on two items of one state: the first one counts.
    assert len(two.labels) == 3
    assert "\n\n1. Close the windows\n2. " in two.text
    assert (undone.text, undone.labels) == (one.text, one.labels)
    assert (late, same.text) == ("", one.text)
    assert await answers(stage) == 0


async def test_check_tapped_twice_counts_once(stage: Stage, bold: Phone) -> None:
    await stage.tap(bold, *reversed(RIGHT_ORDER))
    shown = await bold.last()
    check = await button(stage, bold, "Check")
    await asyncio.gather(*(bold.press_data(shown.id, check) for _ in range(3)))
    await stage.settled()
    wrong = await bold.last()
    await stage.tap(bold, "Try again")
    late = await stage.toast(bold, check)
    verdict = await bold.last()

    assert wrong.text.splitlines()[2] == "Not yet."
    assert await answers(stage) == 1
    # The old [Check] shows its own verdict again, and uses up no try.
    assert (late, verdict.text, verdict.labels) == ("", wrong.text, wrong.labels)


async def test_late_taps_in_a_finished_lesson_lead_on(stage: Stage, bold: Phone) -> None:
    put = await button(stage, bold, "Wait one hour")
    await stage.tap(bold, *RIGHT_ORDER)
    check = await button(stage, bold, "Check")
    await stage.tap(bold, "Check", "Continue", *RIGHT_ROOMS, "Check")
    passed = await stage.toast(bold, put)
    await stage.tap(bold, "Continue")
    before = await scores(stage)

    await stage.pass_seconds(120)
    toasts = [await stage.toast(bold, data) for data in (put, check)]

    assert passed == "You are past this step. Go on below, or with /today"
    assert toasts == ["That lesson is finished."] * 2
    assert await scores(stage) == before == (100, 100)


GARBAGE = (
    "l_put", "l_put:1:0:1:0", "l_put:1:0:1:0:9", "l_put:1:0:1:zzzzzzz:0", "l_put:1:0:1:-1:0",
    "l_put:1:9:1:0:0", "l_put:99:0:1:0:0", "l_put:1:0:7:0:0", "l_undo:1:0:1", "l_undo:1:0:1:0:0",
    "l_over:1:1:1:0", "l_ready:1:0:1:0", "l_ready:1:0:1:5u", "l_tick:1:0:1:0:1", "l_check:1:0:1",
    "l_pick:1:0:1:0",
)  # fmt: skip


async def test_made_up_presses_change_nothing(stage: Stage, bold: Phone) -> None:
    before = await bold.last()

    for data in GARBAGE:
        await bold.press_data(before.id, data)
    await stage.settled()

    after = await bold.last()
    assert (after.text, after.labels) == (before.text, before.labels)
    assert await answers(stage) == 0


async def test_typed_letters_and_numbers_are_an_answer(stage: Stage, bold: Phone) -> None:
    shown = [label for (label,) in (await bold.last()).labels[:3]]
    unread = await stage.say(bold, "first the windows")
    twice = await stage.say(bold, "1 1 2")
    right = await stage.say(bold, " ".join(str(shown.index(item) + 1) for item in RIGHT_ORDER))
    rooms = await stage.tap(bold, "Continue")
    sides = [label for (label,) in rooms.labels[:3]]
    letters = ", ".join("ABC"[sides.index(side)] for side in RIGHT_ROOMS)
    matched = await stage.say(bold, letters.casefold())

    assert unread.text == twice.text == "This question is answered with its buttons."
    assert right.text.splitlines()[2] == "Right."
    assert matched.text.splitlines()[2] == "Right."
    assert await answers(stage) == 2


async def test_long_items_have_letters_that_stay(stage: Stage) -> None:
    long = "Close the windows in every room of the house"
    bold = await stage.join("Bold", await stage.teach(HEAT.replace("Close the windows", long)))

    shown = await bold.last()
    lines = [line for line in shown.text.splitlines() if line[1:3] == ". "]
    letters = {line[3:]: line[0] for line in lines}
    await stage.tap(bold, letters[long])
    one = await bold.last()
    await stage.tap(bold, letters["Set the valve to 3"])
    two = await bold.last()

    assert [line[0] for line in lines] == ["A", "B", "C"]
    assert shown.labels[0] == ("A", "B", "C")
    assert shown.text.endswith("Or type the letters in order, for example C B A.")
    assert one.labels[0] == tuple(sorted({"A", "B", "C"} - {letters[long]}))
    assert f"1. {long}" in one.text
    assert f"{letters['Wait one hour']}. Wait one hour" in two.text
    assert two.labels[0] == (letters["Wait one hour"],)


async def test_in_a_final_test(stage: Stage) -> None:
    exam = HEAT.replace("    minutes: 4\n", "    minutes: 4\n    test: yes\n")
    exam = exam.replace("        hint: Begin where the heat leaves.\n", "")
    bold = await stage.join("Bold", await stage.teach(exam))

    await stage.tap(bold, "Wait one hour", "Close the windows", "Set the valve to 3")
    kept = await stage.tap(bold, "Check")
    await stage.tap(bold, "Continue", *RIGHT_ROOMS, "Check")
    result = await stage.tap(bold, "See the result")

    assert kept.text == (
        "Put the steps in order.\n\n"
        "You answered: \n1. Wait one hour\n2. Close the windows\n3. Set the valve to 3\n\nKept."
    )
    assert "Monday morning: 75%." in result.text
    assert "The answer is: \n1. Close the windows\n2. Set the valve to 3\n3. Wait one hour" in result.text


async def test_in_mongolian(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(HEAT), language="mn")

    first = await bold.last()
    await stage.tap(bold, *RIGHT_ORDER)
    ready = await bold.last()
    right = await stage.tap(bold, "Шалгах")
    rooms = await stage.tap(bold, "Үргэлжлүүлэх")

    assert first.text.endswith("Хамгийн эхнийхийг нь дарна уу.")
    assert ready.labels[:2] == (("Шалгах",), ("Буцаах", "Дахин эхлэх"))
    assert right.text.splitlines()[2].startswith("Зөв")
    assert rooms.text.endswith("1-р нь (нийт 3): Office – аль нь тохирох вэ?")


@pytest.mark.parametrize(
    ("habit", "expected"), [("right", (100, 100)), ("second_try", (100, 0)), ("twice", (100, 100))]
)
async def test_players_find_their_way(
    stage: Stage, bold: Phone, habit: Habit, expected: tuple[int, int]
) -> None:
    course = read(stage.folder / "course.yaml").course
    assert course is not None

    await Player(phone=bold, course=course, settled=stage.settled, habit=habit).play()

    assert (await bold.last()).text.startswith("Done. 1 of 2.")
    assert await scores(stage) == expected


async def scores(stage: Stage) -> tuple[int, int]:
    """Return the score and the first-try score that the report has for the one learner."""
    printed = await stage.dusal("report", "completion", "--group", GROUP, "--format", "json")
    (row,) = json.loads(printed)["learners"]
    return row["score_percent"], row["first_try_percent"]
