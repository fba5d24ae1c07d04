"""Whether a press waits longer while the service has other work: a broadcast, reports and their pictures."""

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path

from bench.academies import FIRST_PERSON, furnish, serve, with_announcement, with_facilitator, with_learners
from bench.children import Children
from bench.figures import Figure, Measured, Pair
from bench.loopback import Call, LoopbackTelegram

PEOPLE = 200
TOLD = 1200
"""People the announcement goes to: longer than the presses take."""
OTHERS = FIRST_PERSON + 10_000
FACILITATOR = FIRST_PERSON + 9_000
PER_SECOND = 20
PRESSES = 300
ROUNDS = 2
AWAY_SECONDS = 0.025
EDITS = frozenset({"editMessageText", "editMessageReplyMarkup"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Seconds from a press to its edit."""

    median: float
    p99: float
    pictures: int
    """Drawn meanwhile."""


async def measure(children: Children, scratch: Path) -> Measured:
    idle: list[Waits] = []
    busy: list[Waits] = []
    for number in range(ROUNDS):
        idle.append(await _played(children, scratch / f"idle-{number}", disturbed=False))
        busy.append(await _played(children, scratch / f"busy-{number}", disturbed=True))
    return Measured(
        command="busy",
        figures=tuple(
            Figure(
                title=f"press to edit, {name}, with a broadcast and reports",
                anchor="idle",
                unit="ms",
                pairs=tuple(
                    Pair(here=1000 * getattr(one, field), anchor=1000 * getattr(other, field))
                    for one, other in zip(busy, idle, strict=True)
                ),
                at_most=2,
            )
            for name, field in (("median", "median"), ("p99", "p99"))
        ),
        notes=(
            f"busy: {PRESSES} presses at {PER_SECOND} a second by {PEOPLE} learners, Telegram 50 ms away; "
            f"meanwhile an announcement to {TOLD} others goes out, 60 messages a second in all, and the "
            f"facilitator asks for /group, figures and picture, without a pause: "
            f"{min(one.pictures for one in busy)} pictures in the shorter run.",
        ),
    )


async def _played(children: Children, folder: Path, *, disturbed: bool) -> Waits:
    async with LoopbackTelegram() as telegram:
        config = furnish(folder, api_url=telegram.url, rate=60)
        await asyncio.to_thread(with_learners, folder, count=PEOPLE)
        await asyncio.to_thread(with_facilitator, folder, address=FACILITATOR)
        if disturbed:
            await asyncio.to_thread(with_announcement, folder, count=TOLD, first=OTHERS)
        child = children.start(*serve(config))
        try:
            while not all(chat in telegram.phones for chat in range(FIRST_PERSON, FIRST_PERSON + PEOPLE)):
                await telegram.until(lambda call: call.method == "sendMessage")
            if disturbed:
                await telegram.until(_is_announcement)
            telegram.away_seconds = AWAY_SECONDS
            asking = asyncio.create_task(_ask_for_reports(telegram)) if disturbed else None
            waits = await _press(telegram)
            if asking is not None:
                asking.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await asking
        finally:
            await asyncio.to_thread(child.stop)
    waits.sort()
    return Waits(
        median=waits[len(waits) // 2],
        p99=waits[int(0.99 * len(waits))],
        pictures=sum(call.method == "sendPhoto" for call in telegram.calls),
    )


def _is_announcement(call: Call) -> bool:
    return call.method == "sendMessage" and int(call.values["chat_id"]) >= OTHERS


async def _ask_for_reports(telegram: LoopbackTelegram) -> None:
    while True:
        telegram.command(FACILITATOR, "/group")
        with contextlib.suppress(TimeoutError):
            await telegram.until(lambda call: call.method == "sendPhoto", seconds=5)


async def _press(telegram: LoopbackTelegram) -> list[float]:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    presses: list[asyncio.Task[float]] = []
    for number in range(PRESSES):
        await asyncio.sleep(max(0.0, begun + number / PER_SECOND - loop.time()))
        presses.append(asyncio.create_task(_one(telegram, FIRST_PERSON + number % PEOPLE)))
    return list(await asyncio.gather(*presses))


async def _one(telegram: LoopbackTelegram, chat: int) -> float:
    pressed_at = telegram.press(chat)
    edit = await telegram.until(lambda call: call.method in EDITS and int(call.values["chat_id"]) == chat)
    return edit.at - pressed_at
