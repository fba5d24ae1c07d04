"""Rules across fields: what a course needs so that it can be taught and sent.

Each mistake is told once, where it was written. Rules about good questions and plain words are
warnings and live in `lessons.advice`.
"""

from collections.abc import Iterator
from typing import assert_never

from lessons.arranging import right_lines
from lessons.card_checks import card_texts, check_label, units_beside
from lessons.convert import first_use, shortened
from lessons.limits import Limits
from lessons.markup import refused_links
from lessons.model import Course, Lesson
from lessons.nodes import Mapping, Node, Scalar, Sequence, Source
from lessons.placeholder_checks import check_others, report_unknown, units_of
from lessons.places import Places
from lessons.steps import (
    CARDS,
    AnyQuestion,
    Audio,
    Choose,
    ChooseAll,
    File,
    Image,
    Link,
    Match,
    More,
    Number,
    Open,
    Option,
    Order,
    Poll,
    Rate,
    Reflect,
    Say,
    Step,
    Text,
    TrueFalse,
    Video,
)

RESERVED_LESSON_IDS = frozenset({"course", "draft", "language", "of"})
"""Keys of translation files, so no lesson can be called so."""
HEADING_UNITS = 60
"""UTF-16 units kept free for "Lesson 3 of 10. Card 2 of 4" and the like."""
_OPTIONS_LEAST, _OPTIONS_MOST = 2, 10
UNITS_A_CHAR_AT_MOST = 12
"""More than a character ever comes to once its Markdown is read: in UTF-16 it is two, and insets and breaks
are added around the shortest of lines. Only a placeholder comes to more."""
_LISTING = (Choose, ChooseAll, Order, Match, Poll)
"""For `isinstance`: what shows more beside its words."""


def check_course(course: Course, places: Places, *, limits: Limits | None) -> None:
    """Report what is wrong with the course as a whole to the sources it was read from.

    Without `limits` nothing is said about lengths.
    """
    # Written in another shape or under a misspelt key, it was told already.
    if not course.lessons and not _lessons_were_told(course, places):
        source = places.source(course)
        source.report(
            "E102",
            "a course needs at least one lesson",
            at=places.key(course, "lessons"),
            fix="add `lessons:` with `- id: …`, or a lesson file such as `01-first.yaml`",
        )
    _check_lesson_ids(course, places)
    _check_needs(course, places)
    _check_step_ids(course, places)
    for lesson in course.lessons:
        for step in lesson.steps:
            if isinstance(step, (Choose, ChooseAll)):
                _check_options(step, places)
            if isinstance(step, Link) and limits is not None:
                check_label(step, places, limits=limits)
            source, most = places.source(step), None if limits is None else room(step, limits)
            for key, node, text in texts_of(step, places):
                # Asked here, because most texts have none of these and there are very many texts.
                if ":" in text or "](" in text:
                    _check_links(source, node, text)
                if "{" in text:
                    report_unknown(source, node, text)
                if most is not None:
                    _check_length(step, key, text, places, most)
    check_others(course, places, limits=limits)


def _lessons_were_told(course: Course, places: Places) -> bool:
    node = places.of(course).node
    if not isinstance(node, Mapping):
        return False
    written = isinstance(node.get("lessons"), Mapping | Scalar)
    return written or places.source(course).is_misspelt(node, "lessons")


def texts_of(step: Step, places: Places) -> tuple[tuple[str, Node, str], ...]:
    """Return key, node and text of everything learners read in a step, in the order of the model."""
    found = places.texts.get(id(step))
    if found is None:
        found = places.texts[id(step)] = tuple(_texts_of(step, places))
    return found


def _texts_of(step: Step, places: Places) -> Iterator[tuple[str, Node, str]]:
    match step:
        case Say() | Image() | Audio() | Video() | File() | More() | Link():
            yield from card_texts(step, places)
        case Poll() | Rate() | Reflect():
            yield step.kind, places.value(step, step.kind), step.prompt
        case Choose() | ChooseAll() | TrueFalse() | Number() | Text() | Order() | Match() | Open():
            yield step.kind, places.value(step, step.kind), step.prompt
            if isinstance(step, Open) and step.model_answer:
                yield "model_answer", places.value(step, "model_answer"), step.model_answer
            if isinstance(step, (Choose, ChooseAll)):
                for option in step.options:
                    if option.why:
                        yield "why", places.value(option, "why"), option.why
            for index, hint in enumerate(step.hints):
                yield "hint", places.value(step, "hint", index=index), hint
            if isinstance(step, (TrueFalse, Order, Match)) and step.why:
                yield "why", places.value(step, "why"), step.why
            if step.explain:
                yield "explain", places.value(step, "explain"), step.explain
        case _:
            assert_never(step)


def utf16_units(text: str) -> int:
    """Return the length as Telegram counts it: characters beyond U+FFFF are two."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def _check_lesson_ids(course: Course, places: Places) -> None:
    seen: dict[str, Lesson] = {}
    for lesson in course.lessons:
        if not lesson.id:
            continue
        source, node = places.source(lesson), places.value(lesson, "id")
        if lesson.id in RESERVED_LESSON_IDS:
            source.report(
                "E123", f"a lesson cannot be called `{lesson.id}`", at=node, fix="choose another id"
            )
        first = seen.setdefault(lesson.id, lesson)
        if first is not lesson:
            _report_doubled(places, lesson, first, what="lessons", doubled=lesson.id, code="E121")


def _check_step_ids(course: Course, places: Places) -> None:
    seen: dict[str, Step] = {}
    for lesson in course.lessons:
        for step in lesson.steps:
            first = seen.setdefault(step.id, step)
            if first is step:
                continue
            # Ids made of the lesson's are doubled when that one is, which was told already.
            if any(places.scalar(part, "id") is not None for part in (first, step)):
                what = "questions" if not isinstance(first, CARDS) else "steps"
                _report_doubled(places, step, first, what=what, doubled=step.id, code="E120")


def _report_doubled(
    places: Places, part: Lesson | Step, first: Lesson | Step, *, what: str, doubled: str, code: str
) -> None:
    source, earlier = places.source(part), places.value(first, "id")
    same_file = places.source(first) is source
    told = "" if same_file else f", first in {places.source(first).path}:{earlier.line}"
    source.report(
        code,
        f"two {what} have the id `{doubled}`{told}",
        at=places.value(part, "id"),
        label="used again",
        fix=f"rename one, for example `{doubled}-2`. Ids must not change once learners have answered",
        related=first_use(earlier, length=len(doubled), text="first used here") if same_file else (),
    )


def _check_needs(course: Course, places: Places) -> None:
    """A needed lesson exists and comes earlier, which also rules out a circle."""
    ranks = {lesson.id: rank for rank, lesson in enumerate(course.lessons)}
    for rank, lesson in enumerate(course.lessons):
        node = places.of(lesson).node
        needs = node.get("needs") if isinstance(node, Mapping) else None
        items = needs.items if isinstance(needs, Sequence) else [needs] if needs is not None else []
        for item in items:
            needed = item.value.strip() if isinstance(item, Scalar) else ""
            source = places.source(lesson)
            if needed not in ranks:
                source.report(
                    "E154",
                    f"no lesson has the id `{shortened(needed)}`",
                    at=item,
                    fix="write the id of a lesson",
                )
            elif ranks[needed] >= rank:
                source.report(
                    "E155",
                    f"`{lesson.id}` needs `{needed}`, which does not come before it",
                    at=item,
                    fix="change the order of the lessons, or remove one of the two `needs`",
                )


def _check_options(question: Choose | ChooseAll, places: Places) -> None:
    source, at = places.source(question), places.key(question, question.kind)
    written = places.of(question).node
    listed = written.get("options") if isinstance(written, Mapping) else None
    if isinstance(listed, Sequence) and len(listed.items) != len(question.options):
        # An option was refused already; counting the rest would tell the same mistake again.
        return
    right = sum(option.right for option in question.options)
    if not _OPTIONS_LEAST <= len(question.options) <= _OPTIONS_MOST:
        source.report(
            "E142",
            f"`{question.kind}` needs {_OPTIONS_LEAST} to {_OPTIONS_MOST} options; "
            f"this one has {len(question.options)}",
            at=at,
            fix="three are best: one right, two wrong",
        )
    elif isinstance(question, Choose) and right != 1:
        source.report(
            "E140",
            f"`choose` needs exactly one `right` option; this one has {right}",
            at=at,
            fix="change one `wrong` to `right`" if right == 0 else "keep one `right`, or write `choose_all`",
        )
    elif right == 0:
        source.report(
            "E140",
            "`choose_all` needs at least one `right` option; this one has 0",
            at=at,
            fix="change one `wrong` to `right`",
        )
    seen: dict[str, Option] = {}
    for option in question.options:
        first = seen.setdefault(option.text.casefold(), option)
        if first is not option:
            earlier = places.value(first, "right" if first.right else "wrong")
            source.report(
                "E143",
                "two options say the same",
                at=places.value(option, "right" if option.right else "wrong"),
                label="again",
                fix="change or remove one of them",
                related=first_use(earlier, length=source.length_of(earlier), text="first here"),
            )


def _check_links(source: Source, node: Node, text: str) -> None:
    for target in refused_links(text):
        line, column = source.find(node, target) if isinstance(node, Scalar) else (node.line, node.column)
        source.report(
            "E170",
            f"a link to `{shortened(target)}` is not allowed",
            line=line,
            column=column,
            length=min(len(target), 40) or 1,
            fix="link to a page that starts with `https://` and a name people can read",
        )


def _check_length(step: Step, key: str, text: str, places: Places, most: int) -> None:
    if len(text) <= most // 2 - HEADING_UNITS and not isinstance(step, _LISTING):
        return
    others = 0
    if isinstance(step, Choose | ChooseAll) and key == step.kind:
        # Options that do not fit on buttons are written out under the question.
        others = sum(utf16_units(option.text) + 4 for option in step.options)
    elif isinstance(step, Order | Match) and key == step.kind:
        # The verdict shows what was placed and, below it, the right answer.
        others = 2 * sum(utf16_units(line) + 4 for line in right_lines(step))
    elif isinstance(step, Poll):
        others = sum(utf16_units(option) + 4 for option in step.options)
    elif isinstance(step, CARDS):
        others = units_beside(step, key)
        if others > most:
            # Told already, of the text in front of this one.
            return
    if "{" not in text and len(text) * UNITS_A_CHAR_AT_MOST + others <= most:
        return
    units = units_of(text)
    if units + others > most:
        node = places.key(step, key)
        what = "a caption" if _has_media(step) else "a message"
        places.source(step).report(
            "E201",
            f"the text has {units + others} characters; {what} has room for {most}",
            at=node,
            fix="cut it, or make two cards of it",
        )


def room(step: Step, limits: Limits) -> int:
    """Return how many UTF-16 units a text of this step may have, headings taken off."""
    return (limits.caption_chars if _has_media(step) else limits.text_chars) - HEADING_UNITS


def _has_media(step: Step | AnyQuestion) -> bool:
    if isinstance(step, CARDS):
        return isinstance(step, (Image, Audio, Video, File))
    return step.image is not None
