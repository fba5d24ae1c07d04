"""A course that people are in gets a new version: by chat, and by command beside the chat."""

import json

from tests.journeys.stage import Stage

TALE = """\
format: 1
id: tale
title: A tale
language: en
version: 1.0.0
pace: {days: daily, at: 09:00}
lessons:
  - id: water
    title: Water first
    steps:
      - say: Boil the water.
      - true_false: Tea needs hot water.
        id: q-hot
        answer: false
        explain: Of course.
  - id: leaves
    title: Then leaves
    steps:
      - say: Ten grams for a litre.
"""
MENDED = TALE.replace("1.0.0", "1.1.0").replace("answer: false", "answer: true")


async def test_an_admin_mends_a_key_in_the_chat_and_the_learner_is_told(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(TALE))
    wrong = await stage.tap(bold, "Continue", "True")
    await stage.tap(bold, "Continue")
    delger = await stage.admin()

    await delger.send_document("tale.yaml", MENDED.encode())
    await stage.settled()
    offer = await delger.last()
    card = await stage.tap(delger, "Preview")
    question = await stage.tap(delger, "Continue")
    answer = await stage.tap(delger, "Answer")
    last = await stage.tap(delger, "Next lesson")
    again = await stage.tap(delger, "Stop")
    choice = await stage.tap(delger, "Publish")
    marked = await stage.tap(delger, "Mark answers again")
    result = await stage.tap(delger, "From their next lesson")

    assert "Right: False" not in wrong.text
    assert "False" in wrong.text
    assert "Lesson 1 changed. 1 learner is past it, 0 will get the new one." in offer.text
    assert "Question q-hot: another answer is right now. 1 learner has answered it." in offer.text
    assert "Boil the water." in card.text
    assert "Tea needs hot water.\n\n▢ True\n▢ False" in question.text
    assert "The answer is: True" in answer.text
    assert "Ten grams for a litre." in last.text
    assert "Publish it?" in again.text
    assert "1 learner goes on in the new version." in choice.text
    assert "1 learner gets another score and is told." in marked.text
    assert result.text.startswith("Published. New groups get this version.")
    told = await bold.last()
    assert told.text == (
        "A tale\n\n"
        "Question “Tea needs hot water.” had a mistake on our side. Your answer counts as right now.\n\n"
        "Your score is 100%."
    )
    assert [row["version"] for row in await stage.listed("course", "list")] == ["1.0.0", "1.1.0"]
    report = json.loads(await stage.dusal("report", "completion", "--group", "Autumn", "--format", "json"))
    (row,) = report["learners"]
    assert (row["lessons_finished"], row["lessons"], row["score_percent"]) == (1, 2, 100)


async def test_a_changed_lesson_is_read_again_in_its_new_words(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(TALE))
    await stage.tap(bold, "Continue", "False", "Continue")
    path = stage.folder / "next.yaml"
    path.write_text(TALE.replace("1.0.0", "1.1.0").replace("Boil the", "Boil fresh"), encoding="utf-8")

    await stage.dusal("course", "publish", str(path), "--plan", "also-finished")
    told = await bold.last()
    read = await stage.tap(bold, "1. Water first")

    assert told.text == "A tale\n\nLesson 1 was changed. Read it again?\n\nReading again changes no score."
    assert "Boil fresh water." in read.text


async def test_a_lesson_under_way_is_finished_as_it_began(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(TALE))
    path = stage.folder / "next.yaml"
    steps = "      - say: Boil the water.\n"
    path.write_text(
        MENDED.replace(steps, steps + "      - say: Fresh water.\n").replace(
            "  - id: leaves\n",
            "  - id: cup\n    title: The cup\n    steps: [{say: A clean cup.}]\n  - id: leaves\n",
        ),
        encoding="utf-8",
    )

    await stage.dusal("course", "publish", str(path))
    question = await stage.tap(bold, "Continue")
    done = await stage.tap(bold, "False", "Continue")
    await stage.pass_seconds(90_000)
    following = await stage.tap(bold, "Start")

    assert "Tea needs hot water." in question.text
    assert "1 of 3" in done.text
    assert "A clean cup." in following.text
