"""Rows of buttons that fit a phone of 360 pixels."""

from typing import Final

from bot.screen import Button

LABEL_CHARS: Final = 28
"""Longer labels wrap or are cut on small phones."""


def in_rows(buttons: tuple[Button, ...], width: int) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons in rows of `width`; the last row may be shorter."""
    return tuple(buttons[start : start + width] for start in range(0, len(buttons), width))
