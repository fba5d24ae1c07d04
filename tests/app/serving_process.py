"""`dusal serve` as a real process, against a Telegram that runs in the test's own process."""

import asyncio
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from app.cli import main
from app.log_setup import set_up
from app.place import Place
from app.running import running
from app.service_parts import ALL_PARTS, Part
from app.settings_file import load
from bench.academies import awake_now
from faults import nursery
from preview.limits import NO_RATE_LIMITS, RateLimits
from preview.phone_client import Phone, Phones
from preview.server import PreviewServer
from scheduler.clock import system_clock
from tests import fresh_database, quick_processes
from tests.app.scripting import COURSE

DUSAL = Path(sys.executable).with_name("dusal")
KILLED = -signal.SIGKILL
GROUP = "Autumn"
_ONE_RUNNER = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a process ended, and all it wrote."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Serve:
    """One running `dusal serve`."""

    process: asyncio.subprocess.Process | quick_processes.Quick
    told: bool = False
    """Whether its end has been seen."""

    async def stop(self) -> Ended:
        """Ask it to end, as a service manager does."""
        if self.process.returncode is None:
            self.process.terminate()
        return await self.end()

    async def end(self) -> Ended:
        """Wait until it ends by itself."""
        async with asyncio.timeout(40):
            out, err = await self.process.communicate()
        assert self.process.returncode is not None
        self.told = True
        with _ONE_RUNNER:
            # Shown by pytest when the test fails.
            print(err.decode())  # noqa: T201
        return Ended(code=self.process.returncode, out=out.decode(), err=err.decode())


@dataclass(slots=True)
class Forked:
    """One running `dusal serve` that began behind its imports."""

    child: nursery.Child

    async def stop(self) -> Ended:
        """Ask it to end, as a service manager does."""
        self.child.kill(signal.SIGTERM)
        return await self.end()

    async def end(self) -> Ended:
        """Wait until it ends by itself; what it and those before it in this town wrote is in `err`."""
        code = await self.child.wait(seconds=40)
        print(self.child.written())  # noqa: T201 - shown by pytest when the test fails
        return Ended(code=code, out="", err=self.child.written())


@dataclass(slots=True, kw_only=True)
class Town:
    """A folder with settings, the Telegram they point at, and its phones."""

    folder: Path
    server: PreviewServer
    phones: Phones
    database: str
    _running: list[Serve] = field(default_factory=list)
    _nursery: nursery.Nursery | None = None
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    def settle(self, **sections: Mapping[str, object]) -> None:
        """Write config.yaml; a section given replaces what stands there, key by key."""
        written: dict[str, dict[str, object]] = {
            "academy": {"name": "Darkhan", **awake_now()},
            "telegram": {"token": self.server.token, "api_url": self.server.url},
            "database": {"url": self.database},
            "web": {"address": f"127.0.0.1:{free_port()}"},
            "limits": {
                "messages_per_second": 500, "seconds_per_chat": 0, "updates_per_minute": 600,
                "undo_seconds": 0, "quarantine_seconds": 0,
            },
        }  # fmt: skip
        for name, section in sections.items():
            written.setdefault(name, {}).update(section)
        # JSON is YAML.
        (self.folder / "config.yaml").write_text(json.dumps(written), encoding="utf-8")

    def place(self) -> Place:
        """Return where commands work, for a look into the database beside a running service."""
        return Place(config=self.folder / "config.yaml", data=self.folder / "data", environ={})

    async def dusal(self, *words: str, code: int = 0, environ: Mapping[str, str] | None = None) -> Ended:
        """Run a command to its end in a process of its own, forked behind its imports."""
        ended = await (await self._start(*words, environ=environ or {})).end()
        assert ended.code == code, ended
        return ended

    async def command(self, *words: str) -> str:
        """Run a command in this process, which is quicker, and return what it printed."""

        def run() -> str:
            # The runner puts its own standard output in place of the process's.
            with _ONE_RUNNER:
                return printed()

        def printed() -> str:
            place = self.place()
            told = CliRunner().invoke(main, [*words], obj=place, catch_exceptions=False)
            place.database.close()
            assert told.exit_code == 0, told.output
            return told.stdout

        return await asyncio.to_thread(run)

    async def listed(self, *words: str) -> list[dict[str, Any]]:  # any JSON value
        """Run a listing in this process and return its rows."""
        read: list[dict[str, Any]] = json.loads(await self.command(*words, "--format", "json"))
        return read

    async def serve(self, *words: str, crash_at: str = "", environ: Mapping[str, str] | None = None) -> Serve:
        """Start the service, with options such as --only; it may not listen yet when this returns.

        It is forked behind its imports, as every process here but those of `launched`.
        """
        more = dict(environ or {})
        if crash_at:
            more["DUSAL_CRASH_AT"] = crash_at
        started = await self._start("serve", *words, environ=more)
        self._running.append(started)
        return started

    async def launched(self, *words: str) -> Serve:
        """Start a command as a shell does, with an interpreter of its own: ten times as dear."""
        process = await asyncio.create_subprocess_exec(
            str(DUSAL), *words, cwd=self.folder, env=self._environ({}),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        started = Serve(process)
        self._running.append(started)
        return started

    async def forked(self, *, crash_at: str = "") -> Forked:
        """Start the service as a process of its own, but forked from one that has imported everything.

        A tenth of the cost of `serve`; for tests that are not about the first instruction of a start.
        """
        if self._nursery is None:
            self._nursery = await self._open.enter_async_context(nursery.opened(self.folder))
        environ = {"DUSAL_CRASH_AT": crash_at} if crash_at else {}
        config, data = self.folder / "config.yaml", self.folder / "data"
        return Forked(await self._nursery.child("serve", environ=environ, config=str(config), data=str(data)))

    @asynccontextmanager
    async def served_here(self, *, chosen: frozenset[Part] = ALL_PARTS) -> AsyncIterator[None]:
        """Run the service in this process, for what happened before the process that a test is about."""
        loaded = load(self.folder / "config.yaml", environ={}).settings
        assert loaded is not None
        async with running(loaded, url=self.database, clock=system_clock, chosen=chosen):
            yield

    async def teach(self, text: str = COURSE) -> str:
        """Publish the course and make the group; return the token of its link."""
        course = self.folder / "tea.yaml"
        course.write_text(text, encoding="utf-8")
        await self.command("course", "publish", str(course))
        (made,) = await self.listed(
            "group", "create", "--course", "tea", "--name", GROUP, "--days", "daily", "--at", "09:00"
        )
        return str(made["link"]).rpartition("=")[2]

    async def join(self, name: str, token: str) -> Phone:
        """Return the phone of somebody who sees the first card."""
        phone = await self.phones.add(name)
        await phone.write(f"/start {token}")
        for shown, label in (
            ("Hello", "Start"),
            ("What we keep", "Agree"),
            ("When should a lesson come?", "Every day"),
            ("Is it", "Yes"),
        ):
            await phone.shows(shown)
            await phone.press(label)
        await phone.shows("Lesson 1 of 1. Card 1 of ")
        return phone

    async def _start(self, *words: str, environ: Mapping[str, str]) -> Serve:
        source = await asyncio.to_thread(quick_processes.dusal)
        return Serve(await source.start(*words, cwd=self.folder, env=self._environ(environ)))

    @staticmethod
    def _environ(more: Mapping[str, str]) -> dict[str, str]:
        # A service that is started a dozen times may keep its compiled modules, whoever runs the tests.
        left_out = ("DUSAL_", "PYTHONDONTWRITEBYTECODE")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        return {**clean, **more}

    async def end_all(self) -> None:
        """End what a failing test left behind."""
        await self._open.aclose()
        for one in self._running:
            if one.process.returncode is None:
                one.process.kill()
            if not one.told:
                await one.end()


@asynccontextmanager
async def town(
    folder: Path, *, database: str = "", rate_limits: RateLimits = NO_RATE_LIMITS
) -> AsyncIterator[Town]:
    """Run a Telegram, and whatever processes the test starts against it."""
    # What is logged in this process must not end up in what a command prints in it.
    set_up(level="WARNING")
    async with (
        PreviewServer(clock=system_clock, rate_limits=rate_limits, webhook_pause_seconds=0.1) as server,
        Phones(server.url) as phones,
    ):
        made = Town(
            folder=folder,
            server=server,
            phones=phones,
            database=database or f"sqlite:///{folder / 'data' / 'dusal.db'}",
        )
        made.settle()
        if not database:
            fresh_database.put(folder / "data" / "dusal.db")
        try:
            yield made
        finally:
            await made.end_all()


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
