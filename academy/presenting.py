"""Steps of a lesson as messages: what a learner sees before they have answered.

Nothing is kept here. The same place always looks the same, so a message that was lost can be
said again, and the order of options needs no table: it follows from the enrollment and the question.
"""

from hashlib import sha256
from typing import Literal, assert_never

from sqlalchemy import Connection

from academy.messages.learning import CardShown, Choice, LessonOffer, Picture, QuestionShown
from academy.places import Learner, Place
from learners.records import Assignment
from lessons.markup import RichText, Span, parse
from lessons.steps import AnyQuestion, Choose, ChooseAll, Image, Number, Say, Text, TrueFalse
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
    )


def card(tx: Connection, place: Place, *, step: int, again: bool = False) -> CardShown:
    """Return the card at `step`; TypeError when a question stands there."""
    shown = place.lesson.steps[step]
    cards = [number for number, one in enumerate(place.lesson.steps) if isinstance(one, (Say, Image))]
    match shown:
        case Say():
            picture = None
        case Image():
            picture = picture_of(tx, place, path=shown.path, alt=shown.alt)
        case _:
            raise TypeError(f"step {step} of {place.lesson.id} is a question")
    return CardShown(
        assignment_id=place.assignment.id,
        step=step,
        lesson=place.learner.number_of(place.lesson.id),
        lessons=len(place.learner.course.lessons),
        card=cards.index(step) + 1,
        cards=len(cards),
        title=place.lesson.title if step == 0 else "",
        text=parse(shown.text),
        picture=picture,
        text_only=place.learner.person.text_only,
        again=again,
        last=step == len(place.lesson.steps) - 1,
    )


def question(tx: Connection, place: Place, asked: AnyQuestion) -> QuestionShown:
    """Return the question the learner is at, with the ticks and hints of the current try."""
    number, of = numbered(place, asked)
    hints = shown_hints(asked, place.assignment.hints_shown)
    return QuestionShown(
        assignment_id=place.assignment.id,
        step=place.assignment.step,
        question=number,
        questions=of,
        form=asked.kind,
        prompt=parse(asked.prompt),
        choices=choices(place, asked),
        try_number=place.assignment.try_number,
        has_hint=place.assignment.hints_shown < len(asked.hints),
        hint=hints,
        hints_shown=place.assignment.hints_shown,
        unit=asked.unit if isinstance(asked, Number) else "",
        picture=picture_of(tx, place, path=asked.image, alt=asked.alt) if asked.image else None,
        text_only=place.learner.person.text_only,
    )


def numbered(place: Place, asked: AnyQuestion) -> tuple[int, int]:
    """Return the 1-based number of a question among the questions of its lesson, and their count."""
    ids = [one.id for one in place.lesson.questions]
    return ids.index(asked.id) + 1, len(ids)


def shown_hints(asked: AnyQuestion, count: int) -> RichText | None:
    """Return the first `count` hints, one paragraph each; None when there are none to show."""
    hints = [parse(hint) for hint in asked.hints[:count]]
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
        case TrueFalse():
            # The words belong to the screen: "True" and "False" in the reader's language.
            return (Choice(index=1, text=""), Choice(index=0, text=""))
        case Number() | Text():
            return ()
        case _:
            assert_never(asked)


def order_shown(asked: Choose | ChooseAll, *, enrollment_id: int) -> tuple[int, ...]:
    """Return the author's indexes in the order one learner sees them, always the same for them.

    A digest instead of a random generator: `random.shuffle` may change between Python versions,
    and an option that moves under somebody's finger is a wrong answer.
    """
    indexes = list(range(len(asked.options)))
    if not asked.shuffle:
        return tuple(indexes)
    kept = [indexes.pop()] if asked.keep_last else []

    def place_in_line(index: int) -> bytes:
        return sha256(f"{enrollment_id}:{asked.id}:{index}".encode()).digest()

    return (*sorted(indexes, key=place_in_line), *kept)


def picture_of(tx: Connection, place: Place, *, path: str, alt: str) -> Picture | None:
    """Return the picture at `path` of the course; None when the course holds no such file.

    Its size is looked up only for those who read without pictures and decide by it.
    """
    digest = place.learner.course.media.get(path)
    if digest is None:
        return None
    size = 0
    if place.learner.person.text_only:
        kept = courses.picture(tx, digest)
        size = 0 if kept is None else len(kept[1])
    return Picture(sha256=digest, alt=alt, size_bytes=size)
