"""The calls that people wait for, without the library's objects: JSON there, JSON back.

A message is a few values, and so is its answer. Making the library's objects of them, and reading
them again, takes as long as everything else that happens to a message (docs/decisions/0025). Files
and everything rarer go through the library; errors are the library's either way.
"""

from collections.abc import Mapping
from typing import Any

import telegram

from bot.transport import READ_SECONDS, AiohttpTransport


class PlainCalls:
    """Calls methods of the Bot API over the line that a bot speaks on."""

    def __init__(self, bot: telegram.Bot) -> None:
        """Take a bot whose line is ours; raises TypeError for any other."""
        line = bot.request
        if not isinstance(line, AiohttpTransport):
            raise TypeError(f"this bot speaks over {type(line).__name__}")
        self._line = line
        self._bot = bot

    async def call(self, method: str, parameters: Mapping[str, object]) -> Any:  # JSON
        """Return the result of a method; values that are None are left out.

        Raises NotSentError or UncertainError when there was no answer to rely on, and the library's own
        errors for Telegram's refusals (`bot.transport.refusal`).
        """
        given = {name: value for name, value in parameters.items() if value is not None}
        return await self._line.call(f"{self._bot.base_url}/{method}", given, read_seconds=READ_SECONDS)
