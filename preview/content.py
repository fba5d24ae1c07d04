"""Texts, captions and files of a call, read and checked against Telegram's limits."""

from dataclasses import dataclass

from preview import limits
from preview.calls import Call
from preview.entities import Entity, check_bounds, found_in, read_entities, tidy
from preview.files import StoredFile, Upload
from preview.html_text import parse_html
from preview.messages import Chat
from preview.refusals import (
    CAPTION_TOO_LONG,
    ENTITIES_JSON,
    FILE_KIND_MISMATCH,
    PARSE_MODE,
    REPLY_NOT_FOUND,
    TEXT_EMPTY,
    TEXT_TOO_LONG,
    bad_request,
)
from preview.world import World


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text and its formatting, as it is kept."""

    text: str
    entities: tuple[Entity, ...]


def formatted(text: str, *, parse_mode: str, entities: object) -> Formatted:
    """Return a text as Telegram keeps it: parsed, trimmed, its addresses found."""
    match parse_mode.lower():
        case "":
            given = read_entities(entities)
            check_bounds(text, given)
        case "html":
            text, given = parse_html(text)
        case _:
            raise bad_request(PARSE_MODE)
    text, kept = tidy(text, given)
    return Formatted(text, found_in(text, kept))


def message_text(call: Call, *, too_long: str = TEXT_TOO_LONG) -> Formatted:
    """Return `text` with its formatting; refuses an empty or too long one."""
    result = formatted(
        call.text("text"),
        parse_mode=call.text("parse_mode"),
        entities=call.value("entities", words=ENTITIES_JSON),
    )
    if not result.text:
        raise bad_request(TEXT_EMPTY)
    if len(result.text) > limits.TEXT_CHARS:
        raise bad_request(too_long)
    return result


def caption(call: Call) -> Formatted:
    """Return `caption` with its formatting; refuses a too long one."""
    return checked_caption(
        formatted(
            call.text("caption"),
            parse_mode=call.text("parse_mode"),
            entities=call.value("caption_entities", words=ENTITIES_JSON),
        )
    )


def checked_caption(result: Formatted) -> Formatted:
    """Return a caption; refuses one above 1,024 characters."""
    if len(result.text) > limits.CAPTION_CHARS:
        raise bad_request(CAPTION_TOO_LONG)
    return result


def stored_file(world: World, given: Upload | str, *, kind: str, missing: str) -> StoredFile:
    """Return a new upload kept, or the file an id names; refuses other kinds and `missing` ones."""
    if isinstance(given, Upload):
        return world.files.keep(given, kind=kind)
    if not given:
        raise bad_request(missing)
    stored = world.files.again(given)
    if stored.kind != kind:
        raise bad_request(FILE_KIND_MISMATCH)
    return stored


def replied_message(call: Call, *, chat: Chat) -> int | None:
    """Return the message a new one answers, None for none; refuses one that is not there."""
    given = call.value("reply_parameters", words="can't parse reply parameters JSON object")
    if isinstance(given, dict):
        number, may_miss = given.get("message_id"), bool(given.get("allow_sending_without_reply"))
    else:
        number, may_miss = call.number("reply_to_message_id"), call.flag("allow_sending_without_reply")
    if not isinstance(number, int) or number == 0:
        return None
    if number not in chat.messages:
        if may_miss:
            return None
        raise bad_request(REPLY_NOT_FOUND)
    return number
