"""The anchor of a tap: the least a bot can do with the same library and the same transport.

It asks for updates, and for each press it sends the answer and an edit of about the same length at
the same time; after every third press a new message follows, as in a lesson. It keeps nothing: no
database, no order, no pace, no words. Run by the bench.
"""

import asyncio
import sys

import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions

from bot.transport import AiohttpTransport

TEXT = """\
What uses the most electricity at night in an office that nobody is in? (1)

✅ Ventilation fans: right. Nobody has changed the timer.

Look for what is big and runs all night: that is where the kilowatt hours are."""
MESSAGE_EVERY = 3
"""Presses to one new message: 2,335 presses of `sustained` brought 668."""
BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("Continue", callback_data="next:1")]])


async def main(api_url: str, token: str, first: int, people: int) -> None:
    bot = telegram.Bot(
        token,
        base_url=f"{api_url}/bot",
        request=AiohttpTransport(),
        get_updates_request=AiohttpTransport(connections=2),
    )
    async with bot:
        for address in range(first, first + people):
            await bot.send_message(address, TEXT, reply_markup=BUTTONS)
        offset = 0
        tasks: set[asyncio.Task[None]] = set()
        presses = 0
        while True:
            for update in await bot.get_updates(
                offset=offset, timeout=50, allowed_updates=["callback_query"]
            ):
                offset = update.update_id + 1
                if update.callback_query is not None:
                    presses += 1
                    more = presses % MESSAGE_EVERY == 0
                    task = asyncio.create_task(respond(bot, update.callback_query, more=more))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)


async def respond(bot: telegram.Bot, query: telegram.CallbackQuery, *, more: bool) -> None:
    assert query.message is not None
    await asyncio.gather(
        bot.answer_callback_query(query.id),
        bot.edit_message_text(
            TEXT,
            chat_id=query.message.chat.id,
            message_id=query.message.message_id,
            reply_markup=BUTTONS,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        ),
    )
    if more:
        await bot.send_message(query.message.chat.id, TEXT, reply_markup=BUTTONS)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
