"""The author's words as a learner reads them: with their formatting, and with names put in."""

from collections.abc import Mapping

from academy.places import Place
from i18n import stand_ins
from i18n.catalog import translator
from learners.groups import Group
from learners.people import Person
from lessons.markup import RichText, parse
from lessons.model import Course
from lessons.placeholders import filled


def rich(text: str, place: Place) -> RichText:
    """Return a text of the course with its formatting, as the learner at `place` reads it."""
    if "{" not in text and "}" not in text:
        return parse(text)
    learner = place.learner
    put_in = values(
        person=learner.person,
        group=learner.group,
        course=learner.course,
        facilitator=learner.facilitator,
        lesson_id=place.assignment.lesson_id,
    )
    return filled(parse(text), put_in)


def values(
    *, person: Person, group: Group, course: Course, facilitator: str, lesson_id: str
) -> Mapping[str, str]:
    """Return what is put in for each placeholder; what is missing is said in a word that reads naturally.

    `lesson_id` is the lesson the text stands in, or the last one given; empty for none, and then
    the first one follows.
    """
    words = translator(person.language)
    titles = {lesson.id: lesson.title for lesson in course.lessons}
    ids = list(titles)
    following = ids[ids.index(lesson_id) + 1 :] if lesson_id in titles else ids
    return {
        "name": person.name or stand_ins.learner(words),
        "group": group.name,
        "facilitator": facilitator or stand_ins.facilitator(words),
        "next_lesson": titles[following[0]] if following else stand_ins.after_the_last_lesson(words),
    }
