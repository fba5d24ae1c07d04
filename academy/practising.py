"""Answers to questions that come again: asked, answered and explained as in their lesson.

They are facts of their own: no score and no end of a lesson looks at them. A press names the
question it was drawn for and what stood there; doubled, late or foreign presses change nothing, and
whoever leaves a question out goes on to the lesson at once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, assert_never

from sqlalchemy import Connection

from academy.arrangement import as_number, typed_places
from academy.messages import Message
from academy.messages.learning import Feedback, NotRead, PictureShown, QuestionShown
from academy.messages.reviewing import ReviewFeedback, ReviewShown
from academy.outgoing import OUTGOING, Screen, Show
from academy.places import Pressed, PressOutcome
from academy.presenting import picture_of
from academy.reviewing import AtReview, at_review, show, show_verdict
from academy.saying import remove_buttons, say
from academy.standing import graded
from academy.tidying import LOOKED_THROUGH
from learners.records import Response, Verdict
from lessons.arranging import count_of, written
from lessons.grading import Mark, NotReadable
from lessons.steps import Choose, ChooseAll, Match, Number, Order, Text, TrueFalse
from storage import outbox, reviews

KEPT_CHARS = 1000
"""Of a typed answer, as in a lesson."""
_SHOWN: tuple[float, Verdict] = (0.0, "shown")


@dataclass(frozen=True, slots=True)
class Pick:
    """One option of a question with one right answer."""

    try_number: int
    option: int


@dataclass(frozen=True, slots=True)
class Tick:
    """One option of several is to be ticked or not."""

    try_number: int
    option: int
    on: bool


@dataclass(frozen=True, slots=True)
class Check:
    """[Check]: the ticked options are the answer."""

    try_number: int


@dataclass(frozen=True, slots=True)
class Put:
    """One thing gets the next place; `before` is what was placed when the button was drawn."""

    try_number: int
    before: int
    item: int


@dataclass(frozen=True, slots=True)
class Undo:
    """[Undo]: what was placed last goes back."""

    try_number: int
    before: int


@dataclass(frozen=True, slots=True)
class StartOver:
    """[Start over]: nothing has its place any more."""

    try_number: int
    before: int


@dataclass(frozen=True, slots=True)
class Ready:
    """[Check] of everything that was placed."""

    try_number: int
    before: int


@dataclass(frozen=True, slots=True)
class Hint:
    """[Hint]: the hint with this number, from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class TryAgain:
    """[Try again]: the verdict turns back into the question."""


@dataclass(frozen=True, slots=True)
class ShowAnswer:
    """[Show answer]: the question is over."""


Act: TypeAlias = Pick | Tick | Check | Put | Undo | StartOver | Ready | Hint | TryAgain | ShowAnswer


def press(tx: Connection, pressed: Pressed, act: Act, *, now: datetime) -> PressOutcome:
    """Do what a button of a question says; `assignment_id` of the press names the review."""
    at = open_at(tx, pressed, now=now)
    if not isinstance(at, AtReview):
        return at
    match act:
        case Pick():
            return _pick(tx, pressed, at, act, now=now)
        case Tick() | Check():
            return _tick(tx, pressed, at, act, now=now)
        case Put() | Undo() | StartOver() | Ready():
            return _arrange(tx, pressed, at, act, now=now)
        case Hint(number=number):
            shown = at.review.hints_shown
            if not 1 <= number <= min(shown + 1, len(at.standing.asked.hints)):
                return "unknown"
            if not at.standing.closed and number == shown + 1:
                reviews.change(tx, at.review, hints_shown=number)
        case ShowAnswer():
            if not at.standing.closed:
                _keep(tx, at, response="", mark=_SHOWN, now=now)
        case TryAgain():
            pass
        case _:
            assert_never(act)
    return _show_now(tx, pressed, now=now)


def open_at(tx: Connection, pressed: Pressed, *, now: datetime) -> AtReview | PressOutcome:
    """Return the question this press is for; one that is over loses its buttons and leads on."""
    review = reviews.review(tx, pressed.assignment_id)
    at = None if review is None else at_review(tx, review, person_id=pressed.person_id)
    if at is None or pressed.step != at.place.assignment.step or at.review.asked_at is None:
        return "unknown"
    if at.review.finished_at is None:
        return at
    if pressed.screen is not None:
        remove_buttons(tx, person_id=pressed.person_id, screen=pressed.screen, now=now)
    return "passed"


def typed(tx: Connection, *, person_id: int, text: str, now: datetime) -> bool:
    """Return whether these words were taken as the answer to a question that came again.

    A lesson may wait for words too: they belong to whichever question was shown last.
    """
    review = reviews.shown_to(tx, person_id)
    at = None if review is None else at_review(tx, review, person_id=person_id)
    if at is None or at.standing.closed or not isinstance(at.standing.asked, (Number, Text, Order, Match)):
        return False
    screen = _screen_of(tx, at.review.id, person_id=person_id)
    if screen is None:
        return False
    kept = text[:KEPT_CHARS]
    if isinstance(at.standing.asked, (Order, Match)):
        kept = typed_places(at.place, at.standing.asked, kept)
    match graded(at.place, at.standing.asked, kept):
        case NotReadable(reason=reason, unit=unit):
            say(tx, person_id=person_id, message=NotRead(reason=reason, typed=kept, unit=unit), now=now)
        case Mark() as mark:
            _keep(tx, at, response=kept, mark=(mark.score, mark.verdict), now=now)
            remove_buttons(tx, person_id=person_id, screen=screen, now=now)
            show_verdict(tx, at.review.id, person_id=person_id, screen=None, now=now)
    return True


def fetch_picture(tx: Connection, pressed: Pressed, *, now: datetime) -> PressOutcome:
    """[Picture, 85 KB]: the picture of the question, once for each message it was asked for on."""
    at = open_at(tx, pressed, now=now)
    if not isinstance(at, AtReview):
        return at
    asked = at.standing.asked
    picture = picture_of(tx, at.place, path=asked.image, alt=asked.alt) if asked.image else None
    if picture is None:
        return "unknown"
    on = "gone" if pressed.screen is None else str(pressed.screen.message_id)
    message = PictureShown(picture=picture)
    say(tx, person_id=pressed.person_id, message=message, now=now, key=f"review-media:{at.review.id}:{on}")
    return "done"


def _pick(tx: Connection, pressed: Pressed, at: AtReview, act: Pick, *, now: datetime) -> PressOutcome:
    match at.standing.asked:
        case Choose(options=options):
            known = 0 <= act.option < len(options)
        case TrueFalse():
            known = act.option in {0, 1}
        case _:
            known = False
    if not known:
        return "unknown"
    earlier = next((one for one in at.standing.given if one.try_number == act.try_number), None)
    if earlier is not None:
        show_verdict(tx, at.review.id, person_id=pressed.person_id, screen=pressed.screen, now=now)
        return "done" if earlier.response == str(act.option) else "counted"
    return _answer(tx, pressed, at, response=str(act.option), try_number=act.try_number, now=now)


def _tick(
    tx: Connection, pressed: Pressed, at: AtReview, act: Tick | Check, *, now: datetime
) -> PressOutcome:
    asked, picked = at.standing.asked, at.review.picked
    if not isinstance(asked, ChooseAll):
        return "unknown"
    if isinstance(act, Tick):
        if not 0 <= act.option < len(asked.options):
            return "unknown"
        if not at.standing.closed and act.try_number == at.review.try_number:
            after = picked | {act.option} if act.on else picked - {act.option}
            reviews.change(tx, at.review, picked=after)
        return _show_now(tx, pressed, now=now)
    if _answered(at, act.try_number):
        show_verdict(tx, at.review.id, person_id=pressed.person_id, screen=pressed.screen, now=now)
        return "done"
    if not picked:
        return _show_now(tx, pressed, now=now)
    response = ",".join(str(option) for option in sorted(picked))
    return _answer(tx, pressed, at, response=response, try_number=act.try_number, now=now)


def _arrange(
    tx: Connection,
    pressed: Pressed,
    at: AtReview,
    act: Put | Undo | StartOver | Ready,
    *,
    now: datetime,
) -> PressOutcome:
    """Place one thing after the other; a press that was drawn for another state shows what is there."""
    asked, placed = at.standing.asked, at.review.placed
    if not isinstance(asked, (Order, Match)):
        return "unknown"
    if isinstance(act, Put) and not 0 <= act.item < count_of(asked):
        return "unknown"
    if _answered(at, act.try_number):
        show_verdict(tx, at.review.id, person_id=pressed.person_id, screen=pressed.screen, now=now)
        return "done"
    if at.standing.closed or act.try_number != at.review.try_number or act.before != as_number(placed):
        return _show_now(tx, pressed, now=now)
    match act:
        case Put(item=item):
            reviews.change(tx, at.review, placed=placed if item in placed else (*placed, item))
        case Undo():
            reviews.change(tx, at.review, placed=placed[:-1])
        case StartOver():
            reviews.change(tx, at.review, placed=())
        case Ready():
            response = written(placed)
            if isinstance(graded(at.place, asked, response), Mark):
                return _answer(tx, pressed, at, response=response, try_number=act.try_number, now=now)
        case _:
            assert_never(act)
    return _show_now(tx, pressed, now=now)


def _answer(
    tx: Connection, pressed: Pressed, at: AtReview, *, response: str, try_number: int, now: datetime
) -> PressOutcome:
    """Record a response to the try it was pressed for, if that try is the one that comes next."""
    if at.standing.closed or try_number != at.review.try_number:
        return "unknown"
    mark = graded(at.place, at.standing.asked, response)
    if not isinstance(mark, Mark):
        return "unknown"
    first = _keep(tx, at, response=response, mark=(mark.score, mark.verdict), now=now)
    show_verdict(tx, at.review.id, person_id=pressed.person_id, screen=pressed.screen, now=now)
    return "done" if first else "counted"


def _keep(tx: Connection, at: AtReview, *, response: str, mark: tuple[float, Verdict], now: datetime) -> bool:
    """Return whether this response was the first to its try; a wrong one brings a hint along."""
    score, verdict = mark
    review, asked = at.review, at.standing.asked
    kept = reviews.add_response(
        tx,
        Response(
            assignment_id=review.id,
            lesson_id=at.place.assignment.lesson_id,
            question_id=asked.id,
            try_number=review.try_number,
            response=response,
            score=score,
            verdict=verdict,
            answered_at=now,
            hints=review.hints_shown,
        ),
    )
    if kept:
        shown = review.hints_shown + (verdict in {"wrong", "partly"})
        reviews.change(
            tx,
            review,
            try_number=review.try_number + 1,
            hints_shown=min(shown, len(asked.hints)),
            placed=(),
        )
    return kept


def _answered(at: AtReview, try_number: int) -> bool:
    return any(one.try_number == try_number for one in at.standing.given)


def _show_now(tx: Connection, pressed: Pressed, *, now: datetime) -> PressOutcome:
    """Show the question as it stands now, in place of the message that was pressed."""
    review = reviews.review(tx, pressed.assignment_id)
    assert review is not None
    at = at_review(tx, review, person_id=pressed.person_id)
    assert at is not None
    show(tx, at, now=now, edits=pressed.screen)
    return "done"


def _screen_of(tx: Connection, review_id: int, *, person_id: int) -> Screen | None:
    """Return the message this question stands on, unless a question of a lesson was shown after it."""
    for message_id, content in outbox.newest_shown(tx, person_id=person_id, limit=LOOKED_THROUGH):
        shown = OUTGOING.validate_json(content)
        message: Message | None = shown.message if isinstance(shown, Show) else None
        match message:
            case ReviewShown(question=asked):
                number, media = asked.assignment_id, asked.picture is not None
            case ReviewFeedback(feedback=said):
                number, media = said.assignment_id, False
            case QuestionShown() | Feedback():
                return None
            case _:
                continue
        return Screen(message_id=message_id, has_media=media) if number == review_id else None
    return None
