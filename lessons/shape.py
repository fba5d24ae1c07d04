"""Courses and lessons, from nodes: every key that is known, and what it must hold.

Keys that a later version will use are known here too. Those that a learner would miss are told as
W100, so that nobody waits for a certificate that never comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import time
from zoneinfo import available_timezones

from lessons.convert import Fields, shortened
from lessons.media import Media
from lessons.model import DAILY, WORKDAYS, Course, Lesson, Pace
from lessons.nodes import Mapping, Node, Scalar, Sequence, Source, nearest
from lessons.pictures import Pictures
from lessons.places import Places
from lessons.step_shapes import StepReader
from lessons.steps import Step

_COURSE_KEYS = frozenset(
    [
        "format",
        "id",
        "title",
        "summary",
        "language",
        "translations",
        "version",
        "licence",
        "authors",
        "pace",
        "pass",
        "tries",
        "review",
        "certificate",
        "facilitator",
        "lessons",
        "announcements",
        "localise",
        "source",
        "history",
    ]
)
_LESSON_KEYS = frozenset(
    ["id", "title", "minutes", "goal", "steps", "pass", "needs", "opens", "facilitator", "localise"]
)
_PACE_KEYS = frozenset(["days", "at", "zone", "catch_up", "ahead", "holidays"])
_FACILITATOR_KEYS = frozenset(["notes", "watch_for", "weekly_minutes"])
_NOT_USED_YET = {
    "course": ("review", "certificate", "announcements"),
    "lesson": ("pass", "opens"),
    "`pace`": ("ahead", "holidays"),
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LANGUAGE_FIX = "write the language of the texts, for example `language: en`"


@dataclass(slots=True, kw_only=True)
class Draft:
    """What could be read of a course."""

    course: Course | None
    """None when something without which there is no course is missing."""
    lessons: tuple[Lesson, ...]
    languages: tuple[tuple[str, Scalar], ...]
    """Languages announced under `translations:`, with their place."""
    places: Places
    media: dict[str, Media] = field(default_factory=dict)


def read_course(
    source: Source, root: Node, *, lesson_roots: Iterable[tuple[Source, Node]], pictures: Pictures
) -> Draft:
    """Return the course in `root`, with the lessons of other files after its own.

    A file holds one lesson, or a list of lessons. When `lessons:` lists ids, that is their order.
    """
    places = Places()
    if not isinstance(root, Mapping):
        source.report(
            "E103", "a course starts with keys", at=root, fix="start it with `format: 1`, `id: …`, `title: …`"
        )
        return Draft(course=None, lessons=(), languages=(), places=places)
    fields = Fields(source, root, "course")
    fields.refuse_unknown(_COURSE_KEYS)
    _warn_not_used(fields)
    _check_format(fields)
    tries = fields.whole("tries", default=2, least=1, most=5)
    lessons = _lessons(fields, lesson_roots, tries=tries, places=places, pictures=pictures)
    languages = tuple(
        (node.value.strip(), node)
        for node in fields.items("translations")
        if isinstance(node, Scalar) and node.value
    )
    course = Course(
        id=fields.id(required="write a short name for it, for example `id: energy-basics`"),
        title=fields.text("title", required="write what learners see, for example `title: Save energy`"),
        summary=fields.text("summary"),
        language=_language(fields, required=_LANGUAGE_FIX),
        version=fields.text("version", required="write `version: 1.0.0`, and raise it whenever you publish"),
        licence=fields.text("licence"),
        authors=fields.texts("authors"),
        pace=_pace(fields.mapping("pace")),
        pass_percent=fields.percent("pass", default=70),
        facilitator_notes=_facilitator(fields.mapping("facilitator")),
        lessons=lessons,
        media=dict(pictures.paths),
    )
    places.keep(course, source, root)
    return Draft(course=course, lessons=lessons, languages=languages, places=places, media=pictures.media)


def _lessons(
    fields: Fields,
    lesson_roots: Iterable[tuple[Source, Node]],
    *,
    tries: int,
    places: Places,
    pictures: Pictures,
) -> tuple[Lesson, ...]:
    own: list[Lesson] = []
    order: list[str] = []
    for node in fields.items("lessons"):
        if isinstance(node, Scalar):
            order.append(node.value.strip())
            continue
        lesson = _lesson(fields.source, node, tries=tries, places=places, pictures=pictures)
        if lesson is not None:
            own.append(lesson)
    others: list[Lesson] = []
    for source, root in lesson_roots:
        for node in root.items if isinstance(root, Sequence) else (root,):
            lesson = _lesson(source, node, tries=tries, places=places, pictures=pictures)
            if lesson is not None:
                others.append(lesson)
    _check_order(fields, others)
    ranks = {lesson_id: rank for rank, lesson_id in enumerate(order)}
    others.sort(key=lambda lesson: ranks.get(lesson.id, len(ranks)))
    return (*own, *others)


def _check_order(fields: Fields, lessons: list[Lesson]) -> None:
    known = {lesson.id for lesson in lessons}
    for node in fields.items("lessons"):
        if isinstance(node, Scalar) and node.value.strip() not in known:
            fields.source.report(
                "E154",
                f"no lesson has the id `{node.value.strip()}`",
                at=node,
                fix="write the id of a lesson file, or leave `lessons:` out and number the files",
            )


def _lesson(source: Source, node: Node, *, tries: int, places: Places, pictures: Pictures) -> Lesson | None:
    if not isinstance(node, Mapping):
        source.report(
            "E103", "a lesson has keys", at=node, fix="start it with `id: …`, `title: …` and `steps:`"
        )
        return None
    fields = Fields(source, node, "lesson")
    fields.refuse_unknown(_LESSON_KEYS)
    _warn_not_used(fields)
    lesson_id = fields.id(required="write a short name for it, for example `id: night-load`")
    reader = StepReader(lesson_id=lesson_id, tries=tries, places=places, picture=pictures.check)
    lesson = Lesson(
        id=lesson_id,
        title=fields.text("title", required="write what learners see as its name"),
        minutes=fields.whole("minutes", default=4, least=1, most=60),
        goal=fields.text("goal"),
        steps=_steps(fields, reader),
        facilitator_notes=_facilitator(fields.mapping("facilitator")),
    )
    places.keep(lesson, source, node)
    return lesson


def _steps(fields: Fields, reader: StepReader) -> tuple[Step, ...]:
    steps: list[Step] = []
    nodes = fields.items("steps")
    if not nodes and not isinstance(fields.node.get("steps"), Scalar | Mapping):
        fields.missing("steps", fix="add `steps:` and below it `- say: …`")
    for node in nodes:
        if not isinstance(node, Mapping):
            fields.source.report(
                "E103", "a step has keys", at=node, fix="start it with its kind, for example `- say: …`"
            )
            continue
        step = reader.read(Fields(fields.source, node, "step"))
        if step is not None:
            steps.append(step)
    return tuple(steps)


def _check_format(fields: Fields) -> None:
    if not fields.has("format"):
        fields.missing("format", fix="write `format: 1` as the first line")
    elif fields.text("format") != "1":
        fields.source.report(
            "E107", "this version reads format 1", at=fields.node.values["format"], fix="write `format: 1`"
        )


def _language(fields: Fields, *, required: str) -> str:
    text = fields.text("language", required=required)
    if text and not is_language(text):
        fields.source.report(
            "E104", f"`{text}` is not a language tag", at=fields.node.values["language"], fix=_LANGUAGE_FIX
        )
    return text


def is_language(text: str) -> bool:
    """Tell whether a text has the shape of a BCP 47 tag: `en`, `mn`, `pt-BR`, `mn-Mong`."""
    first, *rest = text.split("-")
    return (
        text.isascii()
        and first.isalpha()
        and first.islower()
        and 2 <= len(first) <= 3
        and len(rest) <= 3
        and all(part.isalnum() and 2 <= len(part) <= 8 for part in rest)
    )


def _pace(fields: Fields | None) -> Pace:
    if fields is None:
        return Pace()
    fields.refuse_unknown(_PACE_KEYS)
    _warn_not_used(fields)
    _check_zone(fields)
    if fields.one_of("catch_up", ("one_at_a_time", "all")) == "all":
        _warn(fields, "catch_up")
    return Pace(weekdays=_weekdays(fields), at=fields.time_of_day("at", default=time(9)))


def _check_zone(fields: Fields) -> None:
    """Lessons come at the learner's own hour; a course may say so, or wish for a zone."""
    zone = fields.text("zone")
    if zone in {"", "learner"}:
        return
    zones = available_timezones()
    if zone in zones:
        _warn(fields, "zone")
        return
    near = nearest(zone, frozenset(zones))
    fields.source.report(
        "E151",
        f"no time zone is called `{shortened(zone)}`",
        at=fields.node.values["zone"],
        fix=f"did you mean `{near}`?" if near else "write a place, for example `zone: Europe/Kyiv`",
    )


def _weekdays(fields: Fields) -> frozenset[int]:
    node = fields.node.get("days")
    if node is None:
        return WORKDAYS
    items = node.items if isinstance(node, Sequence) else [node]
    days: set[int] = set()
    for item in items:
        found = _days(item)
        if found is None:
            fields.source.report(
                "E152",
                "`days` needs weekdays",
                at=item,
                fix="write `workdays`, `daily`, or a list like `[mon, wed, fri]`",
            )
        else:
            days |= found
    return frozenset(days) or WORKDAYS


def _days(node: Node) -> frozenset[int] | None:
    word = node.value.strip().casefold() if isinstance(node, Scalar) else ""
    if word == "workdays":
        return WORKDAYS
    if word == "daily":
        return DAILY
    for number, name in enumerate(_WEEKDAYS):
        if word in {name, name[:3]}:
            return frozenset({number})
    return None


def _facilitator(fields: Fields | None) -> str:
    """Return the notes for facilitators, one paragraph each."""
    if fields is None:
        return ""
    fields.refuse_unknown(_FACILITATOR_KEYS)
    minutes = fields.text("weekly_minutes")
    told = (fields.text("notes"), fields.text("watch_for"), f"Minutes a week: {minutes}." if minutes else "")
    return "\n\n".join(text for text in told if text)


def _warn_not_used(fields: Fields) -> None:
    for key in _NOT_USED_YET[fields.where]:
        if fields.has(key):
            _warn(fields, key)


def _warn(fields: Fields, key: str) -> None:
    fields.source.report(
        "W100",
        f"`{key}` is known but not used yet by this version",
        at=fields.key(key),
        fix="leave it in: a later version will use it",
    )
