"""The words in braces that a course text may hold, and what is put in their place.

They are put in after the text was parsed, so a name such as `*Bold*` or `<b>` is letters and never
formatting. `{{` and `}}` are braces that are meant as themselves.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from lessons.markup import RichText, Span

NAMES = ("name", "group", "facilitator", "next_lesson")
"""The learner, their group, whoever helps it, and the title of the lesson that follows."""
ROOM_UNITS = 64
"""UTF-16 units kept free for each; names are cut to as many before they are kept."""

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[A-Za-z_]{1,40})\}")


def used(text: str) -> tuple[str, ...]:
    """Return what stands in single braces, known or not, in the order of the text."""
    if "{" not in text:
        return ()
    return tuple(found["name"] for found in _TOKEN.finditer(text) if found["name"])


def filled(text: RichText, values: Mapping[str, str]) -> RichText:
    """Return the text with `values` in place of their names, and its spans over the same words.

    A name without a value stays as it is written.
    """
    pieces: list[str] = []
    # (start and end in the old text, start and end in the new one) of each piece that was put in.
    moved: list[tuple[int, int, int, int]] = []
    end, length = 0, 0
    for found in _TOKEN.finditer(text.text):
        name = found["name"]
        put_in = found[0][0] if name is None else values.get(name, found[0])
        before = text.text[end : found.start()]
        length += len(before)
        moved.append((found.start(), found.end(), length, length + len(put_in)))
        pieces += (before, put_in)
        length += len(put_in)
        end = found.end()
    if not moved:
        return text
    written = "".join((*pieces, text.text[end:]))
    spans = (_moved(span, moved) for span in text.spans)
    return RichText(written, tuple(span for span in spans if span.length > 0))


def _moved(span: Span, moved: list[tuple[int, int, int, int]]) -> Span:
    start = _offset(span.start, moved, at_end=False)
    return replace(span, start=start, length=_offset(span.start + span.length, moved, at_end=True) - start)


def _offset(old: int, moved: list[tuple[int, int, int, int]], *, at_end: bool) -> int:
    """Return where an offset of the old text is in the new one; inside a name it takes all of the value."""
    shift = 0
    for old_start, old_end, new_start, new_end in moved:
        if old <= old_start:
            break
        if old < old_end:
            return new_end if at_end else new_start
        shift = new_end - old_end
    return old + shift
