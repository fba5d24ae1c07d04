"""Files of pairs, from nodes: the course's words in another language, beside their source."""

from lessons.buttons import all_fit, button_texts
from lessons.convert import Fields, first_use, shortened
from lessons.limits import Limits
from lessons.model import Course, Pair, Translation
from lessons.nodes import Mapping, Node, Sequence, Source, did_you_mean
from lessons.placeholder_checks import report_unknown
from lessons.places import Places
from lessons.shape import is_language
from lessons.translations import missing_texts, source_texts, stale_pairs

_HEAD_KEYS = frozenset({"language", "of", "draft"})
COURSE_GROUP = "course"
"""The group of the course's own texts: title and summary."""


def read_translation(
    source: Source,
    root: Node,
    *,
    language: str,
    course_language: str,
    lessons: tuple[str, ...],
    places: Places,
) -> Translation | None:
    """Return the pairs in one file, or None after reporting why there are none.

    `language` is what the name of the file says; groups are lesson ids, or `course`.
    """
    if not isinstance(root, Mapping):
        source.report("E103", "a translation starts with keys", at=root, fix="start it with `language: …`")
        return None
    fields = Fields(source, root, "translation")
    written = fields.text("language", required=f"write `language: {language}`")
    if written and (written != language or not is_language(written)):
        source.report(
            "E104",
            f"the file is named for `{language}` and says `{shortened(written)}`",
            at=root.values["language"],
            fix="make the two the same",
        )
    pairs: list[Pair] = []
    for name, node in root.values.items():
        if name in _HEAD_KEYS or source.is_full:
            continue
        if name != COURSE_GROUP and name not in lessons:
            source.report(
                "E301",
                f"no lesson has the id `{shortened(name)}`",
                at=root.keys[name],
                fix=did_you_mean(name, (*lessons, COURSE_GROUP))
                if len(lessons) < 20
                else "write the id of a lesson",
            )
            continue
        group = "" if name == COURSE_GROUP else name
        if not isinstance(node, Sequence):
            fields.wrong_shape(
                name, "a list of pairs", fix=f"write `- {course_language}: …` and `{language}: …` below"
            )
            continue
        for item in node.items:
            pair = _pair(source, item, group=group, languages=(course_language, language))
            if pair is not None:
                places.keep(pair, source, item)
                pairs.append(pair)
    translation = Translation(
        language=language, draft=fields.yes_no("draft", default=False), pairs=tuple(pairs)
    )
    places.keep(translation, source, root)
    return translation


def _pair(source: Source, node: Node, *, group: str, languages: tuple[str, str]) -> Pair | None:
    """Return one pair; a target that is still empty makes none, so the text counts as missing."""
    original, other = languages
    if not isinstance(node, Mapping):
        source.report(
            "E103", "a pair has two keys", at=node, fix=f"write `- {original}: …` and `{other}: …` below"
        )
        return None
    fields = Fields(source, node, "pair")
    fields.refuse_unknown({original, other, "at"})
    at = fields.text("at")
    if at.endswith(".accept"):
        accept = fields.texts(other)
        return Pair(source="", target="", at=at, accept=accept, lesson=group) if accept else None
    if not fields.has(original):
        fields.missing(original, fix=f"write the words of the course after `{original}:`")
        return None
    text, target = fields.text(original), fields.text(other)
    return Pair(source=text, target=target, at=at, lesson=group) if target else None


def check_translation(
    course: Course, translation: Translation, places: Places, *, limits: Limits | None
) -> None:
    """Report pairs that no longer fit, that come twice, and texts that have none."""
    source = places.source(translation)
    seen: dict[tuple[str, str, str], Pair] = {}
    for pair in translation.pairs:
        report_unknown(places.source(pair), places.value(pair, translation.language), pair.target)
        first = seen.setdefault((pair.lesson, pair.at, pair.source), pair)
        if first is not pair:
            earlier = places.key(first, course.language, "at")
            source.report(
                "W301",
                "the same words are translated twice; the first pair is used",
                at=places.key(pair, course.language, "at"),
                label="again",
                fix="remove one, or add `at: <step id>` where they need two translations",
                related=first_use(earlier, length=len(course.language), text="first here"),
            )
    for stale in stale_pairs(course, translation.language):
        near = f": is it “{shortened(stale.nearest)}” now?" if stale.nearest else ""
        source.report(
            "W300",
            "the words of this pair are not in the course any more",
            at=places.value(stale.pair, "at" if stale.pair.accept else course.language),
            fix=f"compare it with the course{near}",
        )
    missing = missing_texts(course, translation.language)
    if missing:
        total = sum(1 for _ in source_texts(course))
        first_missing = missing[0]
        where = f"`{first_missing.lesson}`" if first_missing.lesson else "the course"
        source.report(
            "W302",
            f"{len(missing)} of {total} texts are not translated into `{translation.language}`",
            at=places.key(translation, "language"),
            fix=f"the first is in {where}: “{shortened(first_missing.text)}”",
        )
    if limits is not None:
        _check_buttons(course, translation, places, limits)


def _check_buttons(course: Course, translation: Translation, places: Places, limits: Limits) -> None:
    """Warn where a text has a button of its own in the source and would lose it in translation."""
    on_buttons = {
        (lesson.id, text): step.kind
        for lesson in course.lessons
        for step in lesson.steps
        if all_fit(step, limits)
        for text in button_texts(step)
    }
    for pair in translation.pairs:
        kind = on_buttons.get((pair.lesson, pair.source))
        if kind is None or len(pair.target) <= limits.button_chars:
            continue
        what = "a label" if kind == "link" else "an option"
        written_out = "shorten it, or leave it: the options are then written out as A, B, C"
        places.source(pair).report(
            "W303",
            f"{what} of {len(pair.target)} characters; a button has room for {limits.button_chars}",
            at=places.value(pair, translation.language),
            fix="shorten it: nothing but the button says it" if kind == "link" else written_out,
        )
