"""The parts around steps, from nodes: the pace of a course, final tests, notes, announcements.

Keys that a later version will use are known here too. Those that a learner would miss are told as
W100, so that nobody waits for a certificate that never comes.
"""

import re
from collections.abc import Sequence as AnySequence
from datetime import time
from typing import Literal, cast

from lessons.convert import Fields, first_use, shortened
from lessons.course_media import CourseMedia
from lessons.model import DAILY, WORKDAYS, BundledAnnouncement, FinalTest, Pace
from lessons.nodes import Mapping, Node, Scalar, Sequence, nearest
from lessons.places import Places
from lessons.steps import CARDS, SURVEYS, Open, Step

PACE_KEYS = frozenset(["days", "at", "zone", "catch_up", "ahead", "holidays"])
FACILITATOR_KEYS = frozenset(["notes", "watch_for", "weekly_minutes"])
TEST_KEYS = frozenset(["draw", "pass", "tries", "retake"])
ANNOUNCEMENT_KEYS = frozenset(["id", "when", "to", "say", "image", "alt", "auto"])
WHEN_KEYS = frozenset(["after_lesson", "before_lesson", "day", "days", "at"])
DAYS_AT_MOST = 365
_NOT_USED_YET = {
    "course": ("certificate",),
    "lesson": ("pass", "opens"),
    "`pace`": ("holidays",),
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RETAKE = re.compile(r"(\d{1,2})(?: *(?:learning )?days?)?")
_WHEN_FIX = (
    "write `start`, `end`, `{after_lesson: …}`, `{before_lesson: …, days: 1}` or `{day: 5, at: 09:00}`"
)

WhenWord = Literal["start", "end", "after_lesson", "before_lesson", "day"]


def pace(fields: Fields | None) -> Pace:
    """Return how often lessons come."""
    if fields is None:
        return Pace()
    fields.refuse_unknown(PACE_KEYS)
    warn_not_used(fields)
    _check_zone(fields)
    catch_up = fields.one_of("catch_up", ("one_at_a_time", "all"))
    return Pace(
        weekdays=_weekdays(fields),
        at=fields.time_of_day("at", default=time(9)),
        catch_up="all" if catch_up == "all" else "one_at_a_time",
        ahead=fields.yes_no("ahead", default=False),
    )


def facilitator(fields: Fields | None) -> str:
    """Return the notes for facilitators, one paragraph each."""
    if fields is None:
        return ""
    fields.refuse_unknown(FACILITATOR_KEYS)
    minutes = fields.text("weekly_minutes")
    told = (fields.text("notes"), fields.text("watch_for"), f"Minutes a week: {minutes}." if minutes else "")
    return "\n\n".join(text for text in told if text)


def is_test(lesson: Fields) -> bool:
    """Tell whether a lesson is written as a test; what its `test` says is read by `final_test`."""
    node = lesson.node.get("test")
    if node is None or isinstance(node, Mapping):
        return node is not None
    return lesson.yes_no("test", default=False)


def final_test(
    lesson: Fields,
    *,
    steps: AnySequence[Step],
    variants: tuple[tuple[str, ...], ...],
    pass_percent: int,
    tries: int,
    places: Places,
) -> FinalTest | None:
    """Return what makes this lesson a test, or None after reporting why it can be none.

    `variants` are the ids of questions of which one is drawn; `pass_percent` and `tries` are the
    course's own, for what the test does not say.
    """
    asked = [step for step in steps if _is_marked_by_itself(step, places)]
    pool = len(asked) - sum(len(group) - 1 for group in variants)
    if pool < 1:
        lesson.source.report(
            "E162",
            "a test needs questions",
            at=lesson.key("test"),
            fix="add some: `choose`, `choose_all`, `true_false`, `number`, `text`, `order` or `match`",
        )
        return None
    written = lesson.node.get("test")
    fields = Fields(lesson.source, written, "`test`") if isinstance(written, Mapping) else None
    if fields is None:
        return FinalTest(draw=pool, pass_percent=pass_percent, attempts=tries, variants=variants)
    fields.refuse_unknown(TEST_KEYS)
    return FinalTest(
        draw=fields.whole("draw", default=pool, least=1, most=pool),
        pass_percent=fields.percent("pass", default=pass_percent),
        attempts=fields.whole("tries", default=tries, least=1, most=5),
        retake_after_days=_retake(fields),
        variants=variants,
    )


def announcements(
    course: Fields, *, lesson_ids: AnySequence[str], places: Places, pictures: CourseMedia
) -> tuple[BundledAnnouncement, ...]:
    """Return the announcements that travel with the course, in the author's order."""
    found: list[BundledAnnouncement] = []
    first: dict[str, Node] = {}
    for node in course.items("announcements"):
        if not isinstance(node, Mapping):
            course.source.report(
                "E103",
                "an announcement has keys",
                at=node,
                fix="start it with `id: …`, `when: …` and `say: …`",
            )
            continue
        fields = Fields(course.source, node, "announcement")
        made = _announcement(fields, lesson_ids=lesson_ids, pictures=pictures)
        written = node.get("id") or node
        if made.id and (earlier := first.setdefault(made.id, written)) is not written:
            course.source.report(
                "E164",
                f"two announcements have the id `{made.id}`",
                at=written,
                label="used again",
                fix=f"rename one, for example `{made.id}-2`",
                related=first_use(earlier, length=len(made.id), text="first used here"),
            )
        places.keep(made, course.source, node)
        found.append(made)
    return tuple(found)


def warn_not_used(fields: Fields) -> None:
    """Tell which known keys have no effect yet."""
    for key in _NOT_USED_YET[fields.where]:
        if fields.has(key):
            _warn(fields, key)


def _is_marked_by_itself(step: Step, places: Places) -> bool:
    """Tell whether a step is a question of the pool; reports what has no place in a test."""
    source = places.source(step)
    if isinstance(step, (*SURVEYS, Open)):
        source.report(
            "E161",
            f"`{step.kind}` in a test: its answers cannot be marked at once",
            at=places.key(step, step.kind),
            fix="put it into the lesson before or after the test",
        )
        return False
    node = places.of(step).node
    for key in ("hint", "tries"):
        if isinstance(node, Mapping) and key in node.keys:
            source.report(
                "E163",
                f"`{key}` in a test: each of its questions has one try and no hint",
                at=node.keys[key],
                fix="leave it out; how often the test may be taken is `tries` under `test:`",
            )
    return not isinstance(step, CARDS)


def _retake(fields: Fields) -> int:
    """Return learning days until a test comes again: `1 day`, `3 days`, `0`."""
    if not fields.has("retake"):
        return 1
    text = fields.text("retake")
    found = _RETAKE.fullmatch(text.strip())
    if found is None or int(found[1]) > 30:
        fields.source.report(
            "E104",
            "`retake` needs learning days, 0 to 30",
            at=fields.node.values["retake"],
            fix="write it like `retake: 1 day`",
        )
        return 1
    return int(found[1])


def _announcement(
    fields: Fields, *, lesson_ids: AnySequence[str], pictures: CourseMedia
) -> BundledAnnouncement:
    fields.refuse_unknown(ANNOUNCEMENT_KEYS)
    # For whom: everybody in the group so far; the word is there to be read, and for later ones.
    fields.one_of("to", ("everybody",))
    image = pictures.picture(fields, "image") if fields.has("image") else None
    alt = fields.text("alt")
    if image is not None and not alt:
        fields.source.report(
            "E130",
            "a picture without `alt`",
            at=fields.key("image"),
            fix="add `alt:` and say what the picture shows, for those who do not see it",
        )
    when, lesson, days, at = _when(fields, lesson_ids)
    return BundledAnnouncement(
        id=fields.id(required="write a short name for it, for example `id: welcome`"),
        when=when,
        lesson=lesson,
        days=days,
        at=at,
        text=fields.text("say", required="write what the announcement says"),
        image=image,
        alt=alt,
        auto=fields.yes_no("auto", default=False),
    )


def _when(announcement: Fields, lesson_ids: AnySequence[str]) -> tuple[WhenWord, str, int, time | None]:
    """Return the occasion, the lesson it is about, the days and the hour; reports what cannot be read."""
    node = announcement.node.get("when")
    if node is None:
        announcement.missing("when", fix=_WHEN_FIX)
        return "start", "", 0, None
    if isinstance(node, Scalar) and node.value.strip() in {"start", "end"}:
        return cast("WhenWord", node.value.strip()), "", 0, None
    named = [
        key
        for key in ("after_lesson", "before_lesson", "day")
        if isinstance(node, Mapping) and key in node.keys
    ]
    if not isinstance(node, Mapping) or len(named) != 1:
        announcement.source.report("E165", "`when` is not a moment of the course", at=node, fix=_WHEN_FIX)
        return "start", "", 0, None
    fields = Fields(announcement.source, node, "`when`")
    (occasion,) = named
    used = {"day": {"day", "at"}, "after_lesson": {"after_lesson", "at"}}
    fields.refuse_unknown(used.get(occasion, WHEN_KEYS - {"day", "after_lesson"}))
    at = fields.time_of_day("at", default=time(9)) if fields.has("at") else None
    if occasion == "day":
        return "day", "", fields.whole("day", default=1, least=1, most=DAYS_AT_MOST), at
    lesson = fields.text(occasion)
    if lesson not in lesson_ids:
        near = nearest(lesson, tuple(lesson_ids))
        fields.source.report(
            "E154",
            f"no lesson has the id `{shortened(lesson)}`",
            at=node.values[occasion],
            fix=f"did you mean `{near}`?" if near else "write the id of a lesson",
        )
    days = fields.whole("days", default=1, least=0, most=DAYS_AT_MOST) if occasion == "before_lesson" else 0
    return cast("WhenWord", occasion), lesson, days, at


def _check_zone(fields: Fields) -> None:
    """Lessons come at the learner's own hour; a course may say so, or wish for a zone."""
    zone = fields.text("zone")
    if zone in {"", "learner"}:
        return
    # A heavy part, and nearly no course asks for a zone.
    from zoneinfo import available_timezones

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


def _warn(fields: Fields, key: str) -> None:
    fields.source.report(
        "W100",
        f"`{key}` is known but not used yet by this version",
        at=fields.key(key),
        fix="leave it in: a later version will use it",
    )
