"""The command line as somebody scripts it: what it prints, where, and how it ends."""

import asyncio
import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.place import Place
from app.settings import AcademySettings, Settings, TelegramSettings
from preview.movable_clock import MovableClock
from preview.server import PreviewServer
from storage import bots
from storage.bots import Bot
from tests.app.scripting import COURSE, NOW, Run, joined, listed


def test_publishing_prints_id_version_and_hash_and_changes_nothing_twice(run: Run, place: Place) -> None:
    path = place.config.parent / "tea.yaml"

    first = run("course", "publish", str(path))
    again = run("course", "publish", str(path))

    assert first.exit_code == again.exit_code == 0
    course_id, version, digits = first.stdout.split()
    assert (course_id, version, len(digits)) == ("tea", "1.0.0", 12)
    assert set(digits) <= set("0123456789abcdef")
    assert again.stdout == first.stdout
    assert again.stderr == "Exactly this was published before; nothing was changed.\n"
    (row,) = listed(run("course", "list", "--format", "json"))
    assert row == {
        "course": "tea",
        "version": "1.0.0",
        "content_hash": digits,
        "title": "Tea",
        "lessons": 1,
        "languages": "en",
        "learners": 0,
        "published_at": "2026-11-23T02:00:00+00:00",
    }


def test_a_version_with_other_content_is_one_sentence(taught: Run, place: Place) -> None:
    path = place.config.parent / "tea.yaml"
    path.write_text(COURSE.replace("title: Tea\n", "title: Green tea\n"), encoding="utf-8")

    refused = taught("course", "publish", str(path))

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Error: Version 1.0.0 of tea is published with other content (")
    assert refused.stderr.endswith("Write a higher version into the course.\n")


def test_a_course_with_errors_is_not_published(run: Run, place: Place) -> None:
    path = place.config.parent / "bad.yaml"
    path.write_text(COURSE.replace("answer: true", "anwser: true"), encoding="utf-8")

    refused = run("course", "publish", str(path))

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "`anwser`" in refused.stderr
    assert listed(run("course", "list", "--format", "json")) == []


def test_a_group_prints_its_code_and_with_a_bot_its_link(taught: Run, place: Place) -> None:
    without = taught("group", "link", "Autumn")
    place.run(lambda tx: bots.bind(tx, bot=Bot(bot_id=1, username="tea_bot", name="Tea"), now=NOW))
    (row,) = listed(taught("group", "link", "Autumn", "--format", "json"))
    with_bot = taught("group", "link", "Autumn")

    assert without.stdout == f"Code  {row['code']}\n"
    assert row["link"].startswith("https://t.me/tea_bot?start=")
    assert len(row["link"]) == len("https://t.me/tea_bot?start=") + 22
    assert with_bot.stdout == f"Link  {row['link']}\nCode  {row['code']}\n"


async def test_before_the_first_start_telegram_is_asked_for_the_bots_name(taught: Run, place: Place) -> None:
    async with PreviewServer(clock=MovableClock(NOW), people=()) as server:
        told = Settings(
            academy=AcademySettings(name="Darkhan"),
            telegram=TelegramSettings(token=SecretStr(server.token), api_url=server.url),
        )
        place.__dict__["settings"] = told  # the cached settings, as if the file said so

        said = await asyncio.to_thread(taught, "group", "link", "Autumn")
        username = server.requests[0].method

    assert said.stdout.startswith("Link  https://t.me/")
    assert username == "getMe"


def test_a_bots_name_that_cannot_be_had_leaves_the_code_and_no_token(taught: Run, place: Place) -> None:
    place.__dict__["settings"] = Settings(
        academy=AcademySettings(name="Darkhan"),
        telegram=TelegramSettings(token=SecretStr("123:planted-token"), api_url="http://127.0.0.1:9"),
    )

    said = taught("group", "link", "Autumn")

    assert said.exit_code == 0
    assert said.stdout.startswith("Code  ")
    assert "Telegram did not tell the bot's name" in said.stderr
    assert "planted" not in said.output


def test_groups_are_listed_with_numbers_as_numbers(taught: Run, place: Place) -> None:
    joined(place, 7)

    (row,) = listed(taught("group", "list", "--format", "json"))

    assert row == {
        "group": "Autumn",
        "course": "tea",
        "version": "1.0.0",
        "zone": "Asia/Ulaanbaatar",
        "days": "mon,wed",
        "at": "10:30",
        "expected": None,
        "joined": 1,
        "facilitators": "",
    }
    assert listed(taught("group", "show", "Autumn", "--format", "json")) == [row]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "says"),
    [
        (
            ["--course", "tea", "--name", "Autumn"],
            1,
            'A group is already called "Autumn". Choose another name.',
        ),
        (["--course", "coffee", "--name", "B"], 1, 'No course has the id "coffee". Use one of: tea'),
        (
            ["--course", "tea", "--name", " "],
            1,
            "A group's name has 1 to 128 characters. Choose another name.",
        ),
        (["--course", "tea", "--name", "B", "--zone", "Mars"], 2, "no time zone is called 'Mars'"),
        (
            ["--course", "tea", "--name", "B", "--days", "monday"],
            2,
            "is not workdays, daily or days like mon,wed",
        ),
        (["--course", "tea", "--name", "B", "--at", "25:00"], 2, "is not a time like 09:00"),
        (["--course", "tea"], 2, "Missing option '--name'"),
    ],
)
def test_a_group_that_cannot_be_made_says_what_to_do(
    taught: Run, arguments: list[str], exit_code: int, says: str
) -> None:
    refused = taught("group", "create", *arguments)

    assert (refused.exit_code, refused.stdout) == (exit_code, "")
    assert says in refused.stderr


def test_roles_are_given_listed_and_taken(taught: Run) -> None:
    given = [
        taught("role", "grant", "50", "facilitator", "--group", "Autumn"),
        taught("role", "grant", "50", "facilitator", "--group", "Autumn"),
        taught("role", "grant", "60", "admin"),
    ]
    rows = listed(taught("role", "list", "--format", "json"))
    taken = [taught("role", "revoke", "60", "admin"), taught("role", "revoke", "60", "admin")]

    assert [one.output for one in given] == [
        '50 is a facilitator of "Autumn".\n',
        '50 is already a facilitator of "Autumn".\n',
        "60 is an admin.\n",
    ]
    assert [(row["person"], row["role"], row["group"]) for row in rows] == [
        (50, "facilitator", "Autumn"),
        (60, "admin", None),
    ]
    assert [(one.exit_code, one.output) for one in taken] == [
        (0, "60 is no longer an admin.\n"),
        (1, "Error: 60 is not an admin. See who is: dusal role list\n"),
    ]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "says"),
    [
        (["50", "facilitator"], 2, "A facilitator needs a group: add --group NAME."),
        (["50", "admin", "--group", "Autumn"], 2, "An admin looks after every group: leave out --group."),
        (["50", "facilitator", "--group", "Spring"], 1, 'No group is called "Spring". Use one of: "Autumn"'),
        (["olena", "admin"], 2, "'olena' is not a valid integer"),
        (["-5", "admin"], 2, "No such option"),
    ],
)
def test_a_role_that_cannot_be_given_says_what_to_do(
    taught: Run, arguments: list[str], exit_code: int, says: str
) -> None:
    refused = taught("role", "grant", *arguments)

    assert (refused.exit_code, refused.stdout) == (exit_code, "")
    assert says in refused.stderr


def test_the_report_names_the_course_in_the_academys_first_language(run: Run, place: Place) -> None:
    folder = place.config.parent / "tea"
    (folder / "i18n").mkdir(parents=True)
    (folder / "course.yaml").write_text(COURSE, encoding="utf-8")
    (folder / "i18n" / "mn.yaml").write_text(
        "language: mn\nof: tea@1.0.0\ncourse:\n- en: Tea\n  mn: Цай\n", encoding="utf-8"
    )
    place.config.write_text("academy: {name: Darkhan, languages: [mn, en]}\n", encoding="utf-8")
    published = run("course", "publish", str(folder))
    run("group", "create", "--course", "tea", "--name", "Autumn")

    printed = run("report", "completion", "--group", "Autumn", "--png", str(folder / "report.png"))

    assert published.exit_code == 0, published.output
    assert printed.stdout.startswith("Autumn: Цай\n")


def test_the_completion_report_in_every_form(taught: Run, place: Place, tmp_path: Path) -> None:
    joined(place, 7)
    joined(place, 8, name="=cmd|' /C calc'!A0")
    csv_file, png_file = tmp_path / "report.csv", tmp_path / "report.png"

    as_json = taught("report", "completion", "--group", "Autumn", "--format", "json")
    as_csv = taught(
        "report",
        "completion",
        "--group",
        "Autumn",
        "--format",
        "csv",
        "--csv",
        str(csv_file),
        "--png",
        str(png_file),
    )

    read = json.loads(as_json.stdout)
    assert read["figures"] == {
        "invited": None,
        "joined": 2,
        "started": 0,
        "on_schedule": 2,
        "finished": 0,
        "need_a_hand": 0,
    }
    assert [(row["person"], row["lessons_finished"], row["score_percent"]) for row in read["learners"]] == [
        (7, 0, None),
        (8, 0, None),
    ]
    rows = list(csv.DictReader(StringIO(as_csv.stdout)))
    assert [(row["person"], row["name"][0]) for row in rows] == [("7", "O"), ("8", "'")]
    assert csv_file.read_bytes().decode() == as_csv.stdout_bytes.decode()
    assert png_file.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
