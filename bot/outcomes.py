"""What a failed call means: the one table that decides whether something is said again.

Everything that is not in the table is uncertain, because Telegram has no key that would make a
repeated send harmless. Texts are compared without regard to case: the library changes them.
"""

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from academy.messenger import NotSent, Outcome, Refused, Uncertain
from bot.transport import NotFoundError, NotSentError, seconds

UNREACHABLE = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated")
"""Beginnings of refusals (400) that no later try will turn: nobody lives at this address."""

NOTHING_TO_CHANGE = (
    "message is not modified",
    "message to edit not found",
    "message to delete not found",
    "message can't be edited",
    "message can't be deleted",
)
"""Refusals (400) of edits and deletions that leave the screen as good as it can get."""


def outcome_of(error: TelegramError) -> Outcome:
    """Return what became of the call that failed with `error` (guarantees 2)."""
    match error:
        case NotSentError():
            return NotSent(reason=error.message)
        case RetryAfter():
            return NotSent(reason="too many requests", retry_after_seconds=seconds(error.retry_after))
        case ChatMigrated():
            return Refused(reason="moved", detail=error.message, moved_to=error.new_chat_id)
        case Forbidden():
            return Refused(reason="blocked", detail=error.message, unreachable=True)
        case InvalidToken():
            # The library's own text may quote the token.
            return Refused(reason="token", detail="the token was refused")
        case BadRequest() if says(error, *UNREACHABLE):
            return Refused(reason="not_found", detail=error.message, unreachable=True)
        case BadRequest() | NotFoundError():
            return Refused(reason="refused", detail=error.message)
        case _:
            return Uncertain(reason=error.message)


def says(error: TelegramError, *beginnings: str) -> bool:
    """Return whether Telegram's words contain one of these, whatever their case."""
    words = error.message.casefold()
    return any(beginning in words for beginning in beginnings)
