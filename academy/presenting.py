"""Steps of a lesson as messages: what a learner sees before they have answered.

Nothing is kept here. The same place always looks the same, so a message that was lost can be
said again, and the order of options needs no table: it follows from the enrollment and the question.
"""

from typing import Literal, assert_never

from sqlalchemy import Connection

from academy import arrangement, enclosing
from academy.messages.learning import CardShown, Choice, LessonOffer, Picture, QuestionShown
from academy.messages.testing import AboutTest
from academy.places import Learner, Place
from academy.wording import rich
from learners.records import Assignment
from lessons.markup import RichText, Span, parse
from lessons.model import Lesson
from lessons.steps import (
    CARDS,
    AnyQuestion,
    Choose,
    ChooseAll,
    Image,
    Match,
    Number,
    Open,
    Order,
    Text,
    TrueFalse,
)
from storage import courses


def offer(
    learner: Learner,
    assignment: Assignment,
    *,
    occasion: Literal["new", "still_here", "as_asked", "back"] = "new",
) -> LessonOffer:
    """Return the offer of a lesson."""
    lesson = learner.course.lesson(assignment.lesson_id)
    return LessonOffer(
        assignment_id=assignment.id,
        lesson=learner.number_of(lesson.id),
        lessons=len(learner.course.lessons),
        title=lesson.title,
        minutes=lesson.minutes,
        occasion=occasion,
        test=_about_test(lesson, assignment),
    )


def _about_test(lesson: Lesson, assignment: Assignment) -> AboutTest | None:
    if lesson.test is None:
        return None
    return AboutTest(
        questions=lesson.test.draw,
        pass_percent=lesson.test.pass_percent,
        attempt=assignment.attempt,
        attempts=lesson.test.attempts,
    )


def card(tx: Connection, place: Place, *, step: int, again: bool = False) -> CardShown:
    """Return the card at `step`; TypeError when a question stands there."""
    shown = place.lesson.steps[step]
    cards = [number for number, one in enumerate(place.lesson.steps) if isinstance(one, CARDS)]
    if not isinstance(shown, CARDS):
        raise TypeError(f"step {step} of {place.lesson.id} is no card")
    return CardShown(
        assignment_id=place.assignment.id,
        step=step,
        lesson=place.learner.number_of(place.lesson.id),
        lessons=len(place.learner.course.lessons),
        card=cards.index(step) + 1,
        cards=len(cards),
        title=place.lesson.title if step == 0 else "",
        text=rich(shown.text, place),
        picture=picture_of(tx, place, path=shown.path, alt=shown.alt) if isinstance(shown, Image) else None,
        enclosure=enclosing.enclosure_of(tx, place, shown),
        transcript=enclosing.transcript_of(place, shown),
        folded=enclosing.folded_of(place, shown),
        link=enclosing.link_of(shown),
        text_only=place.learner.person.text_only,
        again=again,
        last=step == len(place.lesson.steps) - 1,
    )


def question(tx: Connection, place: Place, asked: AnyQuestion) -> QuestionShown:
    """Return the question the learner is at, with the ticks and hints of the current try."""
    number, of = numbered(place, asked)
    hints = shown_hints(place, asked)
    return QuestionShown(
        assignment_id=place.assignment.id,
        step=place.assignment.step,
        question=number,
        questions=of,
        form=asked.kind,
        prompt=rich(asked.prompt, place),
        choices=choices(place, asked),
        try_number=place.assignment.try_number,
        has_hint=place.assignment.hints_shown < len(asked.hints),
        hint=hints,
        hints_shown=place.assignment.hints_shown,
        unit=asked.unit if isinstance(asked, Number) else "",
        in_test=place.lesson.test is not None,
        arranged=arrangement.arranged(place, asked),
        voice=isinstance(asked, Open) and asked.voice,
        picture=picture_of(tx, place, path=asked.image, alt=asked.alt) if asked.image else None,
        text_only=place.learner.person.text_only,
    )


def numbered(place: Place, asked: AnyQuestion) -> tuple[int, int]:
    """Return the 1-based number of a question among the questions of its lesson, and their count."""
    ids = [one.id for one in place.lesson.questions]
    return ids.index(asked.id) + 1, len(ids)


def shown_hints(place: Place, asked: AnyQuestion) -> RichText | None:
    """Return the hints that were asked for, one paragraph each; None when there are none to show."""
    hints = [rich(hint, place) for hint in asked.hints[: place.assignment.hints_shown]]
    if not hints:
        return None
    text, spans = "", []
    for hint in hints:
        text += "\n" if text else ""
        spans += [
            Span(start=span.start + len(text), length=span.length, kind=span.kind, url=span.url)
            for span in hint.spans
        ]
        text += hint.text
    return RichText(text, tuple(spans))


def choices(place: Place, asked: AnyQuestion) -> tuple[Choice, ...]:
    """Return what can be pressed, in the order this learner sees it; empty for typed answers."""
    match asked:
        case Choose() | ChooseAll():
            return tuple(
                Choice(
                    index=index,
                    text=parse(asked.options[index].text).text,
                    picked=index in place.assignment.picked,
                )
                for index in order_shown(asked, enrollment_id=place.assignment.enrollment_id)
            )
        case Order() | Match():
            return arrangement.choices(place, asked)
        case TrueFalse():
            # The words belong to the screen: "True" and "False" in the reader's language.
            return (Choice(index=1, text=""), Choice(index=0, text=""))
        case Number() | Text() | Open():
            return ()
        case _:
            assert_never(asked)


def order_shown(asked: Choose | ChooseAll, *, enrollment_id: int) -> tuple[int, ...]:
    """Return the author's indexes in the order one learner sees them, always the same for them."""
    count = len(asked.options)
    if not asked.shuffle:
        return tuple(range(count))
    kept = (count - 1,) if asked.keep_last else ()
    shuffled = arrangement.digest_order(count - len(kept), question_id=asked.id, enrollment_id=enrollment_id)
    return (*shuffled, *kept)


def picture_of(tx: Connection, place: Place, *, path: str, alt: str) -> Picture | None:
    """Return the picture at `path` of the course; None when the course holds no such file.

    Its size is looked up only for those who read without pictures and decide by it.
    """
    digest = place.learner.course.media.get(path)
    if digest is None:
        return None
    size = 0
    if place.learner.person.text_only:
        facts = courses.media_facts(tx, digest)
        size = 0 if facts is None else facts[1]
    return Picture(sha256=digest, alt=alt, size_bytes=size)
