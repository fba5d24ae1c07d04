"""Rows of buttons that fit a phone of 360 pixels."""

from typing import Final

from bot.limits import TELEGRAM
from bot.screen import Button

LABEL_CHARS: Final = TELEGRAM.button_chars
"""Longer labels wrap or are cut on small phones."""


def cut(label: str, *, most: int = LABEL_CHARS) -> str:
    """Return the label with at most `most` characters, the last one "…" where something is missing."""
    return label if len(label) <= most else f"{label[: most - 1]}…"


def in_rows(buttons: tuple[Button, ...], width: int) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons in rows of `width`; the last row may be shorter."""
    return tuple(buttons[start : start + width] for start in range(0, len(buttons), width))
