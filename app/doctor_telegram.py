"""Whether Telegram can be reached, knows the token as our bot, and has the same time as this computer."""

import asyncio
from datetime import timedelta
from typing import Final

from telegram.error import InvalidToken, TelegramError

from app.clock_guard import heard_on, in_words
from app.doctor import Finding
from app.listening import connected
from app.settings import Settings
from bot.transport import NotFoundError
from scheduler.clock_watch import JUMP, ahead, system_reading
from storage.bots import Bot

PATIENCE_SECONDS: Final = 10.0


def examine_telegram(settings: Settings, *, bound: Bot | None) -> tuple[Finding, ...]:
    """Return what one question to Telegram tells; nothing is asked without a token."""
    if not settings.telegram.token.get_secret_value():
        says = "telegram.token is empty; @BotFather gives one."
        return (Finding(what="Telegram", level="warning", says=says),)
    return asyncio.run(_asked(settings, bound=bound))


async def _asked(settings: Settings, *, bound: Bot | None) -> tuple[Finding, ...]:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), connected(settings) as lines:
            me = await lines.bot.get_me()
            heard = heard_on(lines)()
    except (InvalidToken, NotFoundError):
        says = "the token is not known: get one from @BotFather."
        return (Finding(what="Telegram", level="bad", says=says),)
    except (TelegramError, TimeoutError) as away:
        says = f"not reached ({type(away).__name__}). Look at the network, and at telegram.api_url."
        return (Finding(what="Telegram", level="warning", says=says),)
    found = [_identity(bot_id=me.id, username=me.username or "", bound=bound)]
    if heard is not None:
        found.append(_clock(ahead(system_reading(), heard)))
    return tuple(found)


def _identity(*, bot_id: int, username: str, bound: Bot | None) -> Finding:
    if bound is not None and bound.bot_id != bot_id:
        says = (
            f"the token belongs to @{username}, the database to @{bound.username}: give each bot its own "
            "database."
        )
        return Finding(what="Telegram", level="bad", says=says)
    return Finding(what="Telegram", level="good", says=f"reached as @{username}")


def _clock(off: timedelta) -> Finding:
    seconds = round(off.total_seconds())
    if abs(off) <= JUMP:
        return Finding(what="Clock", level="good", says=f"within {max(1, abs(seconds))} s of Telegram's")
    side = "ahead of" if off > timedelta(0) else "behind"
    says = f"{in_words(abs(off))} {side} Telegram's. Set it, and let the system keep it right (NTP)."
    return Finding(what="Clock", level="bad", says=says)
