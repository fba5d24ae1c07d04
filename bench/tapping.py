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
SECONDS = 2
AWAY_SECONDS = 0.025
"""One way: a round trip to Telegram takes 50 ms."""
EDITS = frozenset({"editMessageText", "editMessageReplyMarkup"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Taps:
    """Medians of one run, in seconds."""

    alone: float
    """Press to edit, the next press when everything is quiet."""
    crowd: float
    """Press to edit at 100 presses a second."""
    away_alone: float
    """The same two with a server 50 ms away."""
    away_crowd: float
    gap: float
    """Answer to edit, there."""
    cpu: float
    """Of a press, at 100 presses a second there."""
    peak_bytes: int


async def measure(children: Children, scratch: Path) -> Measured:
    """Measure the service and the bare loop in turn."""
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
            at_most=2,
        )
        for name, title in (
            ("away_alone", "press to edit, Telegram 50 ms away"),
            ("away_crowd", f"press to edit, Telegram 50 ms away, {PER_SECOND} presses a second"),
            ("alone", "press to edit, Telegram on this machine"),
            ("crowd", f"press to edit, Telegram on this machine, {PER_SECOND} presses a second"),
        )
    ]
    figures.append(
        Figure(
            title="from the answer to the edit, Telegram 50 ms away",
            anchor="round trip",
            unit="ms",
            pairs=tuple(Pair(here=1000 * here.gap, anchor=2000 * AWAY_SECONDS) for here, _ in runs),
            at_most=0.1,
        )
    )
    figures.append(
        Figure(
            title=f"CPU of a press, {PER_SECOND} presses a second",
            anchor="bare loop",
            unit="ms",
            pairs=tuple(Pair(here=1000 * here.cpu, anchor=1000 * bare.cpu) for here, bare in runs),
            at_most=1.3,
        )
    )
    figures.append(
        Figure(
            title="peak memory of the service meanwhile",
            anchor="allowed",
            unit="MB",
            pairs=tuple(Pair(here=here.peak_bytes / 1e6, anchor=200) for here, _ in runs),
            at_most=1,
        )
    )
    return Measured(command="tap", figures=tuple(figures), notes=(NOTE,))


NOTE = (
    f"tap: `dusal serve` on SQLite (synchronous=FULL) with {PEOPLE} learners inside a lesson, at the paid "
    "rate of 1,000 messages a second. Each press answers a question, asks to try again or goes on; the "
    "clock runs from the press to the arrival of its edit at Telegram, one commit included. The bare loop "
    "is python-telegram-bot on the same transport: getUpdates, then answerCallbackQuery and "
    "editMessageText at the same time, and sendMessage after every third press, as often as a lesson brings "
    "a new message; it keeps nothing. Telegram is another process on 127.0.0.1; 50 ms "
    "away means that it holds each request and each answer back for 25 ms. Medians; a gap below zero means "
    "that the edit came first."
)


async def _service(children: Children, folder: Path) -> Taps:
    async with LoopbackTelegram() as telegram:
        config = furnish(folder, api_url=telegram.url, rate=1000)
        await asyncio.to_thread(with_learners, folder, count=PEOPLE)
        return await _played(telegram, children.start(*serve(config)))


async def _bare(children: Children) -> Taps:
    async with LoopbackTelegram() as telegram:
        words = ("-m", "bench.bare_loop", telegram.url, TOKEN, str(FIRST_PERSON), str(PEOPLE))
        return await _played(telegram, children.start(*words))


async def _played(telegram: LoopbackTelegram, child: Child) -> Taps:
    try:
        while len(telegram.phones) < PEOPLE:
            await telegram.until(lambda call: call.method == "sendMessage")
        await asyncio.sleep(0.5)
        alone = [await _tap(telegram, number) for number in range(ONE_BY_ONE)]
        crowd = await _crowd(telegram)
        telegram.away_seconds = AWAY_SECONDS
        await asyncio.sleep(0.5)
        away_alone = [await _tap(telegram, PEOPLE - 1 - number) for number in range(ONE_BY_ONE // 2)]
        gaps = _gaps(telegram.calls)
        cpu_before = child.cpu_now()
        away_crowd = await _crowd(telegram)
        cpu = child.cpu_now() - cpu_before
    finally:
        await asyncio.to_thread(child.stop)
    return Taps(
        alone=median(alone),
        crowd=median(crowd),
        away_alone=median(away_alone),
        away_crowd=median(away_crowd),
        gap=median(gaps[-len(away_alone) :]),
        cpu=cpu / len(away_crowd),
        peak_bytes=child.peak_bytes,
    )


async def _tap(telegram: LoopbackTelegram, number: int) -> float:
    chat = FIRST_PERSON + number % PEOPLE
    pressed_at = telegram.press(chat)
    edit = await telegram.until(lambda call: call.method in EDITS and int(call.values["chat_id"]) == chat)
    # What follows an edit (its outcome on disk, a new message) is over before the next press.
    await asyncio.sleep(0.02 + 4 * telegram.away_seconds)
    return edit.at - pressed_at


async def _crowd(telegram: LoopbackTelegram) -> list[float]:
    """Return the time of each press; people press in turn, so nobody presses before they are answered."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    taps: list[asyncio.Task[float]] = []
    for number in range(PER_SECOND * SECONDS):
        await asyncio.sleep(max(0.0, begun + number / PER_SECOND - loop.time()))
        taps.append(asyncio.create_task(_tap(telegram, number)))
    return list(await asyncio.gather(*taps))


def _gaps(calls: list[Call]) -> list[float]:
    """Return the seconds from each answer to the edit that belongs to it: presses came one at a time."""
    edits = [call.at for call in calls if call.method in EDITS]
    answers = [call.at for call in calls if call.method == "answerCallbackQuery"]
    return [edit - answer for answer, edit in zip(answers, edits, strict=False)]
