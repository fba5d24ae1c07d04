"""Numbers and words typed on a phone: read tolerantly, echoed, and never counted when they cannot be read."""

import json

import pytest

from preview.phone_client import Phone
from tests.journeys.stage import GROUP, Stage

FANS = """\
format: 1
id: fans
title: Fans
language: en
translations: [mn]
version: 1.0.0
pace: {days: daily, at: 09:00}
lessons:
  - id: night
    title: At night
    minutes: 4
    steps:
      - number: A 500 W fan runs 10 hours every night. How many kWh is that in 30 nights?
        id: q-kwh
        answer: 150
        tolerance: 2%
        unit: kWh
        close:
          - {when: 150000, why: You have counted watts. A kilowatt is 1000 of them.}
        hint: kW × hours × nights.
      - number: How cold is it outside?
        id: q-cold
        between: [-25, -15]
        unit: °C
      - text: What keeps food cold?
        id: q-fridge
        accept: [refrigerator, fridge]
        reject:
          - {when: freezer, why: A freezer makes ice of it.}
"""
MONGOLIAN = """\
language: mn
of: fans@1.0.0
night:
  - {en: kWh, mn: кВт·цаг}
  - {at: q-fridge.accept, mn: [хөргөгч]}
"""


@pytest.fixture
async def token(stage: Stage) -> str:
    folder = stage.folder / "fans"
    (folder / "i18n").mkdir(parents=True)
    (folder / "course.yaml").write_text(FANS, encoding="utf-8")
    (folder / "i18n" / "mn.yaml").write_text(MONGOLIAN, encoding="utf-8")
    return await stage.teach(folder)


async def test_in_english(stage: Stage, token: str) -> None:
    bold = await stage.join("Bold", token)

    first = await bold.last()
    words = await stage.say(bold, "about a lot")
    unit = await stage.say(bold, "150 W")
    close = await stage.say(bold, "150 000")
    right = await stage.say(bold, "≈147,5kwh")
    await stage.tap(bold, "Continue")
    cold = await stage.say(bold, "minus 20 degrees")
    await stage.tap(bold, "Continue")
    freezer = await stage.say(bold, "Freezer!")
    fridge = await stage.say(bold, "  REFRIGERATR. ")

    assert first.text.endswith("Type a number in kWh.")
    assert words.text == "I need a number here, for example 150. Your text: “about a lot”."
    assert unit.text == "I need a number in kWh here. Your text: “150 W”."
    assert "Not yet. I read 150000 kWh." in close.text
    assert "You have counted watts. A kilowatt is 1000 of them." in close.text
    assert "Right. I read 147.5 kWh." in right.text
    assert "Right. I read -20 °C." in cold.text
    assert "A freezer makes ice of it." in freezer.text
    assert "Right. We write it “refrigerator”." in fridge.text
    await stage.tap(bold, "Continue")
    assert await tries(stage) == (100, 33)


async def test_in_mongolian(stage: Stage, token: str) -> None:
    bold = await stage.join("Bold", token, language="mn")

    unit = await stage.say(bold, "150 Вт")
    right = await stage.say(bold, "ойролцоогоор 150 кВт цаг")
    await next_step(stage, bold)
    cold = await stage.say(bold, "хасах 20 хэм")
    await next_step(stage, bold)
    fridge = await stage.say(bold, "Хоргогч")
    await next_step(stage, bold)

    assert "кВт·цаг" in unit.text
    assert "150 кВт·цаг" in right.text
    assert "-20 °C" in cold.text
    assert "“хөргөгч”" in fridge.text
    assert await tries(stage) == (100, 100)


async def next_step(stage: Stage, phone: Phone) -> None:
    await phone.press_at((await phone.last()).id, row=0, column=0)
    await stage.settled()


async def tries(stage: Stage) -> tuple[int, int]:
    """Return the score and the first-try score that the report has for the one learner."""
    printed = await stage.dusal("report", "completion", "--group", GROUP, "--format", "json")
    (row,) = json.loads(printed)["learners"]
    return row["score_percent"], row["first_try_percent"]
