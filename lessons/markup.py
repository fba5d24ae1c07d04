"""The small Markdown that authors may use, as text with spans.

Offsets are Unicode code points here; Telegram counts UTF-16 units, and only `bot` knows it.
Every text is accepted, and read in linear time: a marker without its partner is a character.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

from lessons.links import host_of

SpanKind: TypeAlias = Literal["bold", "italic", "code", "link", "quote", "folded"]
"""`folded` shows its first lines until somebody wants to read on; no marker of an author makes one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of formatted text; spans may nest but never cross."""

    start: int
    """First code point, counted from 0."""
    length: int
    """Code points covered; at least 1."""
    kind: SpanKind
    url: str | None = None
    """Target of a link, https only; None for every other kind."""


@dataclass(frozen=True, slots=True)
class RichText:
    """Plain text and the spans over it, in order of their start."""

    text: str
    spans: tuple[Span, ...] = ()


_BLOCK = re.compile(
    r"(?P<quote>>[ ]?)|(?P<indent>[ ]*)(?:(?P<bullet>[-*+])|(?P<number>\d{1,3}[.)]))[ ]+(?=\S)"
)
_HEADING = re.compile(r"#{1,6}[ ]+(?=\S)")
_TOKEN = re.compile(
    r"\\(?P<escaped>[\\`*_\[\]()>#+.!{}-])"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?P<mark>\*+|_+|\[)"
    r"|\]\((?P<url>https://[^\s()<>]{1,2000})\)"
)
_LINK = re.compile(r"\]\((?P<target>[^()\s]*)")
_SCHEME = re.compile(r"\b(?:tg://|(?:javascript|vbscript|file):(?=\S)|data:(?=\w+/))\S{0,40}", re.IGNORECASE)


@lru_cache(maxsize=1024)
def parse(text: str) -> RichText:
    """Return the author's Markdown as plain text with spans.

    Known: `**bold**`, `*italic*`, `_italic_`, `` `code` ``, `[words](https://…)`, `> quote`, lists
    with `-` or `1.`, `# heading` (bold), and a backslash before a sign that is meant as itself.
    A single line break is a space, as in Markdown; an empty line starts a new paragraph.
    """
    blocks = _blocks(text)
    written = ""
    spans: list[Span] = []
    previous: _Block | None = None
    for block in blocks:
        if previous is not None:
            apart = block.apart or not (previous.is_item or block.is_item or previous.kind != block.kind)
            written += "\n\n" if apart else "\n"
        start = len(written) + len(block.prefix)
        inline = _inline(" ".join(block.lines))
        whole: tuple[Span, ...] = ()
        if inline.text and block.kind in {"heading", "quote"}:
            kind: SpanKind = "bold" if block.kind == "heading" else "quote"
            whole = (Span(start=0, length=len(inline.text), kind=kind),)
        spans.extend(replace(span, start=span.start + start) for span in (*whole, *inline.spans))
        written += block.prefix + inline.text
        previous = block
    return RichText(written, _joined_quotes(spans, written))


def refused_links(text: str) -> tuple[str, ...]:
    """Return the link targets that a course may not have (`lessons.links`), in the order of the text.

    `[Pay](tg://…)`, `javascript:`, `data:` and the like could pass for the bot's own buttons.
    """
    targets = (match["target"] for match in _LINK.finditer(text))
    refused = [target for target in targets if host_of(target) is None]
    # What stands in a link was judged above; what is left is text that looks like a target.
    bare = (match[0].rstrip(").,") for match in _SCHEME.finditer(_LINK.sub("](", text)))
    return (*refused, *bare)


@dataclass(slots=True, kw_only=True)
class _Block:
    kind: Literal["text", "item", "quote", "heading"]
    lines: list[str]
    prefix: str = ""
    apart: bool = False
    """An empty line stood before it."""

    @property
    def is_item(self) -> bool:
        return self.kind == "item"


def _blocks(text: str) -> list[_Block]:
    """Cut the text into paragraphs, list items, quotes and headings."""
    blocks: list[_Block] = []
    apart = False
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        line = raw.rstrip()
        block = _opened(line)
        if not line.strip() or (block is not None and block.kind == "quote" and not block.lines[0]):
            apart = True
            continue
        last = blocks[-1] if blocks else None
        if last is not None and not apart and last.kind != "heading":
            if block is None and last.kind != "quote":
                last.lines.append(line.strip())
                continue
            if block is not None and block.kind == "quote" == last.kind:
                last.lines.append(block.lines[0])
                continue
        block = block or _Block(kind="text", lines=[line.strip()])
        block.apart = apart
        blocks.append(block)
        apart = False
    return blocks


def _opened(line: str) -> _Block | None:
    """Return the block that this line opens by its first sign, or None."""
    if heading := _HEADING.match(line):
        return _Block(kind="heading", lines=[line[heading.end() :]])
    found = _BLOCK.match(line)
    if found is None:
        return None
    rest = line[found.end() :].strip()
    if found["quote"]:
        return _Block(kind="quote", lines=[rest])
    sign = found["number"] or "•"
    inset = "    " if len(found["indent"]) > 1 else ""
    return _Block(kind="item", lines=[rest], prefix=f"{inset}{sign} ")


def _joined_quotes(spans: list[Span], text: str) -> tuple[Span, ...]:
    """Make one quotation of quotations that only empty lines part, and sort all spans."""
    quotes = [span for span in spans if span.kind == "quote"]
    joined: list[Span] = quotes[:1]
    for before, after in pairwise(quotes):
        if text[before.start + before.length : after.start].strip():
            joined.append(after)
        else:
            first = joined[-1]
            length = after.start + after.length - first.start
            joined[-1] = Span(start=first.start, length=length, kind="quote")
    others = [span for span in spans if span.kind != "quote"]
    return tuple(sorted([*joined, *others], key=lambda span: (span.start, -span.length)))


@dataclass(slots=True)
class _Open:
    """A marker that waits for its partner."""

    sign: str
    kind: SpanKind
    piece: int
    """Where its sign stands among the pieces; emptied once the partner is found."""


def _inline(text: str) -> RichText:
    """Read the markers inside one block."""
    pieces: list[str] = []
    found: list[tuple[int, int, SpanKind, str | None]] = []
    # At most one marker of each sign waits at a time, which is what keeps this linear.
    waiting: list[_Open] = []

    def close(sign: str, *, url: str | None = None) -> bool:
        for depth in range(len(waiting) - 1, -1, -1):
            if waiting[depth].sign == sign:
                opened = waiting[depth]
                pieces[opened.piece] = ""
                found.append((opened.piece, len(pieces), opened.kind, url))
                del waiting[depth:]
                return True
        return False

    def mark(sign: str, kind: SpanKind, *, may_open: bool, may_close: bool) -> None:
        if may_close and close(sign):
            return
        if may_open and all(opened.sign != sign for opened in waiting):
            waiting.append(_Open(sign, kind, len(pieces)))
        pieces.append(sign)

    end = 0
    for token in _TOKEN.finditer(text):
        pieces.append(text[end : token.start()])
        before = text[token.start() - 1] if token.start() else " "
        end = token.end()
        after = text[end] if end < len(text) else " "
        may_open, may_close = not after.isspace(), not before.isspace()
        if token["escaped"]:
            pieces.append(token["escaped"])
        elif token["code"]:
            found.append((len(pieces), len(pieces) + 1, "code", None))
            pieces.append(token["code"])
        elif token["url"]:
            if not close("[", url=token["url"]):
                pieces.append(token[0])
        elif token["mark"] == "[":
            mark("[", "link", may_open=True, may_close=False)
        elif token["mark"] == "_":
            mark(
                "_",
                "italic",
                may_open=may_open and not before.isalnum(),
                may_close=may_close and not after.isalnum(),
            )
        elif token["mark"] in {"*", "**", "***"}:
            for sign in _stars(len(token["mark"]), waiting):
                mark(sign, "bold" if sign == "**" else "italic", may_open=may_open, may_close=may_close)
        else:
            pieces.append(token[0])
    pieces.append(text[end:])
    return _assembled(pieces, found)


def _stars(count: int, waiting: list[_Open]) -> tuple[str, ...]:
    """Return the markers in a run of stars; of three, the one that was opened last comes first."""
    if count != 3:
        return ("*" * count,)
    return ("*", "**") if waiting and waiting[-1].sign == "*" else ("**", "*")


def _assembled(pieces: list[str], found: list[tuple[int, int, SpanKind, str | None]]) -> RichText:
    offsets = [0]
    for piece in pieces:
        offsets.append(offsets[-1] + len(piece))
    spans = (
        Span(start=offsets[first], length=offsets[last] - offsets[first], kind=kind, url=url)
        for first, last, kind, url in found
    )
    kept = [span for span in spans if span.length]
    return RichText("".join(pieces), tuple(sorted(kept, key=lambda span: (span.start, -span.length))))
