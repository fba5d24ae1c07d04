"""One message to many people, against a Bot API that counts every second strictly."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from bench.academies import FIRST_PERSON, furnish, serve, with_announcement
from bench.children import Child, Children
from bench.figures import Figure, Measured, Pair
from bench.loopback import TOKEN, Call, LoopbackTelegram, StrictWindow

PEOPLE = 180
RATE = 30
ROUNDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One run."""

    per_second: float
    """Between the first and the last message that was taken."""
    refused: int
    """Requests answered with 429."""


async def measure(children: Children, scratch: Path) -> Measured:
    here: list[Sent] = []
    even: list[Sent] = []
    for number in range(ROUNDS):
        here.append(await _service(children, scratch / f"sending-{number}"))
        even.append(await _bare(children, "even"))
    retry = await _bare(children, "retry")
    return Measured(
        command="sending",
        figures=(
            _rate("sending to many people", here, at_least=0.985),
            _rate("anchor: even pacing at exactly 30/s", even),
            _rate("anchor: no pacing, wait as told by each 429", [retry]),
            _refusals("429 among them", here, at_most=0),
            _refusals("anchor: even pacing at exactly 30/s", even),
            _refusals("anchor: no pacing, wait as told by each 429", [retry]),
        ),
        notes=(
            f"sending: {PEOPLE} people, one message each, planned for a moment when `dusal serve` runs "
            "(attempt and outcome of each on disk, synchronous=FULL); the server takes 30 in any second that "
            "slides along and answers 429 to the rest. The rate is messages taken between the first "
            "and the last. "
            "The library's own AIORateLimiter needs a package that is not installed here, so the "
            "anchors are a bare "
            "bot with even pacing at exactly the limit, and one that only obeys retry_after.",
        ),
    )


def _rate(title: str, runs: list[Sent], *, at_least: float | None = None) -> Figure:
    return Figure(
        title=title,
        anchor="allowed",
        unit="/s",
        pairs=tuple(Pair(here=run.per_second, anchor=RATE) for run in runs),
        at_least=at_least,
    )


def _refusals(title: str, runs: list[Sent], *, at_most: float | None = None) -> Figure:
    return Figure(
        title=title,
        anchor="messages",
        unit="",
        pairs=tuple(Pair(here=run.refused, anchor=PEOPLE) for run in runs),
        at_most=at_most,
    )


async def _service(children: Children, folder: Path) -> Sent:
    async with LoopbackTelegram(window=StrictWindow(RATE)) as telegram:
        config = furnish(folder, api_url=telegram.url, rate=RATE)
        await asyncio.to_thread(with_announcement, folder, count=PEOPLE)
        return await _sent(telegram, children.start(*serve(config)))


async def _bare(children: Children, way: str) -> Sent:
    async with LoopbackTelegram(window=StrictWindow(RATE)) as telegram:
        words = (
            "-m",
            "bench.bare_sender",
            telegram.url,
            TOKEN,
            way,
            str(RATE),
            str(FIRST_PERSON),
            str(PEOPLE),
        )
        return await _sent(telegram, children.start(*words))


async def _sent(telegram: LoopbackTelegram, child: Child) -> Sent:
    taken: set[int] = set()

    def is_last(call: Call) -> bool:
        if call.method == "sendMessage" and call.accepted:
            taken.add(int(call.values["chat_id"]))
        return len(taken) == PEOPLE

    try:
        await telegram.until(is_last, seconds=60)
        await asyncio.sleep(0.2)
    finally:
        await asyncio.to_thread(child.stop)
    messages = [call for call in telegram.calls if call.method == "sendMessage"]
    accepted = [call.at for call in messages if call.accepted]
    assert len(accepted) == PEOPLE, "somebody got two"
    return Sent(per_second=(PEOPLE - 1) / (accepted[-1] - accepted[0]), refused=len(messages) - len(accepted))
