"""What ends `dusal serve` before it has begun, and how it says so."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from app.serving import EXIT_FAILED, serve
from app.settings import Settings
from preview.movable_clock import MovableClock
from preview.server import PreviewServer
from tests.app.scripting import NOW

CLOCK = MovableClock(NOW)


def settings(api_url: str, token: str, address: str = "127.0.0.1:8080") -> Settings:
    return Settings.model_validate(
        {
            "academy": {"name": "Here"},
            "telegram": {"token": token, "api_url": api_url},
            "web": {"address": address},
        }
    )


async def test_stopping_works_while_telegram_cannot_be_reached(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
    serving = asyncio.create_task(
        serve(settings(nobody, "1:none"), url=f"sqlite:///{tmp_path / 'dusal.db'}", clock=CLOCK)
    )
    await asyncio.sleep(0)

    os.kill(os.getpid(), signal.SIGTERM)

    assert await serving == 0


async def test_a_web_address_in_use_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with PreviewServer(clock=CLOCK) as telegram:
        address = telegram.url.removeprefix("http://")
        code = await serve(
            settings(telegram.url, telegram.token, address),
            url=f"sqlite:///{tmp_path / 'dusal.db'}",
            clock=CLOCK,
        )

    assert code == EXIT_FAILED
    assert (
        f"dusal: web.address {address} cannot be used (Address already in use): free it, or choose another"
        in (capsys.readouterr().err)
    )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "postgresql://nobody@127.0.0.1:1/nothing",
            "the database server cannot be reached, or refuses us: start it, or mend database.url",
        ),
        (
            "sqlite:///{folder}/text.db",
            "text.db is not a database of ours: move it away, or mend database.url",
        ),
    ],
)
async def test_a_database_that_cannot_be_used_is_one_sentence(
    url: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.db").write_text(
        "This is a letter and no database, however long one looks at it.\n" * 20
    )

    code = await serve(settings("http://127.0.0.1:1", "1:none"), url=url.format(folder=tmp_path), clock=CLOCK)

    assert code == EXIT_FAILED
    assert capsys.readouterr().err.endswith(f"{said}\n")
