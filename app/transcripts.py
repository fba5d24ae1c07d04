"""A conversation from the preview as Markdown, for whoever was not there.

Whatever was said is text here: signs that mean something in Markdown or HTML are escaped, so a
transcript can be shown anywhere and holds no page of its own.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from lessons.model import Course
from preview.diary import Entry, Moved, Noted, Pressed, Said, Wrote
from preview.workbench import SavedFile

_ANYWHERE = re.compile(r"[\\`*_\[\]<>&|~]")
_AT_LINE_START = re.compile(r"^(\s*)([#+=-]|\d{1,9}(?=[.)]))", re.MULTILINE)
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff\ufeff\ufffe\uffff]")
"""Characters that no file of ours may hold: control characters, and those that turn text round."""
_UNSAFE_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


def transcript_of(
    entries: Sequence[Entry], *, person: str, bot: str, course: Course, version: str, zone: ZoneInfo
) -> SavedFile:
    """Return the conversation that the entries tell, with times in `zone` by the preview's clock.

    Buttons stand in brackets below what they belong to; those that were pressed have a ✓.
    """
    names = f"{escaped(person)} and {escaped(bot)}, version {escaped(version)}"
    lines = [
        f"# {escaped(course.title)}",
        "",
        f"{names}. Times are those of the preview’s clock, {zone}.",
    ]
    day: date | None = None
    for place, entry in enumerate(entries):
        told = "\n".join(_told(entry, later=entries[place + 1 :], person=person, bot=bot, zone=zone))
        if not told:
            continue
        local = entry.at.astimezone(zone)
        if local.date() != day:
            day = local.date()
            lines += ["", f"## {_day(local)}"]
        lines += ["", told]
    first = entries[0].at.astimezone(zone).date().isoformat() if entries else "empty"
    name = f"{course.id}-{file_name(person)}-{first}.md"
    return SavedFile(name=name, content="\n".join(lines) + "\n")


def escaped(words: str) -> str:
    """Return words for the middle of a line, in which nothing is Markdown or HTML."""
    return _ANYWHERE.sub(r"\\\g<0>", " ".join(named(words).split()))


def paragraphs(text: str) -> str:
    """Return lines of text in which nothing is Markdown or HTML; line breaks stay line breaks."""
    plain = _ANYWHERE.sub(r"\\\g<0>", named(text))
    plain = _AT_LINE_START.sub(lambda found: _escaped_start(found[1], found[2]), plain)
    # Two spaces: a line break inside a paragraph.
    return re.sub(r"(?<!\n)\n(?!\n)", "  \n", plain)


def named(text: str) -> str:
    """Return a text in which characters that no file may hold have names: `<U+202E>`."""
    return _REFUSED.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def file_name(words: str) -> str:
    """Return words as a part of a file name on any system: letters, digits and dashes."""
    return _UNSAFE_IN_NAMES.sub("-", words).strip("-.").lower()[:40] or "phone"


def _told(entry: Entry, *, later: Sequence[Entry], person: str, bot: str, zone: ZoneInfo) -> Iterator[str]:
    time = f"{entry.at.astimezone(zone):%H:%M}"
    match entry:
        case Said(only_buttons=True):
            return
        case Said(bubble=bubble, changed=changed):
            yield f"**{time} {escaped(bot)}**" + (" (changed)" if changed else "")
            if bubble.media:
                yield f"\n*{escaped(bubble.media)}*"
            if bubble.text:
                yield f"\n{paragraphs(bubble.text)}"
            if bubble.labels:
                pressed = _pressed(bubble.message_id, later)
                rows = (" ".join(_button(label, pressed) for label in row) for row in bubble.labels)
                yield "\n" + "  \n".join(rows)
        case Wrote(bubble=bubble):
            yield f"**{time} {escaped(person)}**"
            if bubble.media:
                yield f"\n*{escaped(bubble.media)}*"
            if bubble.text:
                yield f"\n{paragraphs(bubble.text)}"
        case Pressed(label=label):
            yield f"**{time} {escaped(person)}** presses [{escaped(label)}]"
        case Moved():
            yield f"*The clock was moved to {time}.*"
        case Noted(what="jumped", words=words):
            yield f"*{time} Jumped to {escaped(words)}.*"
        case Noted(words=words):
            yield f"*{time} The course was saved, version {escaped(words)}.*"
        case _:
            assert_never(entry)


def _pressed(message_id: int, later: Sequence[Entry]) -> frozenset[str]:
    """Return the labels that were pressed on a message while it stood like this."""
    found = set()
    for entry in later:
        if isinstance(entry, Said) and entry.bubble.message_id == message_id:
            break
        if isinstance(entry, Pressed) and entry.message_id == message_id:
            found.add(entry.label)
    return frozenset(found)


def _button(label: str, pressed: frozenset[str]) -> str:
    return f"[{escaped(label)}]" + (" ✓" if label in pressed else "")


def _escaped_start(space: str, sign: str) -> str:
    # `1.` begins a list; a digit cannot be escaped, the dot behind it can.
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"


def _day(moment: datetime) -> str:
    return f"{moment:%A} {moment.day} {moment:%B %Y}"
