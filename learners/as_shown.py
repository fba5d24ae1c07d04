"""A course as one learner has met it: each lesson in the version in which it was given to them.

Somebody who goes on in a new version has answered the old one's questions. What they reached is
counted by the questions they were asked, so a question that came later never lowers a score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from learners.records import Assignment
from lessons.model import Course, Lesson


def as_shown(course: Course, *, assignments: Sequence[Assignment], versions: Mapping[int, Course]) -> Course:
    """Return `course`, the version of the enrollment, with the lessons that were given as they were given.

    `versions` maps version ids to courses; a version that is not in it counts as `course`. Lessons
    that the course no longer has stay left out. Of a question that has moved to another lesson since,
    the newer place counts.
    """
    given: dict[str, Lesson] = {}
    for one in assignments:
        version = versions.get(one.course_version_id, course)
        if version is course or version == course:
            continue
        found = next((lesson for lesson in version.lessons if lesson.id == one.lesson_id), None)
        if found is not None:
            given[one.lesson_id] = found
    if not given:
        return course
    asked_now = {step.id: lesson.id for lesson in course.lessons for step in lesson.steps}
    return replace(
        course,
        lessons=tuple(
            _without(given[lesson.id], asked_now) if lesson.id in given else lesson
            for lesson in course.lessons
        ),
    )


def _without(lesson: Lesson, asked_now: Mapping[str, str]) -> Lesson:
    """Return the lesson without the steps that another lesson has now."""
    steps = tuple(step for step in lesson.steps if asked_now.get(step.id, lesson.id) == lesson.id)
    return lesson if len(steps) == len(lesson.steps) else replace(lesson, steps=steps)
