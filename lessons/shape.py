"""Courses and lessons, from nodes: every key that is known, and what it must hold.

Whatever comes in one file or in several ends up here as one course, in one order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lessons import lesson_shapes
from lessons.convert import Fields
from lessons.course_media import CourseMedia
from lessons.media import Media
from lessons.model import Course, Lesson
from lessons.nodes import Mapping, Node, Scalar, Sequence, Source
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
    ["id", "title", "minutes", "goal", "steps", "test", "pass", "needs", "opens", "facilitator", "localise"]
)
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
    source: Source, root: Node, *, lesson_roots: Iterable[tuple[Source, Node]], pictures: CourseMedia
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
    lesson_shapes.warn_not_used(fields)
    _check_format(fields)
    pass_percent = fields.percent("pass", default=70)
    reader = _LessonReader(
        tries=fields.whole("tries", default=2, least=1, most=5),
        review=fields.yes_no("review", default=False),
        pass_percent=pass_percent,
        places=places,
        pictures=pictures,
    )
    lessons = _lessons(fields, lesson_roots, reader)
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
        pace=lesson_shapes.pace(fields.mapping("pace")),
        pass_percent=pass_percent,
        facilitator_notes=lesson_shapes.facilitator(fields.mapping("facilitator")),
        lessons=lessons,
        announcements=lesson_shapes.announcements(
            fields, lesson_ids=[lesson.id for lesson in lessons], places=places, pictures=pictures
        ),
        media=dict(pictures.paths),
    )
    places.keep(course, source, root)
    return Draft(course=course, lessons=lessons, languages=languages, places=places, media=pictures.media)


def _lessons(
    fields: Fields, lesson_roots: Iterable[tuple[Source, Node]], reader: "_LessonReader"
) -> tuple[Lesson, ...]:
    own: list[Lesson] = []
    order: list[str] = []
    for node in fields.items("lessons"):
        if isinstance(node, Scalar):
            order.append(node.value.strip())
            continue
        lesson = reader.read(fields.source, node)
        if lesson is not None:
            own.append(lesson)
    others: list[Lesson] = []
    for source, root in lesson_roots:
        for node in root.items if isinstance(root, Sequence) else (root,):
            lesson = reader.read(source, node)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _LessonReader:
    """Reads lessons, wherever they stand; what a test does not say comes from the course."""

    tries: int
    review: bool
    pass_percent: int
    places: Places
    pictures: CourseMedia

    def read(self, source: Source, node: Node) -> Lesson | None:
        """Return the lesson, or None after reporting why it is none."""
        if not isinstance(node, Mapping):
            source.report(
                "E103", "a lesson has keys", at=node, fix="start it with `id: …`, `title: …` and `steps:`"
            )
            return None
        fields = Fields(source, node, "lesson")
        fields.refuse_unknown(_LESSON_KEYS)
        lesson_shapes.warn_not_used(fields)
        lesson_id = fields.id(required="write a short name for it, for example `id: night-load`")
        is_test = lesson_shapes.is_test(fields)
        steps, variants = self._steps(fields, lesson_id, is_test=is_test)
        lesson = Lesson(
            id=lesson_id,
            title=fields.text("title", required="write what learners see as its name"),
            minutes=fields.whole("minutes", default=4, least=1, most=60),
            goal=fields.text("goal"),
            steps=steps,
            facilitator_notes=lesson_shapes.facilitator(fields.mapping("facilitator")),
            needs=fields.texts("needs"),
            test=lesson_shapes.final_test(
                fields,
                steps=steps,
                variants=variants,
                pass_percent=self.pass_percent,
                tries=self.tries,
                places=self.places,
            )
            if is_test
            else None,
        )
        self.places.keep(lesson, source, node)
        return lesson

    def _steps(
        self, fields: Fields, lesson_id: str, *, is_test: bool
    ) -> tuple[tuple[Step, ...], tuple[tuple[str, ...], ...]]:
        """Return the steps, and the ids of those questions of which a test draws one."""
        reader = StepReader(
            lesson_id=lesson_id,
            tries=self.tries,
            review=self.review,
            places=self.places,
            shelf=self.pictures,
        )
        steps: list[Step] = []
        variants: list[tuple[str, ...]] = []
        nodes = fields.items("steps")
        if not nodes and not isinstance(fields.node.get("steps"), Scalar | Mapping):
            fields.missing("steps", fix="add `steps:` and below it `- say: …`")
        for node in nodes:
            if not isinstance(node, Mapping) or "variants" not in node.keys:
                steps += _read_steps(fields.source, (node,), reader)
                continue
            if not is_test:
                fields.source.report(
                    "E160",
                    "`variants` outside of a test",
                    at=node.keys["variants"],
                    fix="write the questions one after the other, or make the lesson a `test`",
                )
                continue
            group = Fields(fields.source, node, "`variants`")
            group.refuse_unknown({"variants", "note"})
            found = _read_steps(fields.source, group.items("variants"), reader)
            steps += found
            if len(found) > 1:
                variants.append(tuple(step.id for step in found))
        return tuple(steps), tuple(variants)


def _read_steps(source: Source, nodes: Iterable[Node], reader: StepReader) -> list[Step]:
    steps: list[Step] = []
    for node in nodes:
        if not isinstance(node, Mapping):
            source.report(
                "E103", "a step has keys", at=node, fix="start it with its kind, for example `- say: …`"
            )
            continue
        step = reader.read(Fields(source, node, "step"))
        if step is not None:
            steps.append(step)
    return steps


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
