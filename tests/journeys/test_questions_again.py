"""Questions come again: before a lesson, with /review, and after the course for those who want."""

import asyncio
import re
from datetime import timedelta

from preview.phone_client import Phone, texts
from tests.journeys.stage import START, Stage
from tests.journeys.teas import TEA
from tests.journeys.test_on_schedule import buzzing
from tests.journeys.test_taking_early import first_lesson

AGAIN = TEA.replace("pace: {", "review: yes\npace: {")
DAY = timedelta(days=1)
AT_NINE = timedelta(minutes=40)


async def short_lesson(stage: Stage, phone: Phone) -> None:
    """Walk through a lesson of one card and one true statement."""
    await stage.tap(phone, "Continue", "True", "Continue")


async def on_wednesday(stage: Stage, course: str = AGAIN) -> Phone:
    """Somebody who did lessons 1 and 2, on Wednesday morning with the offer of lesson 3."""
    bold = await stage.join("Bold", await stage.teach(course))
    await first_lesson(stage, bold)
    await stage.until(START + DAY + AT_NINE)
    await stage.tap(bold, "Start")
    await short_lesson(stage, bold)
    await stage.until(START + 2 * DAY + AT_NINE)
    return bold


async def test_two_questions_come_before_a_lesson_without_another_notification(stage: Stage) -> None:
    bold = await on_wednesday(stage)
    progress = (await stage.say(bold, "/progress")).text
    before = buzzing(await bold.messages())

    first = await stage.tap(bold, "Start")
    wrong = await stage.tap(bold, "Milk")
    again = await stage.tap(bold, "Try again")
    right = await stage.tap(bold, "Water")
    second = await stage.tap(bold, "Continue")
    answered = await stage.tap(bold, "More leaves", "More time", "Check (2 chosen)")
    lesson = await stage.tap(bold, "Continue")

    assert first.text == "Quick question from lesson 1\n\nWhat goes into the pot first?"
    assert sorted(label for row in first.labels[:3] for label in row) == ["Milk", "Salt", "Water"]
    assert first.labels[3:] == (("Hint",), ("Go on to the lesson",))
    assert (wrong.id, wrong.edited) == (first.id, True)
    assert wrong.text.startswith("What goes into the pot first?\n\nNot yet. You chose: Milk")
    assert again.text.startswith("Quick question from lesson 1")
    assert "Hint: It is clear." in again.text
    assert right.text.endswith("Tea needs something to swim in.\n\nNothing works without it.")
    assert second.text.startswith("Quick question from lesson 1\n\nWhat makes tea stronger?")
    assert answered.text.startswith("What makes tea stronger?\n\nRight.")
    assert lesson.text.startswith("Lesson 3 of 5. Card 1 of 1")
    assert len(buzzing(await bold.messages())) == len(before) == 2
    # Answers of this kind count nowhere: /progress says what it said.
    assert re.sub("Lesson 3.*", "", (await stage.say(bold, "/progress")).text) == re.sub(
        "Lesson 3.*", "", progress
    )


async def test_whoever_leaves_a_question_out_is_in_the_lesson_at_once(stage: Stage) -> None:
    bold = await on_wednesday(stage)
    first = await stage.tap(bold, "Start")

    await asyncio.gather(*(bold.press_at(first.id, row=4, column=0) for _ in range(3)))
    await stage.settled()
    lesson = await bold.last()
    toast = await stage.toast(bold, "v_pick:1:1:1:0", on=first.id)
    asked = await stage.say(bold, "Why water?", reply_to=first.id)

    assert lesson.text.startswith("Lesson 3 of 5. Card 1 of 1")
    assert [one.text.split("\n")[0] for one in await bold.messages()].count("Lesson 3 of 5. Card 1 of 1") == 1
    assert toast == "You are past this step. Go on below, or with /today"
    # A reply to it goes to a person like a reply to any card.
    assert asked.text.startswith(("Sent", "Your question"))


async def test_nobody_answers_another_persons_question(stage: Stage) -> None:
    bold = await on_wednesday(stage)
    await stage.tap(bold, "Start")
    tuya = await stage.join("Tuya", await stage.code())

    toasts = [
        await stage.toast(tuya, data)
        for data in (
            "v_pick:1:1:1:0",
            "v_stop:1:1",
            "v_go:1:1",
            "v_begin:1",
            "v_not:1",
            "v_fresh:1:1",
            "v_tick",
        )
    ]

    assert set(toasts) == {"This button is no longer in use."}
    assert (await bold.last()).text.startswith("Quick question from lesson 1")


async def test_review_asks_what_is_left_of_the_day_and_says_when_there_is_more(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(AGAIN))
    early = await stage.say(bold, "/review")
    await first_lesson(stage, bold)
    too_early = await stage.say(bold, "/review")
    await stage.until(START + 2 * DAY)
    first = await stage.say(bold, "/review")
    await stage.tap(bold, "Water", "Continue", "More leaves", "More time", "Check (2 chosen)", "Continue")
    await stage.tap(bold, "True", "Continue")
    asked = await bold.last()
    odd = await stage.say(bold, "a lot")
    grams = await stage.say(bold, "10 g")
    typed = await stage.tap(bold, "Continue")
    green = await stage.say(bold, "green tea", reply_to=typed.id)
    over = await stage.tap(bold, "Continue")
    enough = await stage.say(bold, "/review")
    offered = buzzing(await bold.messages())
    await stage.until(START + 2 * DAY + AT_NINE)

    assert early.text.startswith("Nothing to practise yet.")
    assert too_early.text == "Nothing to practise today. More questions on Wednesday 2 December."
    assert first.text.startswith("Quick question from lesson 1\n\nWhat goes into the pot first?")
    assert first.labels[-1] == ("Enough for now",)
    assert asked.text.startswith("Quick question from lesson 1\n\nHow many grams")
    assert odd.text.startswith("I need a number here")
    assert "Right. I read 10 g." in grams.text
    assert "Right: green tea" in green.text
    assert over.text.startswith("That was practice for today.\n\nMore questions")
    assert enough.text.startswith("You have practised enough for today. More questions")
    # Nobody is told how many there are, and the day's lesson comes without questions before it.
    assert not any(re.search(r"\d+ (questions|due)", one) for one in texts(await bold.messages()))
    assert offered == [one for one in offered if "due" not in one]
    assert (await stage.tap(bold, "Start")).text.startswith("Lesson 2 of 5. Card 1 of 1")


async def test_after_the_course_questions_come_for_those_who_want_them(stage: Stage) -> None:
    course = AGAIN.replace("at: 09:00}", "at: 09:00, ahead: yes}")
    bold = await stage.join("Bold", await stage.teach(course))
    await first_lesson(stage, bold)
    for _ in range(4):
        await stage.say(bold, "/today")
        await stage.tap(bold, "Start it now")
        await short_lesson(stage, bold)
    done = await bold.last()

    agreed = await stage.tap(bold, "Keep it fresh")
    await stage.until(START + 7 * DAY + AT_NINE)
    offer = await bold.last()
    question = await stage.tap(bold, "Start")
    left = await stage.tap(bold, "Enough for now")
    await stage.until(START + 80 * DAY)
    buzzed = buzzing(await bold.messages())
    stopped = await stage.tap(bold, "Stop these questions")
    stopped = next(one for one in await bold.messages() if one.id == agreed.id)
    await stage.until(START + 100 * DAY)

    assert "Keep it fresh? 4 times 5 quick questions over 3 months" in done.text
    assert done.labels == (("Lessons to read again",), ("Keep it fresh",))
    assert agreed.text == "Agreed. The next questions come Monday 7 December, 09:00."
    assert offer.text == (
        "Do you still know it? “Tea for everybody”\n\nA few quick questions, about 3 minutes."
    )
    assert not offer.silent
    assert question.text.startswith("Quick question from lesson")
    assert left.text == "Enough for now. More whenever you like: /review"
    assert len(buzzed) == 3
    assert stopped.text.startswith("No more questions come by themselves.")
    assert buzzing(await bold.messages()) == buzzed
