"""A running `dusal preview` for tests, and somebody who watches it over HTTP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.previewing import preview_course
from app.settings import Settings
from tests.loopback import NO_TLS

Json = dict[str, Any]  # bodies as they came over the wire

SETTINGS = Settings.model_validate({"academy": {"name": "Darkhan", "zone": "Asia/Ulaanbaatar"}})
BOLD, OYUNA, FACILITATOR = 5_000_001, 5_000_002, 5_000_003

COURSE = """\
format: 1
id: tea
title: Tea for everybody
language: en
version: 1.0.0
lessons:
  - id: water
    title: Water first
    steps:
      - id: boil
        say: Boil the water.
      - id: wait
        say: Wait a minute.
      - true_false: Tea needs hot water.
        id: q-hot
        answer: true
        explain: Cold water takes hours.
  - id: pot
    title: The pot
    steps:
      - id: warm
        say: Warm the pot.
  - id: cup
    title: The cup
    steps:
      - id: pour
        say: Pour it.
      - choose: Who drinks first?
        id: q-first
        options:
          - right: The guest
            why: Always.
          - wrong: The host
            why: Later.
          - wrong: The cat
            why: Never.
"""


@dataclass(slots=True)
class Watcher:
    """Looks at a preview as its page does."""

    http: httpx.AsyncClient
    path: Path
    """Of the course."""

    def save(self, old: str, new: str) -> None:
        """Save the course with other words."""
        text = self.path.read_text(encoding="utf-8")
        assert old in text
        self.path.write_text(text.replace(old, new), encoding="utf-8")

    async def author(self) -> Json:
        return dict((await self.http.get("/author")).json())

    async def until(self, happened: Callable[[Json], bool]) -> Json:
        """Return the panel's view once something in it is so; waits for changes, not for time."""
        after = 0
        async with asyncio.timeout(30):
            while True:
                seen = await self.author()
                if happened(seen):
                    return seen
                news = (await self.http.get("/phone/people", params={"after": after, "wait": 20})).json()
                after = news["revision"]

    async def jump(self, lesson: str, step: int, *, person: int = BOLD) -> httpx.Response:
        return await self.http.post(f"/author/people/{person}/jump", json={"lesson": lesson, "step": step})

    async def last(self, *, person: int = BOLD) -> Json:
        """The newest message on a phone."""
        chat = (await self.http.get(f"/phone/people/{person}/chat")).json()
        return dict(chat["messages"][-1])

    async def shows(self, words: str, *, person: int = BOLD) -> Json:
        """Return the newest message once it holds these words."""
        after = 0
        async with asyncio.timeout(30):
            while True:
                newest = await self.last(person=person)
                if words in newest["text"]:
                    return newest
                news = (await self.http.get("/phone/people", params={"after": after, "wait": 20})).json()
                after = news["revision"]

    async def press(self, label: str, *, person: int = BOLD) -> None:
        """Tap a button of the newest message."""
        newest = await self.last(person=person)
        for row, buttons in enumerate(newest["buttons"]):
            for column, button in enumerate(buttons):
                if button["text"] == label:
                    await self.http.post(
                        f"/phone/people/{person}/press",
                        json={"message_id": newest["id"], "row": row, "column": column},
                    )
                    return
        raise AssertionError(f"no button {label!r} in {newest}")


@asynccontextmanager
async def previewed(folder: Path, *, course: Path | None = None) -> AsyncIterator[Watcher]:
    """Run a preview of the course, by default the one above in a single file."""
    path = course
    if path is None:
        (folder / "tea").mkdir()
        path = folder / "tea" / "tea.yaml"
        path.write_text(COURSE, encoding="utf-8")
    (folder / "scratch").mkdir()
    told: asyncio.Queue[str] = asyncio.Queue()
    serving = asyncio.create_task(
        preview_course(path, settings=SETTINGS, folder=folder / "scratch", port=0, say=told.put_nowait)
    )
    address = asyncio.create_task(_address(told))
    await asyncio.wait({serving, address}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        address.cancel()
        serving.result()
    try:
        async with httpx.AsyncClient(base_url=await address, timeout=60, verify=NO_TLS) as http:
            watcher = Watcher(http, path)
            # Until then the bot has not heard of anybody.
            await watcher.shows("Hello Bold!")
            yield watcher
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def _address(told: "asyncio.Queue[str]") -> str:
    while "http://" not in (line := await told.get()):
        pass
    return line.strip()
