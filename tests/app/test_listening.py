import asyncio
from collections.abc import Sequence

from pydantic import SecretStr

from app.listening import Listener, connected
from app.settings import AcademySettings, LimitSettings, Settings, TelegramSettings
from bench.loopback import TOKEN, LoopbackTelegram, Phone
from scheduler.clock import system_clock
from storage.inbox import Received
from tests.bot.raw_server import read_request, serving


async def test_as_many_messages_as_may_be_on_their_way_find_a_connection() -> None:
    arrived = 0
    all_there = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal arrived
        await read_request(reader)
        arrived += 1
        if arrived == 140:
            all_there.set()
        await asyncio.Event().wait()

    async with serving(silent) as address:
        settings = Settings(
            academy=AcademySettings(name="Darkhan"),
            telegram=TelegramSettings(token=SecretStr(TOKEN), api_url=address),
            limits=LimitSettings(sends_in_flight=128),
        )
        async with connected(settings) as lines:
            calls = [
                asyncio.create_task(lines.speaking.post(f"{address}/bot{TOKEN}/sendMessage"))
                for _ in range(140)
            ]
            async with asyncio.timeout(5):
                await all_there.wait()
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)


async def test_what_comes_before_anybody_can_keep_it_waits_unconfirmed() -> None:
    kept: list[int] = []
    done = asyncio.Event()

    async def keep(updates: Sequence[Received]) -> None:
        kept.extend(update.sender for update in updates)
        done.set()

    async with LoopbackTelegram() as telegram:
        telegram.phones[7] = Phone(1, "j_agree")
        telegram.press(7)
        settings = Settings(
            academy=AcademySettings(name="Darkhan"),
            telegram=TelegramSettings(token=SecretStr(TOKEN), api_url=telegram.url),
        )
        async with connected(settings) as lines:
            asked = asyncio.create_task(telegram.until(lambda call: call.method == "getUpdates"))
            listener = Listener(lines, clock=system_clock)
            listener.begin()
            await asked
            before = list(kept)
            confirmed = asyncio.create_task(
                telegram.until(lambda call: call.method == "getUpdates" and call.values.get("offset") == 2)
            )

            listener.hand_to(keep)
            await done.wait()
            await confirmed
            await listener.stop()

    polls = [call.values.get("offset") for call in telegram.calls if call.method == "getUpdates"]
    assert (before, kept, polls) == ([], [7], [None, 2])
