"""The anchor of many presses: the bot library as its documentation shows it, with its own transport.

One press after the other is answered and its message edited; nothing is kept. Run by the bench.
"""

import sys
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, ContextTypes

from bench.bare_loop import TEXT

BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("Continue", callback_data="next:1")]])


async def respond(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer()
    await query.edit_message_text(TEXT, reply_markup=BUTTONS)


def main(api_url: str, token: str, first: int, people: int) -> None:
    async def greet(application: "Application[Any, Any, Any, Any, Any, Any]") -> None:  # the library's
        for address in range(first, first + people):
            await application.bot.send_message(address, TEXT, reply_markup=BUTTONS)

    application = ApplicationBuilder().token(token).base_url(f"{api_url}/bot").post_init(greet).build()
    application.add_handler(CallbackQueryHandler(respond))
    application.run_polling()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
