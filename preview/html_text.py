"""Telegram's HTML: the few tags it reads, and the exact words it has for the rest.

A rewrite from the behaviour of td's parse_html (MessageEntity.cpp): bytes are counted, not
characters, because the words it answers with name byte offsets.
"""

import html
import re
from dataclasses import dataclass, field

from preview.entities import Entity
from preview.refusals import Refusal, bad_request
from preview.text_units import utf16_length

KIND_OF_TAG = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "blockquote": "blockquote", "code": "code", "pre": "pre", "a": "text_link",
    "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip
_REFERENCE = re.compile(r"&(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|lt|gt|amp|quot);?")
_SPACE = " \t\r\n\f\v"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    begins: int
    """Position in the text so far."""


@dataclass(slots=True)
class _Reading:
    source: str
    at: int = 0
    text: str = ""
    open: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def byte(self, position: int) -> int:
        return len(self.source[:position].encode(errors="surrogatepass"))

    def char(self) -> str:
        """The character at hand; empty at the end."""
        return self.source[self.at : self.at + 1]

    def skip_space(self) -> None:
        while self.char() and self.char() in _SPACE:
            self.at += 1

    def until(self, stops: str) -> str:
        """Read up to one of `stops` or the end."""
        begin = self.at
        while self.char() and self.char() not in stops:
            self.at += 1
        return self.source[begin : self.at]


def parse_html(source: str) -> tuple[str, tuple[Entity, ...]]:
    """Return the text and its entities; refuses bad HTML with "can't parse entities: …"."""
    reading = _Reading(source)
    while reading.char():
        match reading.char():
            case "<" if source.startswith("</", reading.at):
                _end_tag(reading)
            case "<":
                _start_tag(reading)
            case "&":
                _reference(reading)
            case plain:
                reading.text += plain
                reading.at += 1
    if reading.open:
        raise _bad(f'Can\'t find end tag corresponding to start tag "{reading.open[-1].tag}"')
    return reading.text, tuple(_pre_and_code_joined(reading.entities))


def _bad(words: str) -> Refusal:
    return bad_request(f"can't parse entities: {words}")


def _reference(reading: _Reading) -> None:
    match = _REFERENCE.match(reading.source, reading.at)
    if match is None:
        reading.text += "&"
        reading.at += 1
        return
    reading.text += html.unescape(f"&{match[1]};")
    reading.at = match.end()


def _start_tag(reading: _Reading) -> None:
    begin = reading.at
    where = reading.byte(begin)
    reading.at += 1
    tag = reading.until(_SPACE + ">").lower()
    if not reading.char():
        raise _bad(f"Unclosed start tag at byte offset {where}")
    if tag not in KIND_OF_TAG:
        raise _bad(f'Unsupported start tag "{tag}" at byte offset {where}')
    attributes: dict[str, str] = {}
    while True:
        reading.skip_space()
        if reading.char() == ">":
            break
        name = reading.until(_SPACE + "=>")
        if not name:
            raise _bad(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
        reading.skip_space()
        if reading.char() != "=":
            if not reading.char():
                raise _bad(f'Unclosed start tag "{tag}" at byte offset {where}')
            if tag == "blockquote" and name == "expandable":
                attributes[name] = ""
                continue
            raise _bad(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" '
                f"at byte offset {where}"
            )
        reading.at += 1
        reading.skip_space()
        attributes[name] = _attribute_value(reading, tag=tag, where=where)
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise _bad(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
    reading.at += 1
    reading.open.append(
        _Open(tag=tag, attributes=attributes, offset=utf16_length(reading.text), begins=len(reading.text))
    )


def _attribute_value(reading: _Reading, *, tag: str, where: int) -> str:
    quote = reading.char()
    if not quote:
        raise _bad(f'Unclosed start tag "{tag}" at byte offset {where}')
    if quote not in "'\"":
        begin = reading.at
        value = reading.until(_SPACE + ">")
        if not re.fullmatch(r"[A-Za-z0-9.\-]*", value):
            raise _bad(f"Unexpected end of name token at byte offset {reading.byte(begin)}")
        return value.lower()
    reading.at += 1
    value = reading.until(quote)
    reading.at += 1
    if not reading.char():
        raise _bad(f"Unclosed start tag at byte offset {where}")
    return _REFERENCE.sub(lambda match: html.unescape(f"&{match[1]};"), value)


def _end_tag(reading: _Reading) -> None:
    where = reading.byte(reading.at)
    if not reading.open:
        raise _bad(f"Unexpected end tag at byte offset {where}")
    reading.at += 2
    name = reading.until(_SPACE + ">").lower()
    reading.skip_space()
    if reading.char() != ">":
        raise _bad(f"Unclosed end tag at byte offset {where}")
    opened = reading.open.pop()
    if name and name != opened.tag:
        raise _bad(f'Unmatched end tag at byte offset {where}, expected "</{opened.tag}>", found "</{name}>"')
    reading.at += 1
    length = utf16_length(reading.text) - opened.offset
    if length > 0 and (entity := _entity(opened, length=length, inside=reading.text[opened.begins :])):
        reading.entities.append(entity)


def _entity(opened: _Open, *, length: int, inside: str) -> Entity | None:
    given = opened.attributes
    kind = KIND_OF_TAG[opened.tag]
    bare = Entity(type=kind, offset=opened.offset, length=length)
    match opened.tag:
        case "a":
            url = checked_link(given.get("href") or inside)
            return Entity(type=kind, offset=bare.offset, length=length, url=url) if url else None
        case "blockquote" if "expandable" in given:
            return Entity(type="expandable_blockquote", offset=bare.offset, length=length)
        case "code" if given.get("class", "").startswith("language-"):
            language = given["class"].removeprefix("language-")
            return Entity(type=kind, offset=bare.offset, length=length, language=language)
        case "tg-emoji":
            number = given.get("emoji-id", "")
            if not number.isdigit() or int(number) == 0:
                raise _bad("Invalid custom emoji identifier specified")
            return Entity(type=kind, offset=bare.offset, length=length, custom_emoji_id=number)
        case "tg-time":
            moment = given.get("unix", "")
            if not moment.isdigit():
                raise _bad("Invalid date-time unix timestamp specified")
            return Entity(
                type=kind, offset=bare.offset, length=length, unix_time=int(moment),
                date_time_format=given.get("format") or None,
            )  # fmt: skip
        case _:
            return bare


def checked_link(url: str) -> str | None:
    """Return the address with its scheme, or None for one that Telegram would drop in silence."""
    url = url.strip()
    if re.match(r"(?i)(https?|tg|ton|tonsite)://[^\s/]+", url):
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme.lower()}://{host}{slash or '/'}{path}"
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", url):
        return f"http://{url}" + ("" if "/" in url else "/")
    return None


def _pre_and_code_joined(entities: list[Entity]) -> list[Entity]:
    """`<pre><code class="language-x">` is one block; a language means nothing on other code."""
    languages = {(e.offset, e.length): e.language for e in entities if e.type == "code" and e.language}
    joined: list[Entity] = []
    for entity in entities:
        place = (entity.offset, entity.length)
        if entity.type == "pre":
            joined.append(
                Entity(type="pre", offset=entity.offset, length=entity.length, language=languages.get(place))
            )
        elif entity.type == "code":
            if not any(e.type == "pre" and (e.offset, e.length) == place for e in entities):
                joined.append(Entity(type="code", offset=entity.offset, length=entity.length))
        else:
            joined.append(entity)
    return joined
