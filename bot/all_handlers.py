"""All parts of the bot together: the one place that knows every module of `bot.handlers`."""

from typing import Final

from bot.handler_table import HandlerTable, commands_of, taps_of, topics_of
from bot.handlers import (
    announcing,
    asking,
    authoring,
    course_drafts,
    drafts,
    facilitating,
    free_text,
    grading,
    held,
    joining,
    late_announcements,
    learning,
    lessons,
    progress,
    reviewing,
    settings,
    surveys,
    times,
)

PARTS: Final = (
    announcing,
    asking,
    authoring,
    course_drafts,
    drafts,
    facilitating,
    grading,
    held,
    joining,
    late_announcements,
    learning,
    lessons,
    progress,
    reviewing,
    settings,
    surveys,
    times,
)


def all_handlers() -> HandlerTable:
    """Return what answers to what; raises ValueError when two parts answer to the same thing."""
    return HandlerTable(
        commands=commands_of(PARTS),
        taps=taps_of(PARTS),
        free_text=free_text.chain(topics_of(PARTS)),
        files=authoring,
        voices=surveys,
    )
