"""Files that people sent: fetched from Telegram up to a size, and never by an address of theirs."""

from typing import Protocol

import telegram
from telegram.error import BadRequest

from bot.direct_exchange import TooLargeError
from bot.transport import AiohttpTransport


class Fetch(Protocol):
    """Reads a file that somebody sent."""

    async def __call__(self, file_id: str, *, limit_bytes: int) -> bytes | None:
        """Return its bytes, None when Telegram does not have it any more.

        Raises TooLargeError, counted while reading because the size a client claims proves nothing,
        and telegram.error.TelegramError when it could not be read now.
        """
        ...


class TelegramFiles:
    """Reads files through the Bot API (`Fetch`)."""

    def __init__(self, bot: telegram.Bot, transport: AiohttpTransport) -> None:
        self._bot = bot
        self._transport = transport

    async def __call__(self, file_id: str, *, limit_bytes: int) -> bytes | None:
        """Return the bytes of the file; see `Fetch`."""
        try:
            file = await self._bot.get_file(file_id)
        except BadRequest as refused:
            if "too big" in refused.message.casefold():
                raise TooLargeError from None
            return None
        # The library makes an address of the path; it holds the token and goes nowhere but here.
        if not file.file_path:
            return None
        return await self._transport.download(file.file_path, limit_bytes=limit_bytes)
