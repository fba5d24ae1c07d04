"""One lesson with every kind of question, and everything fingers do to its buttons."""

import asyncio
import json

import pytest
from sqlalchemy import func, select

from preview.phone_client import Phone, Shown, texts
from storage.tables import responses
from tests.journeys.stage import GROUP, Stage
from tests.journeys.teas import TEA


@pytest.fixture
async def bold(stage: Stage) -> Phone:
    return await stage.join("Bold", await stage.teach(TEA))


async def test_every_kind_of_question_to_the_end(stage: Stage, bold: Phone) -> None:
    first = await stage.tap(bold, "Continue")
    hinted = await stage.tap(bold, "Hint")
    wrong = await stage.tap(bold, "Milk")
    await stage.tap(bold, "Try again")
    right = await stage.tap(bold, "Water")
    await stage.tap(bold, "Continue", "More leaves", "A larger cup")
    partly = await stage.tap(bold, "Check (2 chosen)")
    await stage.tap(bold, "Show answer")
    listed = await bold.last()
    await stage.tap(bold, "Continue")
    true = await stage.tap(bold, "True")
    grams = await stage.tap(bold, "Continue")
    unread = await stage.say(bold, "a handful")
    much = await stage.say(bold, "50")
    close = await stage.say(bold, "≈ 10,5 g")
    await stage.tap(bold, "Continue")
    typo = await stage.say(bold, "Grean tea")
    done = await stage.tap(bold, "Continue")

    assert first.text.startswith("Question 1 of 5")
    assert "Hint: It is clear." in hinted.text
    assert "Not yet. You chose: Milk\n\nMilk comes last." in wrong.text
    assert "Right: Water" in right.text
    # One message from the question to its verdict.
    assert {first.id, hinted.id, wrong.id, right.id} == {first.id}
    assert partly.text.splitlines()[2] == "Not yet."
    assert "Not this one: A larger cup" in partly.text
    assert listed.text == "What makes tea stronger?\n\nThe answer is: More leaves; More time"
    assert "Right: True" in true.text
    assert "Type a number in g." in grams.text
    assert unread.text == "I need a number here, for example 150. Your text: “a handful”."
    assert "Not yet. I read 50" in much.text
    assert "Right. I read 10.5 g." in close.text
    assert "Right. We write it “green tea”." in typo.text
    assert done.text.startswith("Done. 1 of 5. Next: tomorrow 09:00.")
    assert all(shown.silent for shown in await bold.messages() if shown.from_bot)
    report = json.loads(await stage.dusal("report", "completion", "--group", GROUP, "--format", "json"))
    (row,) = report["learners"]
    assert (row["person"], row["lessons_finished"]) == (bold.id, 1)


async def test_double_taps_and_two_options_at_once_count_once(stage: Stage, bold: Phone) -> None:
    await stage.settled()
    card = await bold.last()
    await asyncio.gather(*(bold.press_at(card.id, row=0, column=0) for _ in range(3)))
    await stage.settled()
    question = await bold.last()

    toasts = await asyncio.gather(
        bold.press_at(question.id, row=0, column=0), bold.press_at(question.id, row=1, column=0)
    )
    await stage.settled()

    shown = await bold.messages()
    assert sum(message.text.startswith("Question 1 of 5") for message in shown) <= 1
    assert len([message for message in shown if message.text.startswith("What goes into the pot")]) == 1
    assert min(toasts) == ""
    assert max(toasts) in {
        "Your first answer counts.",
        "You are past this step. Go on below, or with /today",
    }
    assert await answers(stage) == 1


async def test_an_old_button_leads_on(stage: Stage, bold: Phone) -> None:
    card = await bold.last()
    await stage.tap(bold, "Continue")

    toast = await stage.toast(bold, "l_go:1:0", on=card.id)

    assert toast == "You are past this step. Go on below, or with /today"


async def test_buttons_of_a_finished_lesson_lead_to_the_open_one(stage: Stage, bold: Phone) -> None:
    data = await button(stage, bold, "Continue")
    await play(stage, bold)
    await stage.phones.move_clock(to="next_lesson")

    toast = await stage.toast(bold, data)
    shown = await bold.last()

    assert toast == "That lesson is finished."
    assert shown.text == "That lesson is finished."
    assert shown.labels == (("Open today's lesson",),)


async def test_somebody_elses_buttons_do_nothing(stage: Stage, bold: Phone) -> None:
    (link,) = await stage.listed("group", "link", GROUP)
    tuya = await stage.join("Tuya", str(link["link"]).rpartition("=")[2])
    before = texts(await bold.messages())
    data = await button(stage, bold, "Continue")

    toast = await stage.toast(tuya, data)

    assert toast == "This button is no longer in use."
    assert texts(await bold.messages()) == before
    assert await answers(stage) == 0


GARBAGE = (
    "l_go", "l_go:", "l_go:::", "l_go:-1:-1", "l_pick:1:1:1:zzzzzzzzzzzzzz", "l_go:1:99999",
    "l_tick:1:2:1:0:7", "j_agree:../../etc", "j_slot:1:9999:99999", "j_days:1:abc", "j_zone:1:Mars/Olympus",
    "s_pause:1:999w", "s_lang:xx", "n_send:1", "g_show:1", "c_publish:1", "q_send:1:2:3", "l_at:1:zzzzzzzz",
    "l_hint:1:1:99",
    "😀", "a" * 64, "'; DROP TABLE people; --", "l_page:1:-5", "n_at:1:zzzzzzz", "j_start:",
)  # fmt: skip


async def test_made_up_data_never_stops_the_bot(stage: Stage, bold: Phone) -> None:
    stranger = await stage.phone("Nobody")
    await stage.say(stranger, "/help")
    for data in GARBAGE:
        for phone in (bold, stranger):
            await phone.press_data((await phone.last()).id, data)
    await stage.settled()

    after = await stage.say(bold, "/today")

    assert "our fault" not in " ".join(texts(await bold.messages()) + texts(await stranger.messages()))
    assert after.text.startswith("Lesson 1 of 5. Card 1 of 1")
    assert await answers(stage) == 0


async def test_blocked_in_the_middle_and_back(stage: Stage, bold: Phone) -> None:
    await stage.tap(bold, "Continue")
    await bold.block()
    await stage.pass_seconds(3 * 86_400)
    silent = len(await bold.messages())
    await bold.unblock()
    await stage.settled()

    welcome = await stage.say(bold, "/start")
    question = await stage.tap(bold, welcome.labels[0][0])

    assert silent == len(await bold.messages()) - 3
    assert question.text.startswith("Question 1 of 5")


async def play(stage: Stage, phone: Phone) -> Shown:
    """Play the first lesson right."""
    await stage.tap(phone, "Continue", "Water", "Continue", "More leaves", "More time", "Check", "Continue")
    await stage.tap(phone, "True", "Continue")
    await stage.say(phone, "10")
    await stage.tap(phone, "Continue")
    await stage.say(phone, "green tea")
    return await stage.tap(phone, "Continue")


async def button(stage: Stage, phone: Phone, label: str) -> str:
    """Return what the newest button with that label carries."""
    chat = stage.trial.server.world.chats[phone.id]
    for message in reversed(list(chat.messages.values())):
        for row in message.buttons:
            for one in row:
                if str(one["text"]).startswith(label):
                    return str(one["callback_data"])
    raise AssertionError(label)


async def answers(stage: Stage) -> int:
    """Return how many answers are kept."""
    return await stage.trial.service.parts.database.read(
        lambda tx: tx.execute(select(func.count()).select_from(responses)).scalar_one()
    )
