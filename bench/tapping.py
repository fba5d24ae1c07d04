"""From a press to the edit it brings, against a bot that does nothing else."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.academies import FIRST_PERSON, furnish, serve, with_learners
from bench.children import Child, Children
from bench.figures import Figure, Measured, Pair
from bench.loopback import TOKEN, Call, LoopbackTelegram

PEOPLE = 200
ROUNDS = 3
ONE_BY_ONE = 40
PER_SECOND = 100
SECONDS = 4
AWAY_SECONDS = 0.05
EDITS = frozenset({"editMessageText", "editMessageReplyMarkup"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Taps:
    """Median seconds of one run."""

    alone: float
    """Press to edit, the next press when everything is quiet."""
    crowd: float
    """Press to edit at 100 presses a second."""
    crowd_slow: float
    """The same, the 99th percentile."""
    gap: float
    """Answer to edit, with a server 50 ms away."""
    cpu: float
    """Seconds of processor for everything."""
    peak_bytes: int


async def measure(children: Children, scratch: Path) -> Measured:
    runs: list[tuple[Taps, Taps]] = []
    for number in range(ROUNDS):
        here = await _service(children, scratch / f"tap-{number}")
        runs.append((here, await _bare(children)))
    figures = [
        Figure(
            title=title,
            anchor="bare loop",
            unit="ms",
            pairs=tuple(
                Pair(here=1000 * getattr(here, name), anchor=1000 * getattr(bare, name))
                for here, bare in runs
            ),
            at_most=2 if name != "crowd_slow" else None,
        )
        for name, title in (
            ("alone", "press to edit, one press at a time"),
            ("crowd", f"press to edit, {PER_SECOND} presses a second"),
            ("crowd_slow", "the same, the slowest in a hundred"),
        )
    ]
    figures.append(
        Figure(
            title="answer to edit, Telegram 50 ms away",
            anchor="round trip",
            unit="ms",
            pairs=tuple(Pair(here=1000 * here.gap, anchor=1000 * AWAY_SECONDS) for here, _ in runs),
            at_most=0.1,
        )
    )
    figures.append(
        Figure(
            title="peak memory of the service",
            anchor="allowed",
            unit="MB",
            pairs=tuple(Pair(here=here.peak_bytes / 1e6, anchor=200) for here, _ in runs),
            at_most=1,
        )
    )
    return Measured(
        command="tap",
        figures=tuple(figures),
        notes=(
            f"tap: `dusal serve` on SQLite (synchronous=FULL) with {PEOPLE} learners inside a lesson, at the "
            "paid rate of 1,000 messages a second; every press is an answer to a question or "
            "[Continue], and the "
            "clock stops when its edit has arrived. The bare loop is python-telegram-bot on the same "
            "transport: "
            "getUpdates, then answerCallbackQuery and editMessageText at once, nothing kept. The server is "
            "another process on 127.0.0.1 that answers at once, but in the line with 50 ms.",
        ),
    )


async def _service(children: Children, folder: Path) -> Taps:
    async with LoopbackTelegram() as telegram:
        config = furnish(folder, api_url=telegram.url, rate=1000)
        await asyncio.to_thread(with_learners, folder, count=PEOPLE)
        child = children.start(*serve(config))
        return await _played(telegram, child)


async def _bare(children: Children) -> Taps:
    async with LoopbackTelegram() as telegram:
        words = ("-m", "bench.bare_loop", telegram.url, TOKEN, str(FIRST_PERSON), str(PEOPLE))
        return await _played(telegram, children.start(*words))


async def _played(telegram: LoopbackTelegram, child: Child) -> Taps:
    try:
        while len(telegram.phones) < PEOPLE:
            await telegram.until(lambda call: call.method == "sendMessage")
        await asyncio.sleep(0.5)
        alone = [await _tap(telegram, FIRST_PERSON + number) for number in range(ONE_BY_ONE)]
        crowd = await _crowd(telegram)
        telegram.round_trip_seconds = AWAY_SECONDS
        gaps = [await _gap(telegram, FIRST_PERSON + PEOPLE - 1 - number) for number in range(ONE_BY_ONE // 2)]
    finally:
        await asyncio.to_thread(child.stop)
    return Taps(
        alone=median(alone),
        crowd=median(crowd),
        crowd_slow=sorted(crowd)[int(0.99 * len(crowd))],
        gap=median(gaps),
        cpu=child.cpu_seconds,
        peak_bytes=child.peak_bytes,
    )


async def _tap(telegram: LoopbackTelegram, chat: int) -> float:
    pressed_at = telegram.press(chat)
    edit = await telegram.until(lambda call: _edits(call, chat))
    # What follows an edit (its outcome on disk, a new message) is over before the next press.
    await asyncio.sleep(0.02)
    return edit.at - pressed_at


async def _crowd(telegram: LoopbackTelegram) -> list[float]:
    """Return the time of each press; people press in turn, so nobody presses before they are answered."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    taps: list[asyncio.Task[float]] = []
    for number in range(PER_SECOND * SECONDS):
        await asyncio.sleep(max(0.0, begun + number / PER_SECOND - loop.time()))
        taps.append(asyncio.create_task(_tap(telegram, FIRST_PERSON + number % PEOPLE)))
    return list(await asyncio.gather(*taps))


async def _gap(telegram: LoopbackTelegram, chat: int) -> float:
    telegram.press(chat)
    answer, edit = await asyncio.gather(
        telegram.until(lambda call: call.method == "answerCallbackQuery"),
        telegram.until(lambda call: _edits(call, chat)),
    )
    await asyncio.sleep(3 * AWAY_SECONDS)
    return edit.at - answer.at


def _edits(call: Call, chat: int) -> bool:
    return call.method in EDITS and int(call.values["chat_id"]) == chat
