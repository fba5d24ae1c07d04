"""Which questions of a test's pool one learner gets, and the lesson as they then see it.

A draw is made once for each attempt and remembered; nothing here remembers it. It follows from the
key alone, so no random generator, which may change between Python versions, has to be kept.
"""

from collections.abc import Collection
from dataclasses import replace
from hashlib import sha256

from lessons.model import Lesson
from lessons.steps import CARDS, SURVEYS


def draw(lesson: Lesson, *, key: str, seen: Collection[str] = ()) -> tuple[str, ...]:
    """Return the ids of the questions drawn for `key`, in the author's order; empty for no test.

    Of variants one is drawn. What is in `seen`, ids of questions this learner had before, comes
    only when everything else is used up.
    """
    if lesson.test is None:
        return ()

    def rank(identity: str) -> tuple[bool, bytes]:
        return identity in seen, sha256(f"{key}:{identity}".encode()).digest()

    grouped = {identity for group in lesson.test.variants for identity in group}
    alone = [(question.id,) for question in lesson.questions if question.id not in grouped]
    picked = [min(group, key=rank) for group in (*lesson.test.variants, *alone)]
    chosen = set(sorted(picked, key=rank)[: lesson.test.draw])
    return tuple(question.id for question in lesson.questions if question.id in chosen)


def drawn_lesson(lesson: Lesson, drawn: Collection[str]) -> Lesson:
    """Return a test with the questions that were drawn, each with one try and without hints.

    A test measures what somebody knows: a hint, or a second try after "not yet", would measure
    something else, and would tell the next learner more than the one before. Other lessons, and a
    test nothing was drawn for yet, come back as they are.
    """
    if lesson.test is None or not drawn:
        return lesson
    steps = tuple(
        step if isinstance(step, (*CARDS, *SURVEYS)) else replace(step, tries=1, hints=())
        for step in lesson.steps
        if isinstance(step, CARDS) or step.id in drawn
    )
    return replace(lesson, steps=steps)
