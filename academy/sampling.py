"""A first lesson to look at, for somebody who has no code: nothing is kept, the place is in the button."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Final

from sqlalchemy import Connection

from academy.messages.joining import SampleCard
from academy.outgoing import Screen
from academy.saying import say
from i18n import stand_ins
from i18n.catalog import translator
from learners.people import Person
from lessons.markup import RichText, parse
from lessons.model import Course
from lessons.placeholders import filled
from lessons.steps import CARDS
from lessons.translations import apply
from storage import courses

_STARTER: Final = "energy-saving"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The cards of a first lesson; its questions wait for those who join."""

    course: str
    cards: tuple[RichText, ...]
    """Never empty; names are not put in yet."""
    next_lesson: str = ""
    """Title of the second lesson; empty when there is none."""


def sample(tx: Connection, *, language: str) -> Sample | None:
    """Return the sample from the course published last, else from the one that comes along.

    None when there is neither.
    """
    published = courses.versions(tx)
    if published:
        return _sample(courses.course_in(tx, published[-1].id, language))
    shipped = _shipped()
    if shipped is None:
        return None
    return _sample(apply(shipped, language) if language in shipped.languages else shipped)


def show(tx: Connection, *, person: Person, card: int, screen: Screen | None, now: datetime) -> bool:
    """Show a card of the sample, 1-based, in place of the one before; False when there is none such."""
    found = sample(tx, language=person.language)
    if found is None or not 1 <= card <= len(found.cards):
        return False
    words = translator(person.language)
    put_in = {
        "name": person.name or stand_ins.learner(words),
        "group": stand_ins.group(words),
        "facilitator": stand_ins.facilitator(words),
        "next_lesson": found.next_lesson or stand_ins.after_the_last_lesson(words),
    }
    text = filled(found.cards[card - 1], put_in)
    message = SampleCard(course=found.course, card=card, cards=len(found.cards), text=text)
    say(tx, person_id=person.id, message=message, now=now, edits=screen)
    return True


@lru_cache(maxsize=1)
def _shipped() -> Course | None:
    """Return the starter course, read once; None when an installation has left it out."""
    with as_file(files("lessons").joinpath("courses", _STARTER)) as folder:
        # A heavy part that is needed once at most: a service that starts does not wait for it.
        from lessons.reader import read

        return read(folder).course if folder.is_dir() else None


def _sample(course: Course) -> Sample | None:
    # The words carry the lesson; pictures, recordings and the like come with joining.
    told = (step.text for step in course.lessons[0].steps if isinstance(step, CARDS))
    cards = tuple(parse(text) for text in told if text)
    following = course.lessons[1].title if len(course.lessons) > 1 else ""
    return Sample(course=course.title, cards=cards, next_lesson=following) if cards else None
