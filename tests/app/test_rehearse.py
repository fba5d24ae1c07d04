"""`dusal course rehearse`: a course of two lessons, played to its end through the real bot."""

import asyncio
import csv
import io
import json
import os
import sys
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.rehearsal_report import as_csv, as_json, as_text, problems
from app.rehearsing import Rehearsal, Role, cast_for, rehearse
from app.settings import Settings
from lessons.reader import read

ZONE = ZoneInfo("Asia/Ulaanbaatar")
COURSE = """\
format: 1
id: tea
title: Tea
language: en
translations: [mn]
version: 1.0.0
lessons:
  - id: water
    title: Water first
    steps:
      - say: Boil the water.
      - true_false: Tea needs hot water.
        id: q-hot
        answer: true
  - id: leaves
    title: Then the leaves
    minutes: 3
    steps:
      - number: How many cups make one litre?
        id: q-cups
        answer: 4
"""
NUMBER = COURSE[COURSE.index("      - number") :]
REFUSED = "{question}: the answer that the course calls right did not count as right on the phone of {who}"
MONGOLIAN = """\
language: mn
of: tea@1.0.0
water:
  - en: Tea needs hot water.
    mn: Цайнд халуун ус хэрэгтэй.
leaves:
  - en: How many cups make one litre?
    mn: Нэг литрт хэдэн аяга багтах вэ?
"""
ALL = (
    Role(habit="keen", language="en"),
    Role(habit="busy", language="en"),
    Role(habit="late", language="en"),
    Role(habit="silent", language="en"),
    Role(habit="keen", language="mn"),
)


async def rehearsed(folder: Path, course: str = COURSE, cast: tuple[Role, ...] = ALL) -> Rehearsal:
    (folder / "tea.yaml").write_text(course, encoding="utf-8")
    (folder / "tea.mn.yaml").write_text(MONGOLIAN, encoding="utf-8")
    reading = await asyncio.to_thread(read, folder / "tea.yaml")
    assert reading.course is not None, reading.problems
    return await rehearse(
        reading,
        settings=Settings.model_validate({"academy": {"name": "Darkhan"}}),
        cast=cast,
        zone=ZONE,
        on=date(2026, 11, 27),
        url=f"sqlite:///{folder}/rehearsal.db",
    )


async def test_everybody_plays_the_course_to_the_end_of_their_habit(tmp_path: Path) -> None:
    found = await rehearsed(tmp_path)

    assert cast_for(found.course, ("keen", "busy", "late", "silent", "keen")) == ALL
    told = json.loads(as_json(found, learners=2376, rate_per_second=30))
    calendar = told.pop("calendar")
    # The first day is a Friday, so the second lesson comes on Monday.
    assert told == {
        "course": "tea",
        "version": "1.0.0",
        "zone": "Asia/Ulaanbaatar",
        "learners": 2376,
        "problems": [],
        "warnings": ["at 09:00 the last of 2,376 learners waits 80 s; give the groups different hours"],
        "heaviest_minute": {"at": "2026-11-30T09:00:00+08:00", "messages": 2376, "seconds": 80.0},
        # Everybody: the schedule, a card, a verdict, done. The lesson, a question, a verdict, the end.
        "played": [
            played("Keen 1", "keen", messages=8, buzzing=1, most=4),
            # An answer that is not right yet is said apart.
            played("Busy 2", "busy", messages=9, buzzing=1, most=5),
            played("Late 3", "late", messages=9, buzzing=2, most=5),
            played("Silent 4", "silent", messages=6, buzzing=2, most=4, finished=1),
            played("Keen 5", "keen", messages=8, buzzing=1, most=4, language="mn"),
        ],
    }
    assert [message["at"] for message in calendar if message["by_itself"]] == [
        "2026-11-30T09:00:00+08:00",
        "2026-11-30T09:00:00+08:00",
        "2026-11-30T09:00:00+08:00",
        "2026-11-30T12:00:00+08:00",
        "2026-11-30T09:00:00+08:00",
        "2026-11-30T12:00:00+08:00",
        "2026-11-30T09:00:00+08:00",
    ]


def played(
    learner: str,
    habit: str,
    *,
    messages: int,
    buzzing: int,
    most: int,
    finished: int = 2,
    language: str = "en",
) -> dict[str, object]:
    return {
        "learner": learner,
        "habit": habit,
        "language": language,
        "lessons_finished": finished,
        "lessons": 2,
        "messages": messages,
        "buzzing": buzzing,
        "most_messages_in_a_day": most,
    }


async def test_the_calendar_of_one_learner_is_complete(tmp_path: Path) -> None:
    found = await rehearsed(tmp_path, cast=ALL[:1])

    rows = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert [(row["at"], row["what"], row["sound"], row["by_itself"]) for row in rows] == [
        ("2026-11-27T08:30:00+08:00", "schedule set", "silent", "no"),
        ("2026-11-27T08:30:00+08:00", "card", "silent", "no"),
        ("2026-11-27T08:30:00+08:00", "feedback", "silent", "no"),
        ("2026-11-27T08:30:00+08:00", "lesson done", "silent", "no"),
        ("2026-11-30T09:00:00+08:00", "lesson", "buzzes", "yes"),
        ("2026-11-30T09:00:00+08:00", "question", "silent", "no"),
        ("2026-11-30T09:00:00+08:00", "feedback", "silent", "no"),
        ("2026-11-30T09:00:00+08:00", "course done", "silent", "no"),
    ]
    assert as_text(found, learners=30, rate_per_second=30) == (
        "tea 1.0.0, 2 lessons, played by 1 learner in Asia/Ulaanbaatar\n"
        "\n"
        "Keen 1 (en) learns at once, answers right: 2 of 2 lessons\n"
        "  Fri 27 Nov  08:30  nothing buzzes; 4 silent\n"
        "  Mon 30 Nov  09:00  lesson: Lesson 2 of 2: Then the leaves; 3 silent\n"
        "\n"
        "Messages a day and learner: 4 on average, 4 at most; at most 1 of them buzz.\n"
        "Most at one minute: 30 messages on Mon 30 Nov at 09:00 for 30 learners;"
        " at 30 a second they need 1 s (reckoned, not played).\n"
        "Nobody got stuck, and no right answer was refused: 2 questions."
    )


async def test_a_right_answer_that_is_refused_is_found(tmp_path: Path) -> None:
    broken = COURSE.replace(
        NUMBER,
        "      - text: What is in the cup?\n        id: q-cup\n        accept: [tea]\n"
        "        reject: [{when: Tea, why: Write it in small letters.}]\n",
    )

    found = await rehearsed(tmp_path, broken, cast=ALL[:2])

    assert list(problems(found)) == [REFUSED.format(question="q-cup", who="Keen 1 (en), Busy 2 (en)")]
    assert as_text(found, learners=30, rate_per_second=30).endswith("\nerror: " + next(iter(problems(found))))


async def test_a_right_answer_that_cannot_be_told_from_a_wrong_one_is_found(tmp_path: Path) -> None:
    broken = COURSE.replace(
        NUMBER,
        "      - choose: How many cups make one litre?\n        id: q-cups\n        shuffle: no\n"
        "        options: [{wrong: Four, why: No.}, {right: '**Four**'}]\n",
    )

    found = await rehearsed(tmp_path, broken, cast=(ALL[0], ALL[4]))

    assert list(problems(found)) == [REFUSED.format(question="q-cups", who="Keen 1 (en), Keen 2 (mn)")]


TEST = """\
      - number: How many cups make one litre?
        id: q-cups
        answer: 4
        tries: 1
  - id: final
    title: What do you know?
    test: {draw: 1, pass: 100%}
    steps:
      - number: Say one.
        id: q-one
        answer: 1
      - number: Say one and a half, {name}.
        id: q-more
        answer: 1.5
"""


async def test_who_fails_a_test_takes_it_again(tmp_path: Path) -> None:
    course = COURSE.replace(NUMBER, TEST)

    found = await rehearsed(tmp_path, course, cast=ALL[:2])

    assert list(problems(found)) == []
    assert [(one.finished, one.completed) for one in found.played] == [(3, True), (3, True)]
    assert [
        [(said.at.strftime("%a %H:%M"), said.kind) for said in one.said if said.by_itself]
        for one in found.played
    ] == [
        [("Mon 09:00", "lesson"), ("Tue 09:00", "lesson")],
        [("Mon 09:00", "lesson"), ("Tue 09:00", "lesson"), ("Wed 09:00", "lesson")],
    ]


@pytest.mark.long
async def test_the_command_ends_with_one_when_something_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "tea.yaml").write_text(
        COURSE.replace("translations: [mn]\n", "").replace(
            NUMBER,
            "      - text: What is in the cup?\n        id: q-cup\n        accept: [tea]\n"
            "        reject: [{when: tea, why: No.}]\n",
        ),
        encoding="utf-8",
    )
    dusal = Path(sys.executable).with_name("dusal")
    process = await asyncio.create_subprocess_exec(
        str(dusal), "course", "rehearse", "tea.yaml", "--habits", "keen", "--start", "2026-11-27",
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip

    out, err = (part.decode() for part in await process.communicate())

    assert process.returncode == 1, err
    assert err == ""
    assert out.startswith("tea 1.0.0, 2 lessons, played by 1 learner in UTC\n")
    assert "error: q-cup: the answer that the course calls right did not count as right" in out
    assert await asyncio.to_thread(os.listdir, tmp_path) == ["tea.yaml"]
