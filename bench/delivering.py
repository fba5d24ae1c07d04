"""What a delivered message costs, and how fast they go: claimed, sent, and both on disk."""

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from bench.academies import FIRST_PERSON, furnish, serve, with_announcement
from bench.children import Child, Children
from bench.figures import Figure, Measured, Pair
from bench.loopback import TOKEN, Call, LoopbackTelegram, StrictWindow
from bench.quiet import AGAIN, undisturbed
from scheduler.budget import even_fraction

PEOPLE = 3000
PAID_PER_SECOND = 1000
IN_FLIGHT = 128
"""A thousand a second, each 50 ms on its way and then recorded: some seventy; the rest is for commits that
take their time."""
BARE_IN_FLIGHT = 64
STOCK_IN_FLIGHT = 8
ROUNDS = 3
AWAY_SECONDS = 0.025
"""One way: a round trip to Telegram takes 50 ms."""
EDGE = 0.1
"""This part of the messages at the beginning and at the end does not count: starting, running dry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One run, between its edges."""

    per_second: float
    cpu_seconds: float
    """For one message."""
    refused: int
    """Requests answered with 429, of all."""


async def measure(children: Children, scratch: Path) -> Measured:
    here: list[Delivered] = []
    paced: list[Delivered] = []
    bare: list[Delivered] = []
    stock: list[Delivered] = []
    paid: list[Delivered] = []
    pace = round(even_fraction(PAID_PER_SECOND) * PAID_PER_SECOND)
    for _ in range(ROUNDS):
        here.append(await undisturbed(partial(_service, children, scratch)))
        paced.append(await undisturbed(partial(_bare, children, "even", pace)))
        bare.append(await undisturbed(partial(_bare, children, "flight", BARE_IN_FLIGHT)))
        stock.append(await undisturbed(partial(_bare, children, "stock", STOCK_IN_FLIGHT)))
        paid.append(await undisturbed(partial(_paid, children, scratch)))
    return Measured(
        command="deliver",
        figures=(
            _cpu(
                "CPU of a delivered message", here, "bare send_message at the same pace", paced, at_most=1.3
            ),
            _cpu("CPU of a delivered message", here, "bare send_message, as fast as it goes", bare),
            _cpu("CPU of a delivered message", here, "library's own transport", stock, at_most=0.5),
            Figure(
                title=f"the whole way at {PAID_PER_SECOND}/s, 50 ms away",
                anchor="allowed",
                unit="/s",
                pairs=tuple(Pair(here=run.per_second, anchor=PAID_PER_SECOND) for run in paid),
                at_least=0.97,
            ),
            Figure(
                title="429 there",
                anchor="messages",
                unit="",
                pairs=tuple(Pair(here=run.refused, anchor=PEOPLE) for run in paid),
                at_most=0.001,
            ),
        ),
        notes=(
            f"deliver: an announcement to {PEOPLE} people from `dusal serve` on SQLite "
            f"(synchronous=FULL), {IN_FLIGHT} on their way at once, at the paid rate; CPU of the whole "
            f"process between the first and the last {EDGE:.0%} of the messages. The bare anchors send the "
            "same words with the same library and keep nothing: evenly at the same pace and "
            f"{BARE_IN_FLIGHT} at once on our transport, {STOCK_IN_FLIGHT} at once on the library's own. "
            f"Telegram is this process on 127.0.0.1. {AGAIN}",
        ),
    )


def _cpu(
    title: str, here: list[Delivered], name: str, anchors: list[Delivered], *, at_most: float | None = None
) -> Figure:
    return Figure(
        title=title,
        anchor=name,
        unit="µs",
        pairs=tuple(
            Pair(here=1e6 * one.cpu_seconds, anchor=1e6 * anchor.cpu_seconds)
            for one, anchor in zip(here, anchors, strict=True)
        ),
        at_most=at_most,
    )


async def _service(children: Children, scratch: Path) -> Delivered:
    async with LoopbackTelegram() as telegram:
        return await _announced(children, scratch, telegram)


async def _paid(children: Children, scratch: Path) -> Delivered:
    async with LoopbackTelegram(window=StrictWindow(PAID_PER_SECOND)) as telegram:
        telegram.away_seconds = AWAY_SECONDS
        return await _announced(children, scratch, telegram)


async def _announced(children: Children, scratch: Path, telegram: LoopbackTelegram) -> Delivered:
    folder = Path(mkdtemp(dir=scratch))
    config = furnish(folder, api_url=telegram.url, rate=PAID_PER_SECOND, in_flight=IN_FLIGHT)
    await asyncio.to_thread(with_announcement, folder, count=PEOPLE)
    return await _watched(telegram, children.start(*serve(config)))


async def _bare(children: Children, way: str, how_many: int) -> Delivered:
    async with LoopbackTelegram() as telegram:
        words = ("-m", "bench.bare_sender", telegram.url, TOKEN, way)
        numbers = (str(how_many), str(FIRST_PERSON), str(PEOPLE))
        return await _watched(telegram, children.start(*words, *numbers))


async def _watched(telegram: LoopbackTelegram, child: Child) -> Delivered:
    taken = 0
    seen: list[tuple[float, float]] = []
    """When, and how much CPU had been used, at the two edges."""
    edges = (int(PEOPLE * EDGE), int(PEOPLE * (1 - EDGE)))

    def is_last(call: Call) -> bool:
        nonlocal taken
        if call.method == "sendMessage" and call.accepted:
            taken += 1
            if taken in edges:
                seen.append((call.at, child.cpu_now()))
        return taken == PEOPLE

    try:
        await telegram.until(is_last, seconds=90)
        await asyncio.sleep(0.2)
    finally:
        await asyncio.to_thread(child.stop)
    (begun, before), (ended, after) = seen
    counted = edges[1] - edges[0]
    refused = sum(call.method == "sendMessage" and not call.accepted for call in telegram.calls)
    return Delivered(
        per_second=counted / (ended - begun), cpu_seconds=(after - before) / counted, refused=refused
    )
