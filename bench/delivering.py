"""What a delivered message costs, and how fast they go: claimed, sent, and both on disk."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from bench.academies import FIRST_PERSON, furnish, serve, with_announcement
from bench.children import Child, Children
from bench.figures import Figure, Measured, Pair
from bench.loopback import TOKEN, Call, LoopbackTelegram, StrictWindow

PEOPLE = 1500
PAID_PER_SECOND = 1000
IN_FLIGHT = 64
STOCK_IN_FLIGHT = 8
ROUNDS = 2
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
    bare: list[Delivered] = []
    stock: list[Delivered] = []
    paid: list[Delivered] = []
    for number in range(ROUNDS):
        here.append(await _service(children, scratch / f"deliver-{number}"))
        bare.append(await _bare(children, "flight", IN_FLIGHT))
        stock.append(await _bare(children, "stock", STOCK_IN_FLIGHT))
        paid.append(await _paid(children, scratch / f"paid-{number}"))
    return Measured(
        command="deliver",
        figures=(
            _cpu("CPU of a delivered message", here, "bare send_message", bare, at_most=1.3),
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
            f"same words with the same library and keep nothing: {IN_FLIGHT} at once on our transport, "
            f"{STOCK_IN_FLIGHT} at once on the library's own. Telegram is this process on 127.0.0.1.",
        ),
    )


def _cpu(title: str, here: list[Delivered], name: str, anchors: list[Delivered], *, at_most: float) -> Figure:
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


async def _service(children: Children, folder: Path) -> Delivered:
    async with LoopbackTelegram() as telegram:
        return await _announced(children, folder, telegram)


async def _paid(children: Children, folder: Path) -> Delivered:
    async with LoopbackTelegram(window=StrictWindow(PAID_PER_SECOND)) as telegram:
        telegram.away_seconds = AWAY_SECONDS
        return await _announced(children, folder, telegram)


async def _announced(children: Children, folder: Path, telegram: LoopbackTelegram) -> Delivered:
    config = furnish(folder, api_url=telegram.url, rate=PAID_PER_SECOND, in_flight=IN_FLIGHT)
    await asyncio.to_thread(with_announcement, folder, count=PEOPLE)
    return await _watched(telegram, children.start(*serve(config)))


async def _bare(children: Children, way: str, in_flight: int) -> Delivered:
    async with LoopbackTelegram() as telegram:
        words = ("-m", "bench.bare_sender", telegram.url, TOKEN, way)
        numbers = (str(in_flight), str(FIRST_PERSON), str(PEOPLE))
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
