"""A poll, a scale and a moment to think: nothing is right or wrong, and nobody is counted by name."""

import asyncio
import json

import pytest

from app.player import Habit, Player
from lessons.reader import read
from preview.phone_client import Phone, texts
from tests.journeys.stage import GROUP, Stage
from tests.journeys.test_open_answers import HEAT

VIEWS = """\
format: 1
id: views
title: Views
language: en
version: 1.0.0
pace: {days: daily, at: 09:00}
lessons:
  - id: opinions
    title: Opinions
    minutes: 3
    steps:
      - poll: Which topic should we add?
        id: s-topic
        options: [Solar panels, Reading bills, Driving less]
        anonymous: yes
      - rate: How sure are you that you can find heat losses now?
        id: s-sure
        from: 1 (not sure)
        to: 5 (very sure)
      - reflect: What will you check when you leave work today?
        id: s-check
      - true_false: Opinions differ.
        id: q-differ
        answer: true
        explain: They do.
"""


@pytest.fixture
async def token(stage: Stage) -> str:
    token = await stage.teach(VIEWS)
    await stage.facilitator()
    await stage.admin()
    return token


async def test_a_poll_can_be_changed_until_continue_and_is_never_scored(stage: Stage, token: str) -> None:
    bold = await stage.join("Bold", token)
    asked = await bold.last()
    chosen = await stage.tap(bold, "Reading bills")
    changed = await stage.tap(bold, "Solar panels")
    rate = await stage.tap(bold, "Continue")
    late = await stage.toast(bold, "l_note:1:0:2", on=asked.id)
    report = await answers(stage)

    assert asked.text == (
        "Which topic should we add?\n\n"
        "There is no right answer. Your facilitator sees how many chose what, not who."
    )
    assert asked.labels == (("Solar panels",), ("Reading bills",), ("Driving less",))
    assert chosen.id == changed.id == asked.id
    assert changed.text == (
        "Which topic should we add?\n\nYou chose: Solar panels\nYou can change it until you go on."
    )
    assert changed.labels == (("✓ Solar panels",), ("Reading bills",), ("Driving less",), ("Continue",))
    assert rate.text.startswith("How sure are you")
    assert late == "You are past this step. Go on below, or with /today"
    assert report[0] == {
        "lesson": "opinions",
        "item": "s-topic",
        "kind": "poll",
        "text": "Which topic should we add?",
        "answers": 1,
        "right_first_percent": None,
        # One answer would say who gave it.
        "most_chosen": None,
        "most_chosen_percent": None,
        "answers_waiting": 0,
    }


async def test_shares_are_shown_once_five_have_answered(stage: Stage, token: str) -> None:
    phones = [await stage.join(name, token) for name in ("Bold", "Tuya", "Nomin", "Od", "Zaya")]
    told = [await stage.tap(phone, "Solar panels") for phone in phones[:4]]

    fifth = await stage.tap(phones[4], "Driving less")
    report = await answers(stage)

    assert not any("In your group" in shown.text for shown in told)
    assert fifth.text.endswith(
        "In your group so far:\nSolar panels: 4 of 5\nReading bills: 0 of 5\nDriving less: 1 of 5"
    )
    assert (report[0]["answers"], report[0]["most_chosen"], report[0]["most_chosen_percent"]) == (
        5,
        "Solar panels",
        80,
    )
    assert report[1]["answers"] == 0


async def test_a_scale_is_pressed_and_says_what_its_ends_mean(stage: Stage, token: str) -> None:
    bold = await stage.join("Bold", token)
    asked = await stage.tap(bold, "Solar panels", "Continue")
    chosen = await stage.tap(bold, "4")

    assert asked.text == (
        "How sure are you that you can find heat losses now?\n\n1: not sure\n5: very sure\n\n"
        "There is no right answer."
    )
    assert asked.labels == (("1", "2", "3", "4", "5"),)
    assert "You chose: 4" in chosen.text
    assert chosen.labels == (("1", "2", "3", "✓ 4", "5"), ("Continue",))


async def test_what_is_written_for_oneself_stays_private_unless_it_is_shared(
    stage: Stage, token: str
) -> None:
    saraa = await stage.phone("Saraa", number=7_000_001)
    bold = await at_reflection(stage, token)
    asked = await bold.last()
    before = texts(await saraa.messages())
    kept = await stage.say(bold, "The lights in the gym.")
    unshared = texts(await saraa.messages())
    share = next(row[0] for row in kept.labels if row[0].startswith("Share"))
    await asyncio.gather(*(bold.press_at(kept.id, row=1, column=0) for _ in range(2)), return_exceptions=True)
    await stage.settled()
    shared = await bold.last()
    question = await saraa.last()
    await stage.say(saraa, "Good idea.", reply_to=question.id)
    answer = await bold.last()

    assert asked.text == (
        "What will you check when you leave work today?\n\nThis is for you. Nobody reads it.\n\n"
        "Write it as one message, or leave it out."
    )
    assert asked.labels == (("Skip",),)
    assert kept.text.endswith("Kept for you. Nobody else reads it unless you share it.")
    assert (share, before) == ("Share with Saraa", unshared)
    assert (shared.id, shared.text.endswith("Shared with Saraa.")) == (kept.id, True)
    assert shared.labels == (("Continue",),)
    assert "The lights in the gym." in question.text
    assert sum("The lights in the gym." in text for text in texts(await saraa.messages())) == 1
    assert answer.text == "Answer from Saraa\n\nGood idea."


async def test_a_reflection_is_left_out_with_one_tap(stage: Stage, token: str) -> None:
    bold = await at_reflection(stage, token)

    following = await stage.tap(bold, "Skip")
    await stage.tap(bold, "True")
    done = await stage.tap(bold, "Continue")
    told = json.loads(await stage.dusal("report", "completion", "--group", GROUP, "--format", "json"))

    assert following.text.startswith("Question 1 of 1")
    # One question was asked, and it was right: surveys are no part of it.
    assert done.text.startswith("You have finished Views: 1 lesson.\n\nFinal score: 100%. Passed.")
    assert told["learners"][0]["score_percent"] == 100


async def test_surveys_are_read_again_exported_and_erased(stage: Stage, token: str) -> None:
    bold = await at_reflection(stage, token)
    await stage.say(bold, "The lights.")
    await stage.tap(bold, "Continue", "True", "Continue", "Lessons to read again", "1. Opinions")
    poll = await bold.last()
    await stage.tap(bold, "Continue", "Continue")
    reflection = await bold.last()
    await stage.say(bold, "/privacy")
    data = await stage.tap(bold, "Get my data")
    kept = json.loads(await bold.file(str(data.document)))["kept"]
    await stage.say(bold, "/privacy")
    await stage.tap(bold, "Erase everything", "Erase everything")
    report = await answers(stage)

    assert poll.text == (
        "Which topic should we add?\n\n– Solar panels\n– Reading bills\n– Driving less\n\n"
        "Your answer:\nSolar panels"
    )
    assert reflection.text.endswith("Your answer:\nThe lights.")
    (given,) = [part["rows"] for part in kept if part["table"] == "responses"]
    noted = {row["question_id"]: row["response"] for row in given if row["verdict"] == "noted"}
    assert noted == {"s-topic": "0", "s-sure": "3", "s-check": "The lights."}
    assert [row["answers"] for row in report] == [0, 0, 0, 0]


async def test_the_report_never_holds_what_was_written_for_oneself(stage: Stage, token: str) -> None:
    for name in ("Bold", "Tuya", "Nomin", "Od", "Zaya"):
        phone = await at_reflection(stage, token, name=name)
        await stage.say(phone, f"The lights of {name}.")

    told = await stage.dusal("report", "answers", "--group", GROUP, "--format", "csv")

    assert "lights" not in told
    assert told.splitlines()[3] == (
        "opinions,s-check,reflect,What will you check when you leave work today?,5,,,,0"
    )


async def test_doubled_and_foreign_presses_change_nothing(stage: Stage, token: str) -> None:
    bold = await stage.join("Bold", token)
    tuya = await stage.join("Tuya", token)
    poll = await bold.last()

    await asyncio.gather(*(bold.press_at(poll.id, row=0, column=0) for _ in range(3)))
    await stage.settled()
    foreign = await stage.toast(tuya, "l_note:1:0:2")
    beyond = await stage.toast(bold, "l_note:1:0:7", on=poll.id)
    unanswered = await stage.toast(tuya, "l_go:2:0")
    report = await answers(stage)

    assert foreign == beyond == unanswered == "This button is no longer in use."
    assert report[0]["answers"] == 1
    assert [shown.labels[0] for shown in await bold.messages() if shown.labels] == [("✓ Solar panels",)]


@pytest.mark.parametrize("habit", ["right", "second_try", "twice"])
async def test_a_played_learner_gets_through_every_kind(stage: Stage, habit: Habit) -> None:
    token = await stage.teach(VIEWS + HEAT[HEAT.index("  - id: doors") :])
    reading = read(stage.folder / "course.yaml")
    assert reading.course is not None
    bold = await stage.join("Bold", token)
    player = Player(phone=bold, course=reading.course, settled=stage.settled, habit=habit)

    await player.play()
    await stage.phones.move_clock(to="next_lesson")
    await stage.tap(bold, "Start")
    await player.play()
    told = json.loads(await stage.dusal("report", "completion", "--group", GROUP, "--format", "json"))

    row = told["learners"][0]
    assert (row["lessons_finished"], row["answers_waiting"], row["passed"]) == (2, 1, False)


async def answers(stage: Stage) -> list[dict[str, object]]:
    return await stage.listed("report", "answers", "--group", GROUP)


async def at_reflection(stage: Stage, token: str, *, name: str = "Bold") -> Phone:
    phone = await stage.join(name, token)
    await stage.tap(phone, "Solar panels", "Continue", "3", "Continue")
    return phone
