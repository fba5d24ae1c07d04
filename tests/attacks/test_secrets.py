"""A planted token, secret and join link are searched for where they do not belong (L01, L02, L04, C16)."""

import asyncio
import os
import sqlite3
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner

from app.cli import main
from app.place import Place
from preview.faults import BadJson, CutAfter, CutBefore, ErrorAfter, ErrorBefore, FloodWait, RefuseWith
from preview.limits import NO_RATE_LIMITS
from preview.movable_clock import ticking_clock
from preview.phone_client import Phones
from preview.server import PreviewServer
from tests.attacks.siege import COURSE, FACILITATOR, HEADER, SECRET, TOKEN, besieged, free_port

CANARY = "Kanarienvogel"
BEGIN = "from app.cli import main; main()"
LETTERS = TOKEN.partition(":")[2]


def files_of(folder: Path) -> bytes:
    """Return the database, its log and whatever else lies beside it."""
    return b"".join(file.read_bytes() for file in folder.glob("dusal.db*") if file.is_file())


class Service:
    """`dusal serve` in a process of its own, and `dusal` beside it."""

    def __init__(self, folder: Path, *, api: str) -> None:
        self.folder = folder
        self._config = folder / "config.yaml"
        self._config.write_text(f"web: {{address: '127.0.0.1:{free_port()}'}}\n", encoding="utf-8")
        self._environ = {
            **os.environ,
            "DUSAL_TELEGRAM__TOKEN": TOKEN,
            "DUSAL_TELEGRAM__API_URL": api,
            "DUSAL_ACADEMY__NAME": "City",
            "DUSAL_LOG__LEVEL": "debug",
        }

    def dusal(self, *words: str) -> str:
        place = Place(config=self._config, data=self.folder, environ=self._environ)
        told = CliRunner().invoke(main, [*words], obj=place, catch_exceptions=False)
        assert told.exit_code == 0, told.output
        return told.output

    def furnish(self) -> tuple[str, str]:
        """Make a course, an admin and a group; return the group's link token and code."""
        self.dusal("course", "publish", str(self.folder / "heat.yaml"))
        self.dusal("role", "grant", str(FACILITATOR), "admin")
        self.dusal("group", "create", "--course", "heat", "--name", "Autumn")
        with sqlite3.connect(self.folder / "dusal.db") as direct:
            link, code = direct.execute("SELECT link_token, code FROM groups").fetchone()
        return str(link), str(code)

    async def start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            BEGIN,
            *("--config", str(self._config), "--data", str(self.folder), "serve"),
            env=self._environ,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )


@pytest.mark.long
async def test_a_whole_life_at_the_lowest_level_of_the_log_tells_no_secret(tmp_path: Path) -> None:
    (tmp_path / "heat.yaml").write_bytes(COURSE)
    async with (
        PreviewServer(
            clock=ticking_clock(datetime.now(UTC)), token=TOKEN, rate_limits=NO_RATE_LIMITS
        ) as server,
        Phones(server.url) as phones,
    ):
        service = Service(tmp_path, api=server.url)
        link, code = await asyncio.to_thread(service.furnish)
        server.faults.next("getMe", ErrorBefore(), times=1)
        child = await service.start()
        try:
            await _live(server, phones, folder=tmp_path, link=link, code=code)
            written, _ = await asyncio.wait_for(child.communicate(), timeout=30)
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()

    assert child.returncode == 4
    assert b"update_failed" in written
    assert b"sender started" in written
    for secret in (TOKEN, LETTERS, link, code, CANARY):
        assert secret.encode() not in written
    assert LETTERS.encode() not in files_of(tmp_path)
    assert LETTERS not in await asyncio.to_thread(service.dusal, "outbox", "--format", "json")


async def _live(server: PreviewServer, phones: Phones, *, folder: Path, link: str, code: str) -> None:
    """Meet every kind of failure, a handler that raises, and in the end a token that is taken back."""
    ann, bob = await phones.add(f"{CANARY} Ann"), await phones.add(f"{CANARY} Bob")
    await ann.write(f"/start {code}")
    await ann.shows("Hello")
    for fault in (CutBefore(), CutAfter(), ErrorAfter(), BadJson(), FloodWait(seconds=1)):
        server.faults.next("sendMessage", fault, times=1)
        said = _sent(server)
        # Each fault has a phone of its own: what may have arrived makes that chat wait for a minute.
        await (await phones.add(CANARY)).write(f"/start {link}")
        while _sent(server) == said:
            await server.world.changes.until(lambda: False, seconds=0.05)
    for fault in (CutBefore(), BadJson()):
        server.faults.next("getUpdates", fault, times=1)
    await bob.write("/privacy")
    await bob.shows("keep")
    with sqlite3.connect(folder / "dusal.db", timeout=10) as direct:
        # What no code of ours writes: the handler that meets it raises.
        direct.execute("UPDATE groups SET weekdays = ?, at = ?", (CANARY, CANARY))
    await bob.write(f"/start {link}")
    assert await server.world.queue.changes.until(lambda: not server.world.queue.waiting(), seconds=30)
    await ann.write("/today")
    await ann.shows("join")
    server.faults.always("sendMessage", RefuseWith(code=401, description="Unauthorized"))
    await ann.write("/help")


async def test_neither_the_webhook_nor_its_secret_is_logged(tmp_path: Path) -> None:
    async with besieged(f"sqlite:///{tmp_path / 'dusal.db'}") as siege:
        ann = await siege.join("Ann")
        await siege.tap(ann, "Continue")
        for secret in ("", SECRET[:-1], SECRET + "x", "\N{LATIN SMALL LETTER E WITH ACUTE}"):
            assert await siege.post({"update_id": 1}, secret=secret) == 403
        async with siege.http.get(siege.door) as answer:
            assert answer.status == 405
        await siege.still_serves()
        kept = files_of(tmp_path)

    for secret in (SECRET, TOKEN, LETTERS, siege.group.link_token, siege.group.code):
        assert secret not in siege.logged.getvalue()
    assert SECRET.encode() not in kept
    assert LETTERS.encode() not in kept


async def test_the_webhook_takes_nothing_but_an_update(tmp_path: Path) -> None:
    known = {HEADER: SECRET}
    sent: tuple[tuple[dict[str, str], bytes, int], ...] = (
        ({}, b"x" * (2 * 1024 * 1024), 403),
        (known, b"[" * (2 * 1024 * 1024), 413),
        (known, b"[" * 900_000, 400),
        (known | {"content-type": "multipart/form-data"}, b"--", 400),
    )
    async with besieged(f"sqlite:///{tmp_path / 'dusal.db'}") as siege:
        for headers, body, status in sent:
            try:
                async with siege.http.post(siege.door, data=BytesIO(body), headers=headers) as answer:
                    answered = answer.status
            except aiohttp.ClientError:
                # Answered and closed while we were still sending: that is as good a refusal.
                answered = status
            assert answered == status
        await siege.still_serves()


def _sent(server: PreviewServer) -> int:
    return sum(request.method == "sendMessage" for request in server.requests)
