"""Changes to a JSON value, from a field that is missing to one that nobody would send."""

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any, Final, TypeAlias

Json: TypeAlias = Any
"""Whatever `json` reads: mutations do not care what it is."""

CHANGES_AT_MOST: Final = 4
_DEPTHS: Final = (50, 900, 5_000, 100_000)
_DEEP: Final = "\x01 so deep: "
"""Stands for lists in lists, which only bytes can hold: Python's own JSON gives up on them."""
NUMBERS: Final = (
    0, -0, 1, -1, 2, 35, 36, 64, 255, 2**31 - 1, 2**31, 2**52 - 1, 2**52, 2**53, 2**63 - 1, 2**63, -(2**63),
    10**40, -1001234567890, 0.5, -1.5, 1e308, float("nan"), float("inf"),
)  # fmt: skip
TEXTS: Final = (
    "", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\u202e", "\u200b", "\ufeff", "\x1b[31m", "\r\n", "é́́́",
    "e" + "\u0301" * 3_000, "👩‍👩‍👧‍👦" * 300, "ﷺ" * 60, "a" * 5_000, "ө" * 4_096, "/", "//", "/\0", "/start",
    "/start@other_bot x", "/START", "/ask", "/announce", "/grade", "/group", "/privacy", "/today",
    "/progress",
    "/settings", "/lessons", "/courses", "/help",
    "/stop", "/pause", "/language", "/review", "=1+1",
    "%_%", "{0.__class__}", "{name}", "%s", "' OR 1=1 --", "<script>", "../../x", "\\", '"', "null", "true",
    "20", "20 °C", "-5", "1e9", "½", "١٢", "bcda", "1234", "a1 b2 c3", "door", "10:30", "2026-02-30",
    "https://t.me/dusal_bot?start=x", "tg://user?id=1", "javascript:x", "private", "member", "kicked", "left",
    "administrator", "bold", "text_link", "en", "mn", "xx-YY-zz", "supergroup", "channel",
)  # fmt: skip
KEYS: Final = (
    "update_id", "message", "edited_message", "callback_query", "my_chat_member", "channel_post",
    "poll_answer",
    "business_message", "message_reaction", "from", "chat", "id", "data", "text", "entities", "caption",
    "caption_entities", "photo", "document", "voice", "audio", "animation", "sticker", "reply_to_message",
    "forward_origin", "sender_chat", "via_bot", "date", "message_id", "first_name", "last_name", "username",
    "language_code", "is_bot", "type", "new_chat_member", "status", "offset", "length", "url", "file_id",
    "file_name", "file_size", "duration", "quote", "external_reply", "is_topic_message", "new_field", "",
)  # fmt: skip


def mutated(value: Json, others: list[Json], random: Random) -> Json:
    """Return a copy of the value, changed in one to four places; parts of `others` may come in."""
    changed = copy.deepcopy(value)
    for _ in range(random.choice((1, 1, 1, 2, CHANGES_AT_MOST))):
        places = list(_places(changed))
        if not places:
            return anything(random)
        holder, key = random.choice(places)
        _change(holder, key, others, random)
    return changed


def anything(random: Random, *, depth: int = 3) -> Json:
    """Return any JSON value."""
    match random.randrange(8 if depth else 5):
        case 0:
            return random.choice((None, True, False))
        case 1 | 2:
            return random.choice(NUMBERS)
        case 3 | 4:
            return random.choice(TEXTS)
        case 5:
            return [anything(random, depth=depth - 1) for _ in range(random.randint(0, 4))]
        case 6:
            return {
                random.choice(KEYS): anything(random, depth=depth - 1) for _ in range(random.randint(0, 4))
            }
        case _:
            return f"{_DEEP}{random.choice(_DEPTHS)}"


def as_bytes(value: Json, random: Random) -> bytes:
    """Return the value as JSON, with half characters as they are now and then."""
    written = json.dumps(value, ensure_ascii=random.random() < 0.7)
    for depth in _DEPTHS:
        for deep in (f"{_DEEP}{depth}", json.dumps(f"{_DEEP}{depth}")[1:-1]):
            written = written.replace(f'"{deep}"', "[" * depth + "]" * depth)
    return written.encode("utf-8", "surrogatepass")


def _change(holder: Json, key: Json, others: list[Json], random: Random) -> None:
    match random.randrange(9):
        case 0 | 1:
            holder[key] = random.choice(NUMBERS)
        case 2 | 3:
            holder[key] = random.choice(TEXTS)
        case 4:
            holder[key] = anything(random)
        case 5:
            del holder[key]
        case 6:
            part = random.choice(list(_places(random.choice(others))) or [(holder, key)])
            holder[key] = copy.deepcopy(part[0][part[1]])
        case 7 if isinstance(holder, dict):
            holder[random.choice(KEYS)] = copy.deepcopy(holder[key])
        case 8 if isinstance(holder[key], str) and holder[key]:
            holder[key] = _letters_changed(holder[key], random)
        case _ if isinstance(holder, list):
            holder *= random.choice((2, 30))
        case _:
            holder[random.choice(KEYS)] = anything(random)


def _letters_changed(text: str, random: Random) -> str:
    at = random.randint(0, len(text))
    match random.randrange(4):
        case 0:
            return text[:at] + random.choice(TEXTS) + text[at:]
        case 1:
            return text[:at]
        case 2:
            return text * random.choice((2, 70))
        case _:
            return text[:at] + chr(random.randrange(0x110000)) + text[at + 1 :]


def _places(value: Json) -> Iterator[tuple[Json, Json]]:
    """Yield every place in a value: what holds it, and its key or index; not deeper than JSON of people."""
    stack = [value]
    while stack:
        holder = stack.pop()
        for key, inner in (
            holder.items()
            if isinstance(holder, dict)
            else enumerate(holder)
            if isinstance(holder, list)
            else ()
        ):
            yield holder, key
            if isinstance(inner, (dict, list)):
                stack.append(inner)
