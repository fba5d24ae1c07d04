"""A final test: failed and taken again, lost for good, and what its learners and facilitators are told."""

import asyncio
import json
import re
from datetime import timedelta

from preview.phone_client import Phone, Shown
from tests.journeys.stage import FACILITATOR, GROUP, START, Stage
from tests.journeys.tests_of_tea import tea

RIGHT = {"Tea grows on trees.": "True", "Tea grows under water.": "False"}


async def at_the_test(stage: Stage) -> Phone:
    """Return Bold's phone with the test offered on the second day."""
    bold = await stage.join("Bold", await stage.teach(tea()))
    await stage.tap(bold, "Continue", "True", "Continue")
    await stage.phones.move_clock(to="next_lesson")
    return bold


async def answer(stage: Stage, bold: Phone, *, right: bool) -> Shown:
    """Walk through the test that is offered and return its result."""
    await stage.tap(bold, "Start", "Continue")
    for _ in range(2):
        shown = await bold.last()
        if "Type a number." in shown.text:
            await stage.say(bold, "3" if right else "30")
        else:
            true = next(label for prompt, label in RIGHT.items() if prompt in shown.text)
            wrong = "False" if true == "True" else "True"
            await stage.tap(bold, true if right else wrong)
        on = (await bold.last()).labels[0][0]
        await stage.tap(bold, on)
    return next(shown for shown in reversed(await bold.messages()) if shown.text.startswith("The test: "))


async def row_of(stage: Stage) -> dict[str, object]:
    report = json.loads(await stage.dusal("report", "completion", "--group", GROUP, "--format", "json"))
    (row,) = report["learners"]
    return dict(row)


async def test_a_test_says_what_it_is_and_keeps_every_answer_to_the_end(stage: Stage) -> None:
    bold = await at_the_test(stage)
    offer = await bold.last()
    await stage.tap(bold, "Start")
    first = await stage.tap(bold, "Continue")
    kept = await stage.tap(bold, "True")
    second = await stage.tap(bold, "Continue")
    await stage.tap(bold, "Leave it out")
    left_out = await bold.last()

    assert offer.text == (
        "Lesson 2: The test\n\nAbout 3 minutes.\n\n"
        "A test: 2 questions, one try each. 80% passes. Attempt 1 of 2."
    )
    assert first.text.startswith("Question 1 of 2\n\nTea grows ")
    assert first.labels == (("True", "False"),)
    assert kept.id == first.id
    assert kept.text.endswith("You answered: True\n\nKept.")
    assert kept.labels == (("Continue",),)
    assert second.text.startswith("Question 2 of 2\n\nHow many minutes")
    assert left_out.text.endswith("\n\nLeft out.")
    assert left_out.labels == (("See the result",),)


async def test_a_failed_test_comes_again_after_its_days_with_other_questions(stage: Stage) -> None:
    bold = await at_the_test(stage)

    failed = await answer(stage, bold, right=False)
    after_one = await row_of(stage)
    await stage.phones.move_clock(to="next_lesson")
    between = await bold.last()
    await stage.tap(bold, "Start", "Continue")
    await stage.phones.move_clock(to="next_lesson")
    again = await bold.last()
    passed = await answer(stage, bold, right=True)

    assert failed.text.startswith(
        "The test: 0%. Passing needs 80%.\n0 of 2 answered right.\n\n1. Not right.\n"
    )
    assert "The answer is: 3\nLonger makes it bitter." in failed.text
    assert "Worth reading again: 1. Water first" in failed.text
    assert "1 attempt is left. The test comes again Thursday 3 December, 09:00" in failed.text
    assert failed.labels == (("Lessons to read again",),)
    assert (after_one["test_percent"], after_one["test_passed"]) == (0, False)
    assert after_one["lessons_finished"] == 1
    # Meanwhile the lesson that does not need the test comes, and the one that does waits.
    assert between.text.startswith("Lesson 3: The cup")
    assert again.text.endswith("80% passes. Attempt 2 of 2.")
    assert passed.text.startswith("The test: 100%. Passed.\n2 of 2 answered right.")
    first, second = (one.text.split("Tea grows ")[1][:5] for one in (failed, passed))
    assert first != second
    row = await row_of(stage)
    assert (row["test_percent"], row["test_passed"], row["score_percent"]) == (100, True, 100)
    await stage.phones.move_clock(to="next_lesson")
    assert (await bold.last()).text.startswith("Lesson 4: The tea party")
    await stage.tap(bold, "Start", "Continue")
    assert "Final score: 100%. Passed." in (await bold.last()).text
    assert (await row_of(stage))["passed"] is True


async def test_out_of_attempts_the_course_ends_in_plain_words_and_the_facilitator_sees_it(
    stage: Stage,
) -> None:
    bold = await at_the_test(stage)
    saraa = await stage.facilitator()

    await answer(stage, bold, right=False)
    await stage.phones.move_clock(to="next_lesson")
    await stage.tap(bold, "Start", "Continue")
    await stage.phones.move_clock(to="next_lesson")
    lost = await answer(stage, bold, right=False)
    ended = await bold.last()
    group = await stage.say(saraa, "/group")
    hands = await stage.tap(saraa, "Who needs a hand (1)")

    assert "That was the last attempt. Ask Saraa what comes next: /ask" in lost.text
    assert ended.text.startswith("Tea for experts ends here: 3 of 4 lessons.")
    assert "Passing needs 80%." in ended.text
    assert "Did not pass the test, and no attempt is left." in group.text
    assert "Did not pass the test, and no attempt is left." in hands.text
    row = await row_of(stage)
    assert (row["state"], row["passed"], row["test_passed"]) == ("finished", False, False)
    # Silence from now on: nothing that could come is left.
    before = (await bold.last()).id
    await stage.pass_seconds(5 * 86_400)
    assert (await bold.last()).id == before


async def test_buttons_of_the_first_attempt_do_nothing_in_the_second(stage: Stage) -> None:
    bold = await at_the_test(stage)
    await stage.tap(bold, "Start", "Continue")
    # A question, with its buttons as they were sent.
    asked = await bold.last()
    markup = stage.trial.server.world.chats[bold.id].messages[asked.id].markup
    (data, *_) = re.findall(r"l_pick[:\w]+", json.dumps(markup))
    await stage.tap(bold, "True", "Continue", "Leave it out", "See the result")
    await stage.phones.move_clock(to="next_lesson")
    await stage.tap(bold, "Start", "Continue")
    await stage.phones.move_clock(to="next_lesson")
    await stage.tap(bold, "Start", "Continue")
    before = await bold.last()

    toast = await stage.toast(bold, data, on=asked.id)

    assert toast == "That lesson is finished."
    (led_on,) = (await bold.messages())[-1:]
    assert led_on.text == "That lesson is finished."
    assert led_on.labels == (("Open today's lesson",),)
    assert before.text.startswith("Question 1 of 2")


async def test_double_taps_in_a_test_count_once(stage: Stage) -> None:
    bold = await at_the_test(stage)
    await stage.tap(bold, "Start")
    card = await bold.last()
    await asyncio.gather(*(bold.press_at(card.id, row=0, column=0) for _ in range(2)))
    await stage.settled()
    asked = await bold.last()
    await asyncio.gather(*(bold.press_at(asked.id, row=0, column=column) for column in (0, 1)))
    await stage.settled()
    kept = await bold.last()
    await asyncio.gather(*(bold.press_at(kept.id, row=0, column=0) for _ in range(2)))
    await stage.settled()

    assert kept.text.endswith("Kept.")
    shown = [one.text for one in await bold.messages()]
    assert [text[:15] for text in shown].count("Question 2 of 2") == 1
    row = await row_of(stage)
    # Nothing is known of a test under way: a score would tell which answer was right.
    assert (row["test_percent"], row["score_percent"]) == (None, 100)


async def test_a_name_in_a_card_is_the_readers_and_never_formatting(stage: Stage) -> None:
    token = await stage.teach(tea())
    bold = await stage.join("*Bold* {group}", token)

    card = await bold.last()

    assert card.text.endswith(
        "Hello *Bold* {group}. Boil the water. Next comes “The test”, and your facilitator helps."
    )
    assert stage.trial.clock() - START < timedelta(minutes=1)
    assert FACILITATOR
