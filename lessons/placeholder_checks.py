"""Words in braces that a course may not have, and the texts of its announcements.

A misspelt `{facilitatr}` would reach every learner as it stands, so it is an error, with the word
that was probably meant.
"""

from collections.abc import Iterator

from lessons.limits import Limits
from lessons.markup import parse, refused_links
from lessons.model import BundledAnnouncement, Course
from lessons.nodes import Node, Scalar, Source, nearest
from lessons.placeholders import NAMES, ROOM_UNITS, used
from lessons.places import Part, Places
from lessons.steps import Choose, ChooseAll, Number, Text

_LISTED = ", ".join(f"`{{{name}}}`" for name in NAMES)


def report_unknown(source: Source, node: Node, text: str) -> None:
    """Report what stands in braces and is no placeholder, once for each text."""
    unknown = next((name for name in used(text) if name not in NAMES), None)
    if unknown is None:
        return
    near = nearest(unknown.casefold(), NAMES)
    meant = f"did you mean `{{{near}}}`?" if near else f"use one of {_LISTED}."
    _report(
        source,
        node,
        unknown,
        code="E190",
        message=f"`{{{unknown}}}` is no placeholder",
        fix=f"{meant} Braces that are meant as themselves are doubled: `{{{{{unknown}}}}}`",
    )


def check_others(course: Course, places: Places, *, limits: Limits | None) -> None:
    """Report placeholders where nothing is put in, and what is wrong with the texts of announcements."""
    for part, key, text in _never_filled(course):
        found = next((name for name in used(text) if name in NAMES), None)
        if found is not None:
            _report(
                places.source(part),
                places.value(part, key),
                found,
                code="E191",
                message=f"`{{{found}}}` is not put in here",
                fix="use it in cards, questions and their explanations: not in titles or options",
            )
    for lesson in course.lessons:
        for step in lesson.steps:
            for note in step.known if isinstance(step, (Number, Text)) else ():
                report_unknown(places.source(step), places.of(step).node, note.why)
    for announcement in course.announcements:
        _check_announcement(announcement, places, limits)


def units_of(text: str) -> int:
    """Return the UTF-16 units a text may come to once its placeholders are filled."""
    return len(parse(text).text.encode("utf-16-le", "surrogatepass")) // 2 + ROOM_UNITS * len(used(text))


def _never_filled(course: Course) -> Iterator[tuple[Part, str, str]]:
    """Yield each part in whose text nothing is put in, with the key of the text, and the text."""
    yield course, "title", course.title
    for lesson in course.lessons:
        yield lesson, "title", lesson.title
        for step in lesson.steps:
            for option in step.options if isinstance(step, (Choose, ChooseAll)) else ():
                yield option, "right" if option.right else "wrong", option.text


def _check_announcement(announcement: BundledAnnouncement, places: Places, limits: Limits | None) -> None:
    source, node = places.source(announcement), places.value(announcement, "say")
    report_unknown(source, node, announcement.text)
    for target in refused_links(announcement.text):
        line, column = source.find(node, target) if isinstance(node, Scalar) else (node.line, node.column)
        source.report(
            "E170",
            f"a link to `{target[:40]}` is not allowed",
            line=line,
            column=column,
            length=min(len(target), 40) or 1,
            fix="link to a page that starts with `https://`",
        )
    if limits is None:
        return
    most = limits.caption_chars if announcement.image else limits.text_chars
    units = units_of(announcement.text)
    if units > most:
        what = "a caption" if announcement.image else "a message"
        source.report(
            "E201",
            f"the text has {units} characters; {what} has room for {most}",
            at=places.key(announcement, "say"),
            fix="cut it, or make two announcements of it",
        )


def _report(source: Source, node: Node, name: str, *, code: str, message: str, fix: str) -> None:
    written = f"{{{name}}}"
    line, column = source.find(node, written) if isinstance(node, Scalar) else (node.line, node.column)
    source.report(code, message, line=line, column=column, length=len(written), fix=fix)
