"""How soon a command answers, and how soon a service listens."""

import asyncio
from pathlib import Path

from bench.academies import empty, furnish, serve
from bench.children import DUSAL, Children, alternating
from bench.figures import Figure, Measured, Pair
from bench.loopback import LoopbackTelegram

HELP_RUNS = 15
POLL_RUNS = 7
LIBRARY = ("-c", "import telegram.ext")


async def help_text(children: Children, scratch: Path) -> Measured:
    """Measure `dusal --help` beside a Python that does nothing."""
    times = await asyncio.to_thread(alternating, children, (DUSAL, "--help"), ("-c", "pass"), runs=HELP_RUNS)
    return Measured(
        command="help",
        figures=(
            Figure(
                title="dusal --help",
                anchor="python -c pass",
                unit="ms",
                pairs=_milliseconds(times),
                at_most=4,
            ),
        ),
        notes=("help: from the start of the process to its end, bytecode warm, taking turns.",),
    )


async def first_poll(children: Children, scratch: Path) -> Measured:
    """Measure `dusal serve` up to its first getUpdates beside the import of the bot library."""
    folder = scratch / "first-poll"
    folder.mkdir()
    await asyncio.to_thread(empty, folder)
    await _polls_after(children, folder)
    await asyncio.to_thread(children.seconds, *LIBRARY)
    times = [
        (await _polls_after(children, folder), await asyncio.to_thread(children.seconds, *LIBRARY))
        for _ in range(POLL_RUNS)
    ]
    return Measured(
        command="first_poll",
        figures=(
            Figure(
                title="dusal serve to its first poll",
                anchor="import telegram.ext",
                unit="ms",
                pairs=_milliseconds(times),
                at_most=2,
            ),
        ),
        notes=(
            "first_poll: from the start of the process until getUpdates has arrived at a Bot API on "
            "127.0.0.1; the database is there and current, bytecode warm, taking turns.",
        ),
    )


async def _polls_after(children: Children, folder: Path) -> float:
    async with LoopbackTelegram() as telegram:
        config = furnish(folder, api_url=telegram.url, rate=30)
        waiting = asyncio.create_task(telegram.until(lambda call: call.method == "getUpdates"))
        await asyncio.sleep(0)
        child = children.start(*serve(config))
        try:
            polled = await waiting
        finally:
            await asyncio.to_thread(child.stop)
        return polled.at - child.started_at


def _milliseconds(times: list[tuple[float, float]]) -> tuple[Pair, ...]:
    return tuple(Pair(here=1000 * here, anchor=1000 * anchor) for here, anchor in times)
