"""Anchors of sending: the same library and transport, nothing kept, and one of two ways to keep the rate.

`even` starts a message every 1/rate s; `retry` sends one after the other and waits as long as each
429 says; `flight` keeps as many on their way as `rate` says, as fast as they go; `stock` does that on
the library's own transport. Whatever is refused is sent again after `retry_after`. Run by the bench.
"""

import asyncio
import sys
import time
from collections.abc import Iterator

import telegram
from telegram.error import RetryAfter
from telegram.request import HTTPXRequest

from bot.transport import AiohttpTransport

TEXT = "On Friday we meet at 14:00 in room 12. Bring one electricity bill."


async def main(api_url: str, token: str, way: str, rate: int, first: int, people: int) -> None:
    request = HTTPXRequest(connection_pool_size=256) if way == "stock" else AiohttpTransport()
    bot = telegram.Bot(token, base_url=f"{api_url}/bot", request=request)
    async with bot:
        if way in {"flight", "stock"}:
            numbers = iter(range(people))
            await asyncio.gather(*(_one_after_another(bot, first, numbers) for _ in range(rate)))
            return
        tasks = []
        begun = time.monotonic()
        for number in range(people):
            if way == "even":
                await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
                tasks.append(asyncio.create_task(send(bot, first + number)))
            else:
                await send(bot, first + number)
        await asyncio.gather(*tasks)


async def _one_after_another(bot: telegram.Bot, first: int, numbers: Iterator[int]) -> None:
    for number in numbers:
        await send(bot, first + number)


async def send(bot: telegram.Bot, address: int) -> None:
    while True:
        try:
            await bot.send_message(address, TEXT)
        except RetryAfter as later:
            seconds = later.retry_after
            await asyncio.sleep(seconds if isinstance(seconds, int) else seconds.total_seconds())
        else:
            return


if __name__ == "__main__":
    asyncio.run(
        main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6]))
    )
