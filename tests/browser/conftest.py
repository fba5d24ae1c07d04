"""A real Chromium, the phone page, and a small bot that talks HTTP as any bot does."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import Error as PlaywrightError

from preview.limits import NO_RATE_LIMITS
from preview.movable_clock import MovableClock
from preview.people import Person
from preview.server import PreviewServer
from tests.browser.echo_bot import EchoBot
from tests.loopback import NO_TLS

UNUSED = (
    # Pages of the browser's own behind its address bar, made for each window: a third of the cost.
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    # Playwright's own list, which this one takes the place of.
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding",
    "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints",
    "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
)  # fmt: skip
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    f"--disable-features={','.join(UNUSED)}",
]
PEOPLE = (
    Person(id=101, first_name="Olena", last_name="Bondar", language_code="uk"),
    Person(id=102, first_name="Iryna", last_name="Koval", language_code="en"),
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, else playwright's own; none is a loud skip, or a failure where all is required."""
    async with async_playwright() as playwright:
        try:
            found = shutil.which("chromium", path="/usr/bin")
            opened = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        except PlaywrightError as error:
            words = f"NO BROWSER, the phone page is not tested: {error.message.splitlines()[0]}"
            if os.environ.get("DUSAL_REQUIRE_ALL") == "1":
                pytest.fail(words)
            pytest.skip(words)
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def server() -> AsyncIterator[PreviewServer]:
    clock = MovableClock(datetime(2026, 11, 23, 7, 0, tzinfo=UTC))
    made = PreviewServer(
        clock=clock,
        people=PEOPLE,
        rate_limits=NO_RATE_LIMITS,
        name="City academy",
        zone=ZoneInfo("Europe/Kyiv"),
    )
    async with made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def bot(server: PreviewServer) -> AsyncIterator[EchoBot]:
    async with httpx.AsyncClient(
        base_url=f"{server.url}/bot{server.token}/", timeout=60, verify=NO_TLS
    ) as http:
        made = EchoBot(http)
        await made.introduce()
        work = asyncio.create_task(made.work())
        yield made
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, server: PreviewServer, bot: EchoBot) -> AsyncIterator[Page]:
    """The page with two phones: Olena's on the left, Iryna's on the right; errors in it fail the test."""
    context = await browser.new_context(viewport={"width": 1180, "height": 1000})
    opened = await context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    await opened.goto(f"{server.url}/#101,102")
    await opened.get_by_role("log", name="Chat of Iryna Koval with City academy").wait_for()
    yield opened
    await context.close()
    assert troubles == []
