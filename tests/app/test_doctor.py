"""What `dusal doctor` finds: each finding has something planted for it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, text, update

from academy.facts import AcademyFacts
from app import doctor_telegram
from app.doctor_database import examine_database
from app.doctor_telegram import examine_telegram
from app.place import Place
from app.settings import Settings
from preview.faults import WrongDate
from preview.server import PreviewServer
from storage import bots, server_settings, summaries
from storage.bots import Bot
from storage.database import Database
from storage.tables import due, outbox
from storage.tables import summaries as summed
from tests.app.scripting import NOW, Run, joined, listed
from tests.app.serving_process import free_port

ACADEMY = AcademyFacts(name="Darkhan", zone="Asia/Ulaanbaatar")
BOT = Bot(bot_id=42, username="dusal_bot", name="Dusal")


def found(database: Database, *, now: datetime = NOW, repair: bool = False) -> dict[str, tuple[str, str]]:
    """Return level and words by what was looked at."""
    return {
        one.what: (one.level, one.says)
        for one in examine_database(database, academy=ACADEMY, now=now, repair=repair)
    }


@pytest.fixture
def learning(taught: Run, place: Place) -> Iterator[Database]:
    """An academy with a learner for whom the agenda has something."""
    place.run(partial(bots.bind, bot=BOT, now=NOW))
    joined(place, 1)
    assert taught("doctor", "--repair").exit_code == 0
    yield place.database
    place.database.close()


def test_nothing_is_made_by_looking(place: Place, run: Run) -> None:
    rows = listed(run("doctor", "--format", "json"))

    assert {"what": "Database", "level": "good", "says": "none yet: the first command makes it"} in rows
    assert not place.data.exists()


def test_a_sound_database_needs_a_backup_and_nothing_else(learning: Database) -> None:
    assert found(learning) == {
        "Database": ("good", "no damage found"),
        "Tables": ("good", "version 0001"),
        "On disk": ("good", "what is confirmed is on disk"),
        "Bot": ("good", "@dusal_bot (id 42)"),
        "Backup": ("warning", "there is none. Make one: dusal backup"),
        "Held": ("good", "no message waits for a decision"),
        "Lessons": ("good", "none has passed while nobody could send"),
        "Agenda": ("good", "everybody who waits for something is planned"),
        "Reports": ("good", "every figure is what counting again gives"),
    }


def test_a_backup_of_last_week_is_too_old(learning: Database) -> None:
    learning.run_here(partial(bots.note_backup, now=NOW))

    assert found(learning, now=NOW + timedelta(days=7))["Backup"] == ("good", "made 2026-11-23 02:00 UTC")
    assert found(learning, now=NOW + timedelta(days=8))["Backup"] == (
        "warning",
        "the newest is 8 days old. Make one each night: dusal backup --keep 14",
    )


def test_whoever_is_overlooked_is_found_and_planned(learning: Database) -> None:
    learning.run_here(lambda tx: tx.execute(delete(due)).rowcount)
    overlooked = found(learning)["Agenda"]
    mended = found(learning, repair=True)["Agenda"]
    learning.run_here(lambda tx: tx.execute(update(due).values(due_at=NOW + timedelta(days=60))).rowcount)
    far_too_late = found(learning)["Agenda"]

    assert overlooked[0] == far_too_late[0] == "bad"
    assert overlooked[1] == "learners who would get no next lesson: 1. Mend it: dusal doctor --repair"
    assert mended == ("good", "learners planned anew: 1")


def test_figures_that_the_answers_do_not_give_are_found_and_counted_again(learning: Database) -> None:
    learning.run_here(partial(summaries.rebuild, enrollment_id=1))
    learning.run_here(lambda tx: tx.execute(update(summed).values(reached=1)).rowcount)

    wrong = found(learning)["Reports"]
    mended = found(learning, repair=True)["Reports"]

    assert wrong == (
        "bad",
        "learners with other figures than their answers give: 1. dusal doctor --repair counts them again.",
    )
    assert mended == ("good", "learners counted again: 1")
    assert found(learning)["Reports"] == ("good", "every figure is what counting again gives")


def held(tx: Connection) -> None:
    tx.execute(
        outbox.insert().values(
            person_id=1, kind="lesson", priority=1, content="{}", not_before=NOW, state="held", created_at=NOW
        )
    )


def test_what_waits_for_a_decision_is_told(learning: Database) -> None:
    learning.run_here(held)

    assert found(learning)["Held"] == (
        "warning",
        "waiting for your decision: 1. See them: dusal outbox --state held",
    )


def test_a_damaged_page_is_found(learning: Database) -> None:
    assert learning.file is not None
    file = learning.file
    learning.close()
    pages = bytearray(file.read_bytes())
    pages[4096 * 20 : 4096 * 60] = b"\x5a" * 4096 * 40
    file.write_bytes(pages)
    damaged = Database.open(f"sqlite:///{file}")

    assert {level for level, _ in found(damaged).values()} == {"bad"}
    damaged.close()


def test_a_newer_or_older_schema_is_told(learning: Database) -> None:
    levels = []
    for version in ("0999", "0000"):
        change = text(f"UPDATE alembic_version SET version_num = '{version}'")
        learning.run_here(partial(Connection.execute, statement=change))
        levels.append(found(learning)["Tables"][0])

    assert levels == ["bad", "warning"]


def test_settings_of_postgresql_that_lose_commits_are_named(fresh_postgresql_url: str) -> None:
    server = Database.open(fresh_postgresql_url)

    def careless(tx: Connection) -> tuple[str, ...]:
        tx.execute(text("SET LOCAL synchronous_commit = off"))
        return server_settings.unsafe(tx)

    assert server.read_here(server_settings.unsafe) == ()
    assert server.run_here(careless) == ("synchronous_commit=off",)
    server.close()


def test_a_file_without_its_log_is_told(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / "plain.db")
    raw.execute("CREATE TABLE one (two)")
    raw.close()
    plain = Database.open(f"sqlite:///{tmp_path / 'plain.db'}")

    assert plain.read_here(server_settings.unsafe) == ("journal_mode=delete",)
    plain.close()


def settings_for(server: PreviewServer, *, token: str | None = None) -> Settings:
    given = {"token": server.token if token is None else token, "api_url": server.url}
    return Settings.model_validate({"academy": {"name": "Darkhan"}, "telegram": given})


@pytest.fixture
async def telegram() -> AsyncIterator[PreviewServer]:
    async with PreviewServer(clock=lambda: datetime.now(UTC)) as server:
        yield server


async def asked(settings: Settings, *, bound: Bot | None = None) -> list[tuple[str, str]]:
    found = await asyncio.to_thread(partial(examine_telegram, settings, bound=bound))
    return [(one.what, one.level) for one in found]


async def test_telegram_knows_the_bot_and_the_time(telegram: PreviewServer) -> None:
    settings = settings_for(telegram)

    fine = await asked(settings)
    other_bot = await asked(settings, bound=BOT)
    telegram.faults.always("getMe", WrongDate(seconds=3600))
    late = await asked(settings)

    assert fine == [("Telegram", "good"), ("Clock", "good")]
    assert other_bot == [("Telegram", "bad"), ("Clock", "good")]
    assert late == [("Telegram", "good"), ("Clock", "bad")]


async def test_a_token_that_is_none_and_a_telegram_that_is_away(
    telegram: PreviewServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_telegram, "PATIENCE_SECONDS", 0.5)
    nowhere = {"token": telegram.token, "api_url": f"http://127.0.0.1:{free_port()}"}
    away = Settings.model_validate({"academy": {"name": "Darkhan"}, "telegram": nowhere})

    assert await asked(settings_for(telegram, token="1:not-the-one")) == [("Telegram", "bad")]
    assert await asked(settings_for(telegram, token="")) == [("Telegram", "warning")]
    assert await asked(away) == [("Telegram", "warning")]
