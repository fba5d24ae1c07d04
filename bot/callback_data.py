"""What a button carries: a verb and a few small values, at most 64 bytes.

It is a pointer, never trusted: whoever receives it checks whose it is and whether it is open.
"""

from dataclasses import dataclass

MAX_BYTES = 64
"""Bot API, InlineKeyboardButton.callback_data."""


@dataclass(frozen=True, slots=True)
class Press:
    """A decoded button: `verb` and its values, in the order the button was made with."""

    verb: str
    values: tuple[str, ...] = ()

    def number(self, position: int) -> int:
        """Return the value at `position` as a number; raises ValueError when it is none."""
        try:
            return int(self.values[position], 36)
        except IndexError as missing:
            raise ValueError("a value is missing") from missing


def press(verb: str, *values: int | str) -> Press:
    """Return a Press; numbers travel in base 36, so that twelve digits fit in eight letters."""
    return Press(verb, tuple(_base36(value) if isinstance(value, int) else value for value in values))


def encode(pressed: Press) -> str:
    """Return the callback data; raises ValueError when it would not fit in 64 bytes."""
    data = ":".join((pressed.verb, *pressed.values))
    if len(data.encode()) > MAX_BYTES:
        raise ValueError(f"callback data of {len(data.encode())} bytes; Telegram takes {MAX_BYTES}")
    return data


def decode(data: str) -> Press | None:
    """Return the Press that `encode` made this from; None for anything no button of ours carries."""
    if len(data.encode(errors="replace")) > MAX_BYTES:
        return None
    verb, *values = data.split(":")
    if not verb.isascii() or not verb.replace("_", "").isalpha():
        return None
    return Press(verb, tuple(values))


def _base36(number: int) -> str:
    if number < 0:
        raise ValueError("buttons carry no negative numbers")
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        if number == 0:
            return digits
