"""All parts of the bot together: the one place that knows every module of `bot.handlers`."""

from typing import Final

from bot.handler_table import HandlerTable, commands_of, taps_of, topics_of
from bot.handlers import (
    announcing,
    asking,
    authoring,
    facilitating,
    free_text,
    joining,
    learning,
    lessons,
    progress,
    settings,
    times,
)

PARTS: Final = (
    announcing,
    asking,
    authoring,
    facilitating,
    joining,
    learning,
    lessons,
    progress,
    settings,
    times,
)


def all_handlers() -> HandlerTable:
    """Return what answers to what; raises ValueError when two parts answer to the same thing."""
    return HandlerTable(
        commands=commands_of(PARTS),
        taps=taps_of(PARTS),
        free_text=free_text.chain(topics_of(PARTS)),
        files=authoring,
    )
