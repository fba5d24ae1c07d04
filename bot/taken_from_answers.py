"""What is taken of Telegram's answers: a server can say anything, and some of it would never be kept.

A number too large for the database, a pause of a million years or a letter that PostgreSQL refuses
would keep the outcome of a send from being recorded, again and again, and its credit with it.
"""

from math import isfinite
from typing import Final

LONGEST_ANSWER_BYTES: Final = 16 * 1024 * 1024
"""A hundred updates, the most that come at once, are some hundred kilobytes."""

LONGEST_PAUSE_SECONDS: Final = 24 * 3600
"""Telegram asks for an hour at most; after a day we ask again."""

_WORDS_CHARS: Final = 300
_LARGEST_ID: Final = 2**52
"""Bot API, Chat.id: at most 52 significant bits; message numbers are far below."""


def words(told: object, *, otherwise: str) -> str:
    """Return what a refusal says, so that it can be kept: one short line of letters."""
    if not isinstance(told, str) or not told:
        return otherwise
    return "".join(letter if letter.isprintable() else " " for letter in told[:_WORDS_CHARS])


def pause_seconds(told: object) -> int:
    """Return for how long we are asked to wait, 1 to 86,400; 1 where no figure is given."""
    if isinstance(told, bool) or not isinstance(told, (int, float)) or not isfinite(told):
        return 1
    return max(1, min(int(told), LONGEST_PAUSE_SECONDS))


def chat_id(told: object) -> int | None:
    """Return a chat's number, None for anything that is none."""
    if isinstance(told, bool) or not isinstance(told, int) or not 0 < abs(told) < _LARGEST_ID:
        return None
    return told


def message_id(told: object) -> int | None:
    """Return a message's number, None for anything that is none; 0 is one that is sent later."""
    if isinstance(told, bool) or not isinstance(told, int) or not 0 <= told < _LARGEST_ID:
        return None
    return told
