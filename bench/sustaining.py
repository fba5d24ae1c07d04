"""How many presses are answered when everybody presses again at once, and what each one costs."""

import asyncio
import contextlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from bench.academies import FIRST_PERSON, furnish, serve, with_learners
from bench.children import Child, Children
from bench.figures import Figure, Measured, Pair
from bench.loopback import TOKEN, LoopbackTelegram
from bench.quiet import AGAIN, undisturbed

PEOPLE = 200
SECONDS = 4.0
ROUNDS = 3
AWAY_SECONDS = 0.025
"""One way: a round trip to Telegram takes 50 ms."""
EDITS = frozenset({"editMessageText", "editMessageReplyMarkup"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sustained:
    """One run."""

    per_second: float
    cpu_seconds: float
    """For one press, from its update to its edit and what follows."""


async def measure(children: Children, scratch: Path) -> Measured:
    here: list[Sustained] = []
    bare: list[Sustained] = []
    default: list[Sustained] = []
    for _ in range(ROUNDS):
        here.append(await undisturbed(partial(_service, children, scratch)))
        bare.append(await undisturbed(partial(_other, children, "bench.bare_loop", PEOPLE)))
        default.append(await undisturbed(partial(_other, children, "bench.default_bot", PEOPLE)))
    return Measured(
        command="sustained",
        figures=(
            Figure(
                title="presses answered a second, 50 ms away",
                anchor="library as documented",
                unit="/s",
                pairs=tuple(
                    Pair(here=one.per_second, anchor=other.per_second)
                    for one, other in zip(here, default, strict=True)
                ),
                at_least=50,
            ),
            _cpu(here, "bare loop, no database", bare),
            _cpu(here, "library as documented, no database", default),
        ),
        notes=(
            f"sustained: {PEOPLE} learners who press again as soon as their message is edited, for "
            f"{SECONDS:.0f} s, on `dusal serve` with SQLite (synchronous=FULL) at 1,000 messages a second. "
            "The bare loop is that of `tap`, here as fast as it goes; the library as documented is "
            "`Application.run_polling` with its own transport, one press after the other. Neither keeps "
            f"anything. CPU of the whole process. {AGAIN}",
        ),
    )


def _cpu(here: list[Sustained], name: str, anchors: list[Sustained]) -> Figure:
    return Figure(
        title="CPU of a press",
        anchor=name,
        unit="ms",
        pairs=tuple(
            Pair(here=1000 * one.cpu_seconds, anchor=1000 * other.cpu_seconds)
            for one, other in zip(here, anchors, strict=True)
        ),
    )


async def _service(children: Children, scratch: Path) -> Sustained:
    folder = Path(mkdtemp(dir=scratch))
    async with LoopbackTelegram() as telegram:
        config = furnish(folder, api_url=telegram.url, rate=1000, in_flight=64)
        await asyncio.to_thread(with_learners, folder, count=PEOPLE)
        return await _pressed(telegram, children.start(*serve(config)))


async def _other(children: Children, module: str, people: int) -> Sustained:
    async with LoopbackTelegram() as telegram:
        words = ("-m", module, telegram.url, TOKEN, str(FIRST_PERSON), str(people))
        return await _pressed(telegram, children.start(*words))


async def _pressed(telegram: LoopbackTelegram, child: Child) -> Sustained:
    try:
        while len(telegram.phones) < PEOPLE:
            await telegram.until(lambda call: call.method == "sendMessage")
        await asyncio.sleep(0.5)
        telegram.away_seconds = AWAY_SECONDS
        loop = asyncio.get_running_loop()
        cpu_before, begun = child.cpu_now(), loop.time()
        people = [
            asyncio.create_task(_again_and_again(telegram, FIRST_PERSON + number, until=begun + SECONDS))
            for number in range(PEOPLE)
        ]
        presses = sum(await asyncio.gather(*people))
        cpu, seconds = child.cpu_now() - cpu_before, loop.time() - begun
    finally:
        await asyncio.to_thread(child.stop)
    return Sustained(per_second=presses / seconds, cpu_seconds=cpu / presses)


async def _again_and_again(telegram: LoopbackTelegram, chat: int, *, until: float) -> int:
    """Return how many presses of one person were answered by an edit before the end."""
    loop = asyncio.get_running_loop()
    answered = 0
    while (left := until - loop.time()) > 0:
        telegram.press(chat)
        with contextlib.suppress(TimeoutError):
            await telegram.until(
                lambda call: call.method in EDITS and int(call.values["chat_id"]) == chat, seconds=left
            )
            answered += 1
            # What was shown has to get back to the phone before it can be pressed.
            await asyncio.sleep(2 * AWAY_SECONDS)
    return answered
