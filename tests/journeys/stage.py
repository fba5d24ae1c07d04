"""The whole service and its phones, for stories; everything a phone or a command line could do.

The clock stands still until a story moves it, so nothing in a story depends on how fast it runs.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from click.testing import CliRunner

from app.cli import main
from app.moving import ServiceMover
from app.place import Place
from app.running import running
from app.settings import Settings
from app.trial import Trial, pointed_at
from preview.faults import Recorded
from preview.limits import NO_RATE_LIMITS, RateLimits
from preview.movable_clock import MovableClock
from preview.phone_client import Phone, Phones, Shown
from preview.server import PreviewServer
from tests import fresh_database
from tests.app.scripting import published

START = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
"""Monday 08:30 in Ulaanbaatar."""
FACILITATOR, ADMIN = 7_000_001, 7_000_002
GROUP = "Autumn"
ENERGY = Path(__file__).parents[2] / "lessons/courses/energy-saving"
SETTINGS = Settings.model_validate(
    {
        "academy": {
            "name": "Darkhan-Uul e-Academy",
            "languages": ("en", "mn"),
            "zone": "Asia/Ulaanbaatar",
            "country": "MN",
        }
    }
)
CONFIG = """\
academy:
  name: Darkhan-Uul e-Academy
  languages: [en, mn]
  zone: Asia/Ulaanbaatar
  country: MN
"""


@dataclass(slots=True, kw_only=True)
class Stage:
    """One running service, its phones, and `dusal` beside it."""

    trial: Trial
    phones: Phones
    folder: Path
    database: Path
    place: Place = field(init=False)

    def __post_init__(self) -> None:
        config = self.folder / "config.yaml"
        config.write_text(CONFIG + f"database: {{url: 'sqlite:///{self.database}'}}\n", encoding="utf-8")
        self.place = Place(config=config, data=self.folder, environ={}, clock=self.trial.clock)

    async def dusal(self, *words: str) -> str:
        """Run a command and return what it printed; it must succeed."""

        def run() -> str:
            told = CliRunner().invoke(main, [*words], obj=self.place, catch_exceptions=False)
            assert told.exit_code == 0, told.output
            return told.stdout

        printed = await asyncio.to_thread(run)
        await self.settled()
        return printed

    async def listed(self, *words: str) -> list[dict[str, Any]]:  # any JSON value
        """Run a listing and return its rows."""
        read: list[dict[str, Any]] = json.loads(await self.dusal(*words, "--format", "json"))
        return read

    async def teach(self, course: Path | str, *more: str) -> str:
        """Publish a course, make the group with its facilitator and an admin; return the link's token."""
        path = self.folder / "course.yaml" if isinstance(course, str) else course
        if isinstance(course, str):
            path.write_text(course, encoding="utf-8")
        identity = await asyncio.to_thread(published, self.place, path)
        (made,) = await self.listed("group", "create", "--course", identity, "--name", GROUP, *more)
        await self.dusal("role", "grant", str(FACILITATOR), "facilitator", "--group", GROUP)
        await self.dusal("role", "grant", str(ADMIN), "admin")
        return str(made["link"]).rpartition("=")[2]

    async def code(self) -> str:
        """Return the group's code as it is shown."""
        (made,) = await self.listed("group", "link", GROUP)
        return str(made["code"])

    async def phone(self, name: str, *, language: str = "en", number: int | None = None) -> Phone:
        return await self.phones.add(name, language=language, number=number)

    async def facilitator(self) -> Phone:
        """Return Saraa's phone, known to the bot."""
        phone = await self.phone("Saraa", number=FACILITATOR)
        await self.say(phone, "/start")
        return phone

    async def admin(self) -> Phone:
        """Return the admin's phone, known to the bot."""
        phone = await self.phone("Delger", number=ADMIN)
        await self.say(phone, "/start")
        return phone

    async def settled(self) -> None:
        await self.trial.mover.settled()

    async def say(self, phone: Phone, text: str, *, reply_to: int | None = None) -> Shown:
        """Write to the bot and return its newest message."""
        await phone.write(text, reply_to=reply_to)
        await self.settled()
        return await phone.last()

    async def tap(self, phone: Phone, *labels: str) -> Shown:
        """Tap buttons one after the other and return the newest message."""
        for label in labels:
            await phone.press(label)
            await self.settled()
        return await phone.last()

    async def toast(self, phone: Phone, data: str, *, on: int | None = None) -> str:
        """Send callback data and return the toast."""
        toast = await phone.press_data((await phone.last()).id if on is None else on, data)
        await self.settled()
        return toast

    async def join(self, name: str, token: str, *, language: str = "en") -> Phone:
        """Return the phone of somebody who has joined by four taps on the first button."""
        phone = await self.phone(name, language=language)
        await self.say(phone, f"/start {token}")
        for _ in range(4):
            await phone.press_at((await phone.last()).id, row=0, column=0)
            await self.settled()
        return phone

    async def pass_seconds(self, seconds: float) -> None:
        await self.phones.move_clock(seconds=int(seconds))

    async def until(self, moment: datetime) -> None:
        """Let the time pass until `moment`; everything that falls due on the way happens."""
        await self.pass_seconds((moment - self.trial.clock()).total_seconds())

    def asked(self, *methods: str) -> list[Recorded]:
        """Return the bot's requests of these methods, oldest first."""
        return [request for request in self.trial.server.requests if request.method in methods]


@asynccontextmanager
async def opened(
    folder: Path, *, rate_limits: RateLimits = NO_RATE_LIMITS, settings: Settings = SETTINGS
) -> AsyncIterator[Stage]:
    """Run a stage whose files lie in `folder`; it begins on a Monday at 08:30."""
    async with (
        telegram(rate_limits=rate_limits) as server,
        played(server, folder, settings=settings) as stage,
    ):
        yield stage


@asynccontextmanager
async def telegram(*, rate_limits: RateLimits = NO_RATE_LIMITS) -> AsyncIterator[PreviewServer]:
    """Run the Telegram of a stage alone: it outlives services that are started again."""
    zone = ZoneInfo(SETTINGS.academy.zone)
    async with PreviewServer(clock=MovableClock(START), zone=zone, rate_limits=rate_limits) as server:
        yield server


@asynccontextmanager
async def played(
    server: PreviewServer, folder: Path, *, settings: Settings = SETTINGS
) -> AsyncIterator[Stage]:
    """Run the service against a Telegram that is there, as `app.trial` does."""
    clock = server.world.clock
    assert isinstance(clock, MovableClock)
    database = folder / "dusal.db"
    fresh_database.put(database)
    pointed = pointed_at(settings, server, paced=server.world.rates.limits is not NO_RATE_LIMITS)
    async with (
        running(pointed, url=f"sqlite:///{database}", clock=clock) as service,
        Phones(server.url) as phones,
    ):
        mover = ServiceMover(service, server=server, clock=clock)
        server.mover = mover
        trial = Trial(server=server, service=service, mover=mover, clock=clock, settings=pointed)
        stage = Stage(trial=trial, phones=phones, folder=folder, database=database)
        try:
            yield stage
        finally:
            stage.place.database.close()
