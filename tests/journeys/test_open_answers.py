"""An answer in one's own words: from the course file to the person who reads it, and back."""

import asyncio
import json
from datetime import timedelta

from preview.phone_client import Phone, Shown, texts
from tests.journeys.stage import FACILITATOR, GROUP, START, Stage

HEAT = """\
format: 1
id: heat
title: Heat
language: en
version: 1.0.0
pace: {days: daily, at: 09:00}
lessons:
  - id: doors
    title: Doors
    minutes: 3
    steps:
      - say: Heat goes where nobody looks.
      - open: Describe one place where heat is lost, and what you would do.
        id: q-place
        points: 3
        model_answer: The back door does not close. I would ask for a **door closer**.
        rubric: {1: names a place, 2: and says why heat is lost, 3: and gives a step}
        reply_within: 2 workdays
        hint: Walk along the outer walls.
      - true_false: A door closer saves heat.
        id: q-closer
        answer: true
        explain: It does.
"""
NOTE = b"OggS" + b"\0" * 24 + b"OpusHead" + b"\0" * 40


async def test_an_answer_is_graded_and_comes_back_as_a_reply(stage: Stage) -> None:
    saraa, bold = await two(stage)
    asked = await stage.tap(bold, "Continue")
    sent = await stage.say(bold, "The back door, because it never closes.")
    notice = await saraa.last()
    card = await stage.tap(saraa, "Grade")
    named = await stage.tap(saraa, "Show name")
    await stage.tap(saraa, "Add a comment")
    with_comment = await stage.say(saraa, "And who would pay for it?")
    nothing = await stage.tap(saraa, "2: and says why")
    graded = await bold.last()

    assert asked.text.endswith("Write your answer as one message, or send a voice note.")
    assert asked.labels == (("Hint", "Skip"),)
    assert sent.text == (
        "Sent to Saraa. Usually answered in 2 workdays.\n\nUntil then you can edit your message.\n\n"
        "Compare with this example:\nThe back door does not close. I would ask for a door closer."
    )
    assert sent.labels == (("Continue",),)
    assert (notice.text, notice.silent) == ("Autumn: an answer waits to be graded.", False)
    assert "Bold" not in card.text
    assert card.text.endswith("what you would do.\n\nThe back door, because it never closes.")
    assert card.labels == (
        ("0: none of it",),
        ("1: names a place",),
        ("2: and says why heat is lost",),
        ("3: and gives a step",),
        ("Add a comment", "Show name"),
        ("Later",),
    )
    assert (named.id, "From: Bold" in named.text) == (card.id, True)
    assert with_comment.text.endswith("Your comment: And who would pay for it?")
    assert nothing.text == "Nothing waits to be graded."
    assert graded.text == (
        "Saraa has read your answer.\n\n"
        "Describe one place where heat is lost, and what you would do.\n\n"
        "2 of 3 points\nand says why heat is lost\n\nComment: And who would pay for it?"
    )
    assert not graded.silent
    assert graded.reply_to == (await mine(bold, "The back door")).id
    assert [row for shown in await saraa.messages() for row in shown.labels] == [
        ("Grade",),
        ("Change the grade",),
    ]


async def test_the_lesson_goes_on_without_waiting_and_no_result_is_promised(stage: Stage) -> None:
    saraa, bold = await two(stage)
    await stage.tap(bold, "Continue")
    await stage.say(bold, "The windows.")
    await stage.tap(bold, "Continue", "True")
    done = await stage.tap(bold, "Continue")
    progress = await stage.say(bold, "/progress")
    waiting = await report(stage)
    group = await stage.say(saraa, "/group")
    await stage.tap(saraa, "Grade (1)", "3: and gives a step")
    result = await bold.last()
    after = await report(stage)
    # Right once, and then not: a grade that is changed is told, and so is the result.
    await stage.tap(saraa, "Change the grade", "0: none of it")
    changed, worse = (await bold.messages())[-2:]

    assert done.text == (
        "You have finished Heat: 1 lesson.\n\nScore so far: 100%. 1 answer is still being read. "
        "When it has been graded, you hear whether you have passed."
    )
    assert "Score 100%. First tries 100%. 1 answer is still being read." in progress.text
    assert (waiting["lessons_finished"], waiting["passed"], waiting["answers_waiting"]) == (1, False, 1)
    assert "1 answer to grade." in group.text
    assert result.text == "Heat: the result\n\nFinal score: 100%. Passed."
    assert (after["score_percent"], after["passed"], after["answers_waiting"]) == (100, True, 0)
    assert changed.text.startswith("Your grade has changed.")
    assert "0 of 3 points" in changed.text
    assert worse.text == "Heat: the result\n\nFinal score: 25%. Passing needs 70%."


async def test_of_two_facilitators_the_first_counts(stage: Stage) -> None:
    saraa, bold = await two(stage)
    await stage.dusal("role", "grant", "7000005", "facilitator", "--group", GROUP)
    nomin = await stage.phone("Nomin", number=7_000_005)
    await stage.say(nomin, "/start")
    await stage.tap(bold, "Continue")
    await stage.say(bold, "The back door.")
    cards = [await stage.say(phone, "/grade") for phone in (saraa, nomin)]

    await asyncio.gather(
        saraa.press_at(cards[0].id, row=1, column=0), nomin.press_at(cards[1].id, row=3, column=0)
    )
    await stage.settled()

    shown = [await card_now(phone, card.id) for phone, card in zip((saraa, nomin), cards, strict=True)]
    first = 0 if shown[0].startswith("Graded and sent.") else 1
    name, points = (("Saraa", "1 of 3"), ("Nomin", "3 of 3"))[first]
    assert shown[first].startswith(f"Graded and sent.\n\n{points} points")
    assert shown[1 - first].startswith(f"{name} has graded this already.\n\n{points} points")
    grades = [text for text in texts(await bold.messages()) if "has read your answer" in text]
    assert len(grades) == 1
    assert f"{name} has read" in grades[0]
    assert points in grades[0]


async def test_taps_that_come_twice_or_late_grade_once(stage: Stage) -> None:
    saraa, bold = await two(stage)
    tuya = await stage.join("Tuya", await link(stage))
    for phone, words in ((bold, "The back door."), (tuya, "The roof.")):
        await stage.tap(phone, "Continue")
        await stage.say(phone, words)
    card = await stage.say(saraa, "/grade")

    await asyncio.gather(*(saraa.press_at(card.id, row=3, column=0) for _ in range(2)))
    await stage.settled()
    following = await saraa.last()
    late = await stage.toast(saraa, "g_level:1:1:1:0", on=card.id)
    stranger = await stage.toast(tuya, "g_level:1:1:1:0")

    assert "The roof." in following.text
    assert texts(await saraa.messages()).count(following.text) == 1
    assert late == ""
    assert stranger == "This needs a role that you do not have."
    assert sum("has read your answer" in text for text in texts(await bold.messages())) == 1
    assert (await report(stage))["first_try_percent"] == 100


async def test_later_brings_the_next_one_and_the_first_one_again(stage: Stage) -> None:
    saraa, bold = await two(stage)
    tuya = await stage.join("Tuya", await link(stage))
    for phone, words in ((bold, "The back door."), (tuya, "The roof.")):
        await stage.tap(phone, "Continue")
        await stage.say(phone, words)
    await stage.say(saraa, "/grade")

    roof = await stage.tap(saraa, "Later (1 more)")
    put_off = await stage.tap(saraa, "3: and gives")
    door = await stage.say(saraa, "/grade")

    assert "The roof." in roof.text
    assert put_off.text == "1 answer waits for later: /grade"
    assert "The back door." in door.text


async def test_an_edited_answer_is_what_is_read_until_it_is_graded(stage: Stage) -> None:
    saraa, bold = await two(stage)
    await stage.tap(bold, "Continue")
    await stage.say(bold, "The back dor.")
    number = (await mine(bold, "The back dor")).id
    card = await stage.say(saraa, "/grade")

    await edit(stage, bold, number, "The back door.")
    told = await bold.last()
    await stage.tap(saraa, "3: and gives a step")
    again = await card_now(saraa, card.id)
    await stage.tap(saraa, "3: and gives a step")
    await edit(stage, bold, number, "The front door.")
    late = await bold.last()

    assert told.text == "Changed. Saraa reads the new words."
    assert told.reply_to == number
    # What was graded is never what somebody has not read.
    assert "The learner has changed the answer. Read it once more." in again
    assert again.endswith("The back door.")
    assert late.text == "This answer has been graded already. What you sent before counts."
    assert "3 of 3 points" in " ".join(texts(await bold.messages()))


async def test_a_voice_note_is_passed_on_by_its_name(stage: Stage) -> None:
    saraa, bold = await two(stage)
    await stage.tap(bold, "Continue")
    await bold.send_voice(NOTE)
    await stage.settled()
    sent = await bold.last()
    card = await stage.say(saraa, "/grade")
    note = (await saraa.messages())[-2]

    assert sent.text.startswith("Sent to Saraa.")
    assert (note.playing_kind, note.text) == ("voice", "Voice note")
    assert await saraa.file(str(note.playing)) == NOTE
    assert card.text.endswith("The voice note above is the answer.")
    assert stage.asked("getFile") == []
    (request,) = stage.asked("sendVoice")
    assert request.uploads == ()


async def test_a_voice_note_where_nothing_or_writing_is_asked_for(stage: Stage) -> None:
    written = HEAT.replace("reply_within: 2 workdays", "voice: no")
    bold = await stage.join("Bold", await stage.teach(written))
    await bold.send_voice(NOTE)
    await stage.settled()
    nothing = await bold.last()
    await stage.tap(bold, "Continue")
    await bold.send_voice(NOTE)
    await stage.settled()
    to_write = await bold.last()

    assert nothing.text == "Only text and pictures are read here. Write it as text."
    assert to_write.text == "This answer is to be written. Type it as one message."


async def test_left_out_counts_nothing_and_shows_the_example(stage: Stage) -> None:
    _saraa, bold = await two(stage)
    await stage.tap(bold, "Continue", "Hint")
    hinted = await bold.last()
    left_out = await stage.tap(bold, "Skip")
    await stage.tap(bold, "Continue", "True", "Continue")
    row = await report(stage)

    assert "Hint: Walk along the outer walls." in hinted.text
    assert left_out.text.startswith("Left out.\n\nCompare with this example:")
    # One point of four: the question is worth three.
    assert (row["score_percent"], row["passed"], row["answers_waiting"]) == (25, False, 0)


async def test_without_a_facilitator_it_is_kept_and_says_so(stage: Stage) -> None:
    path = stage.folder / "course.yaml"
    path.write_text(HEAT, encoding="utf-8")
    await stage.dusal("course", "publish", str(path))
    (made,) = await stage.listed("group", "create", "--course", "heat", "--name", GROUP)
    bold = await stage.join("Bold", str(made["link"]).rpartition("=")[2])
    await stage.tap(bold, "Continue")

    sent = await stage.say(bold, "The back door.")
    await stage.dusal("role", "grant", str(FACILITATOR), "facilitator", "--group", GROUP)
    saraa = await stage.facilitator()
    card = await stage.say(saraa, "/grade")

    assert sent.text.startswith(
        "Kept. Nobody looks after this group yet: your answer waits until somebody does."
    )
    assert "The back door." in card.text


async def test_the_last_answer_ends_the_lesson(stage: Stage) -> None:
    ending = HEAT[: HEAT.index("      - true_false")]
    bold = await stage.join("Bold", await stage.teach(ending))
    await stage.tap(bold, "Continue")

    await stage.say(bold, "The back door.")
    sent, done = (await bold.messages())[-2:]

    assert sent.labels == ()
    assert done.text.startswith("You have finished Heat: 1 lesson.")
    assert (await report(stage))["lessons_finished"] == 1


async def test_a_grade_at_night_waits_for_the_morning(stage: Stage) -> None:
    saraa, bold = await two(stage)
    await stage.tap(bold, "Continue")
    await stage.say(bold, "The back door.")
    await stage.until(START + timedelta(hours=13))

    await stage.say(saraa, "/grade")
    await stage.tap(saraa, "3: and gives a step")
    at_night = " ".join(texts(await bold.messages()))
    await stage.until(START + timedelta(hours=24))

    assert "has read your answer" not in at_night
    assert "Saraa has read your answer." in " ".join(texts(await bold.messages()))


async def test_what_was_answered_is_read_again_exported_and_erased(stage: Stage) -> None:
    saraa, bold = await two(stage)
    await stage.tap(bold, "Continue")
    await stage.say(bold, "The back door.")
    await stage.tap(bold, "Continue", "True", "Continue")
    card = await stage.say(saraa, "/grade")
    await stage.tap(bold, "Lessons to read again", "1. Doors", "Continue")
    read = await bold.last()
    await stage.say(bold, "/privacy")
    data = await stage.tap(bold, "Get my data")
    kept = json.loads(await bold.file(str(data.document)))["kept"]

    await stage.say(bold, "/privacy")
    await stage.tap(bold, "Erase everything", "Erase everything")
    gone = await stage.toast(saraa, "g_level:1:1:1:3", on=card.id)
    nothing = await stage.say(saraa, "/grade")

    assert "Your answer:\nThe back door.\n\nNobody has graded it yet." in read.text
    (answers,) = [part["rows"] for part in kept if part["table"] == "open_answers"]
    assert [(row["question_id"], row["text"]) for row in answers] == [("q-place", "The back door.")]
    assert gone == "This button is no longer in use."
    assert nothing.text == "Nothing waits to be graded."


async def two(stage: Stage) -> tuple[Phone, Phone]:
    """Return the phones of the facilitator and of a learner at the first card."""
    token = await stage.teach(HEAT)
    saraa = await stage.facilitator()
    await stage.admin()
    return saraa, await stage.join("Bold", token)


async def link(stage: Stage) -> str:
    (made,) = await stage.listed("group", "link", GROUP)
    return str(made["link"]).rpartition("=")[2]


async def report(stage: Stage) -> dict[str, object]:
    """Return the first learner's row."""
    told = json.loads(await stage.dusal("report", "completion", "--group", GROUP, "--format", "json"))
    row: dict[str, object] = told["learners"][0]
    return row


async def mine(phone: Phone, words: str) -> Shown:
    """Return the person's own message with these words."""
    return next(shown for shown in await phone.messages() if not shown.from_bot and words in shown.text)


async def card_now(phone: Phone, number: int) -> str:
    """Return what a message says now."""
    return next(shown.text for shown in await phone.messages() if shown.id == number)


async def edit(stage: Stage, phone: Phone, number: int, words: str) -> None:
    await phone.rewrite(number, words)
    await stage.settled()
