"""Going back to a backup: nothing old is said again, by whatever way the copy came into its place."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import CliRunner

from app.cli import main
from app.place import Place
from preview.phone_client import Phone, texts
from preview.server import PreviewServer
from scheduler.clock import Clock
from tests.journeys.stage import CONFIG, START, Stage, played, telegram
from tests.journeys.teas import LESSON

TUESDAY, WEDNESDAY = (START + timedelta(days=days, hours=1) for days in (1, 2))
"""Half past nine: lessons come at nine."""
COURSE = """\
format: 1
id: kettle
title: The kettle
language: en
version: 1.0.0
pace: {days: daily, at: 09:00}
lessons:
""" + "".join(LESSON.format(id=word.lower(), title=word) for word in ("Water", "Fire", "Steam", "Tea"))
PutBack: TypeAlias = Callable[[Path, Path, Clock], None]


def by_command(copy: Path, database: Path, clock: Clock) -> None:
    config = database.with_name("config.yaml")
    config.write_text(CONFIG + f"database: {{url: 'sqlite:///{database}'}}\n", encoding="utf-8")
    place = Place(config=config, data=database.parent, environ={}, clock=clock)
    told = CliRunner().invoke(main, ["restore", str(copy)], obj=place, catch_exceptions=False)
    assert told.exit_code == 0, told.output


def by_hand(copy: Path, database: Path, _clock: Clock) -> None:
    shutil.copyfile(copy, database)


def by_hand_without_the_log(copy: Path, database: Path, clock: Clock) -> None:
    """Another machine, or somebody who tidied up: only the command can say that this is a copy."""
    database.with_name(database.name + ".sent.log").unlink()
    by_command(copy, database, clock)


@asynccontextmanager
async def gone_back(
    server: PreviewServer, folder: Path, put_back: PutBack = by_command
) -> AsyncIterator[Stage]:
    """Play on after the copy has been put in the place of the database."""
    await asyncio.to_thread(put_back, folder / "copy.db", folder / "dusal.db", server.world.clock)
    async with played(server, folder) as stage:
        await stage.settled()
        yield stage


async def backed_up(stage: Stage) -> None:
    await stage.dusal("backup", str(stage.folder / "copy.db"))


async def everything(*phones: Phone) -> list[list[str]]:
    return [texts(await phone.messages()) for phone in phones]


async def again(stage: Stage, *phones: Phone) -> tuple[Phone, ...]:
    """Return the same phones; a stage that has ended takes its connections with it."""
    return tuple([await stage.phone(phone.name, number=phone.id) for phone in phones])


def made(server: PreviewServer, *phones: Phone) -> int:
    """Return how many messages the bot has sent to these, edits not counted."""
    chats = {str(phone.id) for phone in phones}
    return sum(
        request.method.startswith("send") and str(request.values.get("chat_id")) in chats
        for request in server.requests
    )


@pytest.mark.parametrize("put_back", [by_command, by_hand, by_hand_without_the_log])
async def test_nothing_of_the_lost_days_is_said_again(tmp_path: Path, put_back: PutBack) -> None:
    async with telegram() as server:
        async with played(server, tmp_path) as stage:
            token = await stage.teach(COURSE)
            bold, tuya = [await stage.join(name, token) for name in ("Bold", "Tuya")]
            await stage.tap(bold, "Continue", "True", "Continue")
            await backed_up(stage)
            # Bold learns on; Tuya, who has stopped in the first lesson, is reminded of it.
            await stage.until(TUESDAY)
            await stage.tap(bold, "Start", "Continue", "True", "Continue")
            await stage.dusal("announce", "--group", "Autumn", "--text", "The kettle is on.")
            await stage.until(WEDNESDAY)
            heard, before = await everything(bold, tuya), made(server, bold, tuya)
        async with gone_back(server, tmp_path, put_back) as stage:
            at_once = await everything(*await again(stage, bold, tuya))
            made_at_once = made(server, bold, tuya) - before
            held = await stage.listed("outbox", "--state", "held")
            await stage.dusal("outbox", "--decide-all", "drop")
            await stage.dusal("announce", "--group", "Autumn", "--text", "We are back.")
            await stage.until(WEDNESDAY + timedelta(days=2))
            later = await everything(*await again(stage, bold, tuya))

    assert heard[0][-2:] == ["The kettle is on.", "Lesson 3: Steam\n\nAbout 3 minutes."]
    assert heard[1][-1] == "The kettle is on."
    assert at_once == heard
    assert made_at_once == 0
    assert {row["reason"] for row in held} <= {"restored"}
    # What is new goes out, and whoever must learn something again is reminded of it.
    news = [said[len(old) :] for said, old in zip(later, heard, strict=True)]
    assert news == [["We are back.", "3 minutes are enough for lesson 2: Fire"], ["We are back."]]


async def test_what_waited_in_the_copy_and_went_out_since_counts_as_sent(tmp_path: Path) -> None:
    async with telegram() as server:
        async with played(server, tmp_path) as stage:
            bold = await stage.join("Bold", await stage.teach(COURSE))
            at_nine = ("--at", "2026-11-30 09:00")
            await stage.dusal("announce", "--group", "Autumn", "--text", "Soon: tea.", *at_nine)
            await backed_up(stage)
            await stage.until(TUESDAY)
            heard = await everything(bold)
        async with gone_back(server, tmp_path, by_hand) as stage:
            at_once = await everything(*await again(stage, bold))
            rows = await stage.listed("outbox")

    assert heard[0].count("Soon: tea.") == 1
    assert at_once == heard
    assert [row["state"] for row in rows if row["kind"] == "announcement"] == ["sent"]


async def test_whoever_was_erased_is_erased_again(tmp_path: Path) -> None:
    async with telegram() as server:
        async with played(server, tmp_path) as stage:
            token = await stage.teach(COURSE)
            bold, tuya = [await stage.join(name, token) for name in ("Boldbaatar", "Tuya")]
            await backed_up(stage)
            await stage.say(bold, "/privacy")
            await stage.tap(bold, "Erase everything", "Erase everything")
            await stage.pass_seconds(3600)
        by_command(tmp_path / "copy.db", tmp_path / "dusal.db", server.world.clock)
        restored = (tmp_path / "dusal.db").read_bytes()
        by_hand(tmp_path / "copy.db", tmp_path / "dusal.db", server.world.clock)
        copied = (tmp_path / "dusal.db").read_bytes()
        async with played(server, tmp_path):
            pass
        served = (tmp_path / "dusal.db").read_bytes()

    assert [name.encode() in copied for name in ("Boldbaatar", "Tuya")] == [True, True]
    assert [name.encode() in restored for name in ("Boldbaatar", "Tuya")] == [False, True]
    assert [name.encode() in served for name in ("Boldbaatar", "Tuya")] == [False, True]
    assert tuya.name == "Tuya"
