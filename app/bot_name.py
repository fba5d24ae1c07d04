"""The bot's name, of which join links are made: as `serve` stored it, else as Telegram tells it."""

import asyncio

import click
import telegram
from telegram.error import TelegramError

from app.place import Place
from bot.transport import AiohttpTransport


def bot_username(place: Place) -> str:
    """Return the name without @; empty when there is no token, or Telegram cannot be asked now."""
    known = place.academy().bot_username
    if known:
        return known
    told = place.settings.telegram
    token = told.token.get_secret_value()
    if not token:
        return ""
    try:
        return asyncio.run(_asked(token, api_url=told.api_url))
    except TelegramError as failed:
        # The class only: what the library says may hold the address, and the address the token.
        click.echo(
            f"Telegram did not tell the bot's name ({type(failed).__name__}); the code works without it.",
            err=True,
        )
        return ""


async def _asked(token: str, *, api_url: str) -> str:
    transport = AiohttpTransport(connections=1)
    async with telegram.Bot(
        token,
        base_url=f"{api_url}/bot",
        request=transport,
        get_updates_request=AiohttpTransport(connections=1),
    ) as bot:
        return bot.username
