"""Keyboards under messages, checked as Telegram checks them."""

import re

from preview import limits
from preview.refusals import (
    BUTTON_DATA,
    BUTTON_TEXT_ONLY,
    BUTTON_URL,
    MARKUP_JSON,
    MARKUP_OBJECT,
    MARKUP_TOO_LONG,
    bad_request,
)

STYLES = frozenset({"danger", "success", "primary"})
"""Bot API 9.4."""
_BUTTON = "can't parse inline keyboard button: "


def checked_markup(given: object) -> dict[str, object] | None:
    """Return a `reply_markup` worth keeping, None for none; refuses what Telegram refuses.

    Empty rows vanish; a keyboard without buttons is no keyboard.
    """
    if given is None:
        return None
    if not isinstance(given, dict):
        raise bad_request(MARKUP_OBJECT)
    if "inline_keyboard" in given:
        rows = _rows(given["inline_keyboard"])
        checked = [[_inline_button(button) for button in row] for row in rows]
        return {"inline_keyboard": checked} if checked else None
    if "keyboard" in given:
        rows = _rows(given["keyboard"])
        buttons = [[{"text": b} if isinstance(b, str) else b for b in row] for row in rows]
        return {**given, "keyboard": buttons}
    if given.get("remove_keyboard") or given.get("force_reply"):
        return dict(given)
    return None


def _rows(given: object) -> list[list[object]]:
    if not isinstance(given, list) or not all(isinstance(row, list) for row in given):
        raise bad_request(MARKUP_JSON)
    rows = [row for row in given if row]
    if sum(map(len, rows)) > limits.KEYBOARD_BUTTONS or any(
        len(row) > limits.KEYBOARD_ROW_BUTTONS for row in rows
    ):
        raise bad_request(MARKUP_TOO_LONG)
    return rows


def _inline_button(given: object) -> dict[str, object]:
    if not isinstance(given, dict):
        raise bad_request(f"{_BUTTON}Expected an Object")
    text = given.get("text")
    if not isinstance(text, str):
        raise bad_request(f'{_BUTTON}Can\'t find field "text"')
    button: dict[str, object] = {"text": text}
    if not text.strip():
        raise bad_request(f"{_BUTTON}Button text must be non-empty")
    if "style" in given:
        if given["style"] not in STYLES:
            raise bad_request(f"{_BUTTON}invalid button style specified")
        button["style"] = given["style"]
    return button | _what_it_does(given)


def _what_it_does(given: dict[str, object]) -> dict[str, object]:
    match given:
        case {"callback_data": str() as data}:
            if not 1 <= len(data.encode(errors="surrogatepass")) <= limits.CALLBACK_DATA_BYTES:
                raise bad_request(BUTTON_DATA)
            return {"callback_data": data}
        case {"callback_data": _}:
            raise bad_request(f'{_BUTTON}Field "callback_data" must be of type String')
        case {"url": str() as url}:
            if not re.match(r"(?i)(https?|tg)://[^\s/.]+", url):
                raise bad_request(BUTTON_URL)
            return {"url": url}
        case {"url": _}:
            raise bad_request(f'{_BUTTON}Field "url" must be of type String')
        case {"copy_text": {"text": str() as text}}:
            if not 1 <= len(text) <= 256:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")
            return {"copy_text": {"text": text}}
        case {"web_app": {"url": str() as url}}:
            if not url.startswith("https://"):
                raise bad_request(
                    f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed"
                )
            return {"web_app": {"url": url}}
        case {"switch_inline_query_current_chat": str() as query}:
            return {"switch_inline_query_current_chat": query}
        case {"switch_inline_query": str() as query}:
            return {"switch_inline_query": query}
        case _:
            raise bad_request(BUTTON_TEXT_ONLY)
