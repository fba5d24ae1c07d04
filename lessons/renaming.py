"""A course under the ids that its answers are kept under.

An author who changes an id changes what the thing is, unless they say that it is the same: then the
course is kept under the id it had, and everything recorded under that stays its own.
"""

from collections.abc import Mapping
from dataclasses import replace

from lessons.model import BundledAnnouncement, Course, Lesson, Pair


def with_ids(course: Course, renamed: Mapping[str, str]) -> Course:
    """Return the course with ids taken back: `renamed` maps an id as written to the one it is kept under.

    Lessons, steps, and whatever names them change alike. An id that the course already has for
    something else is never given twice: that entry is left out.
    """
    present = {lesson.id for lesson in course.lessons}
    present |= {step.id for lesson in course.lessons for step in lesson.steps}
    ids = {written: kept for written, kept in renamed.items() if written in present and kept not in present}
    if not ids:
        return course
    return replace(
        course,
        lessons=tuple(_lesson(lesson, ids) for lesson in course.lessons),
        announcements=tuple(_announcement(one, ids) for one in course.announcements),
        translations=tuple(
            replace(one, pairs=tuple(_pair(pair, ids) for pair in one.pairs)) for one in course.translations
        ),
    )


def _lesson(lesson: Lesson, ids: Mapping[str, str]) -> Lesson:
    return replace(
        lesson,
        id=ids.get(lesson.id, lesson.id),
        needs=tuple(ids.get(needed, needed) for needed in lesson.needs),
        steps=tuple(replace(step, id=ids.get(step.id, step.id)) for step in lesson.steps),
    )


def _announcement(announcement: BundledAnnouncement, ids: Mapping[str, str]) -> BundledAnnouncement:
    return replace(announcement, lesson=ids.get(announcement.lesson, announcement.lesson))


def _pair(pair: Pair, ids: Mapping[str, str]) -> Pair:
    step, dot, rest = pair.at.partition(".")
    return replace(pair, at=ids.get(step, step) + dot + rest, lesson=ids.get(pair.lesson, pair.lesson))
