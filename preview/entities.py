"""Formatting beside the text: checked and put in order as Telegram does before it keeps a message."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from preview import limits
from preview.refusals import ENTITIES_JSON, bad_request
from preview.text_units import utf16_boundaries, utf16_length


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One piece of formatting; `offset` and `length` in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    unix_time: int | None = None
    date_time_format: str | None = None

    @property
    def end(self) -> int:
        """The first unit behind it."""
        return self.offset + self.length

    def as_json(self) -> dict[str, object]:
        """Return the Bot API's MessageEntity."""
        body: dict[str, object] = {"type": self.type, "offset": self.offset, "length": self.length}
        for name in ("url", "language", "custom_emoji_id", "unix_time", "date_time_format"):
            value = getattr(self, name)
            if value is not None:
                body[name] = value
        return body


SIMPLE = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code"}
)
"""Kinds a bot may set that carry nothing else."""
FOUND_BY_TELEGRAM = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"}
)
"""Kinds a bot may name but cannot set: Telegram finds them in the text."""


def read_entities(given: object) -> tuple[Entity, ...]:
    """Return what a bot's `entities` array says; refuses what is no array of entities."""
    if given is None:
        return ()
    if not isinstance(given, list):
        raise bad_request(ENTITIES_JSON)
    return tuple(entity for item in given if (entity := _read_entity(item)) is not None)


def _read_entity(item: object) -> Entity | None:
    if not isinstance(item, dict):
        raise bad_request("can't parse MessageEntity: Expected an Object")
    kind, offset, length = item.get("type"), item.get("offset"), item.get("length")
    if not isinstance(kind, str):
        raise bad_request("can't parse MessageEntity: Can't find field \"type\"")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request('can\'t parse MessageEntity: Field "offset" must be of type Number')
    bare = Entity(type=kind, offset=offset, length=length)
    if kind in SIMPLE:
        return bare
    if kind in FOUND_BY_TELEGRAM:
        return None
    match kind:
        case "pre":
            language = item.get("language")
            return replace(bare, language=str(language) if language else None)
        case "text_link":
            return replace(bare, url=str(item.get("url", "")))
        case "custom_emoji":
            return replace(bare, custom_emoji_id=str(item.get("custom_emoji_id", "")))
        case "date_time":
            shape = item.get("date_time_format")
            moment = item.get("unix_time")
            if not isinstance(moment, int):
                raise bad_request("can't parse MessageEntity: Can't find field \"unix_time\"")
            return replace(bare, unix_time=moment, date_time_format=str(shape) if shape else None)
        case _:
            raise bad_request("can't parse MessageEntity: Unsupported type specified")


def check_bounds(text: str, given: Iterable[Entity]) -> None:
    """Refuse an entity that leaves the text or cuts a character in two."""
    boundaries = utf16_boundaries(text)
    known = frozenset(boundaries)
    for entity in given:
        if entity.offset < 0 or entity.length < 0 or entity.offset > boundaries[-1]:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {entity.offset}")
        if entity.end > boundaries[-1]:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends after the end of the text "
                f"at UTF-16 offset {entity.end}"
            )
        if entity.offset not in known:
            raise bad_request(
                f"entity begins in a middle of a UTF-16 symbol at byte offset {_byte(text, entity.offset)}"
            )
        if entity.end not in known:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends in a middle of a UTF-16 symbol "
                f"at byte offset {_byte(text, entity.end)}"
            )


def _byte(text: str, offset: int) -> int:
    """Return the byte at which the character that holds UTF-16 unit `offset` begins."""
    seen = 0
    for position, char in enumerate(text):
        seen += 2 if char > "\uffff" else 1
        if seen > offset:
            return len(text[:position].encode())
    return len(text.encode())


def tidy(text: str, given: Iterable[Entity]) -> tuple[str, tuple[Entity, ...]]:
    """Return the text without white space around it, and its entities moved, nested and sorted.

    Entities that cross are cut where the first one ends, as td does (fix_entities); those that
    hold only white space vanish; only the first hundred are kept.
    """
    kept = list(given)
    start = utf16_length(text) - utf16_length(text.lstrip())
    trimmed = text.strip()
    end = utf16_length(trimmed)
    moved: list[Entity] = []
    for entity in kept:
        first, last = max(entity.offset - start, 0), min(entity.end - start, end)
        if last > first:
            moved.append(replace(entity, offset=first, length=last - first))
    return trimmed, tuple(_nested(moved)[: limits.ENTITIES])


def _nested(given: list[Entity]) -> list[Entity]:
    result: list[Entity] = []
    waiting = sorted(given, key=_outermost_first)
    while waiting:
        entity = waiting.pop(0)
        crossed = next((o for o in result if o.offset <= entity.offset < o.end < entity.end), None)
        if crossed is None:
            result.append(entity)
            continue
        inside = replace(entity, length=crossed.end - entity.offset)
        behind = replace(entity, offset=crossed.end, length=entity.end - crossed.end)
        waiting = sorted([inside, behind, *waiting], key=_outermost_first)
    return sorted(result, key=_outermost_first)


def _outermost_first(entity: Entity) -> tuple[int, int, str]:
    return entity.offset, -entity.length, entity.type


_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"«»]+[^\s<>\"«».,;:!?)\]'])"
    r"|(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?!\w))"
)


def found_in(text: str, given: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Return `given` with the addresses and commands that Telegram finds in the text by itself."""
    boundaries = utf16_boundaries(text)
    found = list(given)
    for match in _FOUND.finditer(text):
        start, end = boundaries[match.start()], boundaries[match.end()]
        taken = any(e.offset < end and start < e.end for e in given if e.type in {"text_link", "pre", "code"})
        if not taken:
            found.append(Entity(type=match.lastgroup or "url", offset=start, length=end - start))
    return tuple(_nested(found)[: limits.ENTITIES])
