import asyncio
from collections.abc import Sequence

from pydantic import SecretStr

from app.listening import Listener, connected
from app.settings import AcademySettings, Settings, TelegramSettings
from bench.loopback import TOKEN, LoopbackTelegram, Phone
from scheduler.clock import system_clock
from storage.inbox import Received


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
