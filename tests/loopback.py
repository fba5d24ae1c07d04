"""Clients that speak to this machine only.

Reading the certificates of the whole world takes a client 45 ms, and nothing here speaks TLS.
"""

import ssl
from typing import Final

import telegram

from bot.transport import AiohttpTransport

NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Knows no certificates."""


def bot_at(address: str, *, token: str, over: AiohttpTransport) -> telegram.Bot:
    """Return the library's bot for a Telegram at `address`."""
    return telegram.Bot(token, base_url=f"{address}/bot", request=over, get_updates_request=over)
