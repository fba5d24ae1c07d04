"""What a learner sees where they stand: a card, a question, or the verdict on their last answer.

Everything is derived from the facts, so a screen that got lost, or was pressed twice, can be
shown again and is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from academy.arrangement import worded
from academy.messages.learning import CardShown, Feedback, OptionResult, QuestionShown
from academy.messages.surveying import OpenKept, SurveyShown
from academy.messages.testing import AnswerKept
from academy.open_standing import open_kept
from academy.places import Place
from academy.presenting import card, question
from academy.survey_standing import survey_at, survey_shown
from academy.wording import rich
from i18n.catalog import translator
from learners.records import Response
from lessons import grading
from lessons.arranging import Placed, count_of, neighbours_right, places_in
from lessons.markup import RichText, parse
from lessons.steps import (
    AnyQuestion,
    Audio,
    Choose,
    ChooseAll,
    File,
    Image,
    Link,
    Match,
    More,
    Number,
    Open,
    Order,
    Poll,
    Rate,
    Reflect,
    Say,
    Text,
    TrueFalse,
    Video,
)
from storage import records


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A question the learner is at, with what they have said to it so far."""

    asked: AnyQuestion
    given: tuple[Response, ...]
    """In the order of their tries; empty before the first."""

    @property
    def closed(self) -> bool:
        """Whether it is answered: right, out of tries, or the answer was asked for."""
        return any(
            one.verdict in {"right", "shown"} or one.try_number >= tries_of(self.asked) for one in self.given
        )


def standing_of(tx: Connection, place: Place) -> Standing | None:
    """Return the question the learner is at; None at a card and after the last step."""
    if place.assignment.step >= len(place.lesson.steps):
        return None
    match place.step:
        case Say() | Image() | Audio() | Video() | File() | More() | Link():
            return None
        case Poll() | Rate() | Reflect():
            return None
        case asked:
            given = records.responses_to(tx, place.assignment.id, asked.id)
            return Standing(asked=asked, given=given)


def tries_of(asked: AnyQuestion) -> int:
    """Return how many tries there are to get it right.

    Never as many as there are options: with one option left to press there is nothing to find out.
    """
    match asked:
        case Choose():
            return min(asked.tries, max(1, len(asked.options) - 1))
        case TrueFalse() | Open():
            return 1
        case Order() | Match():
            return 1 if count_of(asked) == 2 else asked.tries
        case ChooseAll() | Number() | Text():
            return asked.tries


def where_they_stand(
    tx: Connection, place: Place
) -> CardShown | QuestionShown | Feedback | AnswerKept | OpenKept | SurveyShown:
    """Return the current step as it should be on the screen; IndexError after the last one."""
    survey = survey_at(place)
    if survey is not None:
        return survey_shown(tx, place, survey)
    standing = standing_of(tx, place)
    if standing is None:
        return card(tx, place, step=place.assignment.step)
    return question_shown(tx, place, standing)


def question_shown(
    tx: Connection, place: Place, standing: Standing
) -> QuestionShown | Feedback | AnswerKept | OpenKept:
    """Return the question they are at as it should be on the screen."""
    if standing.closed:
        if isinstance(standing.asked, Open):
            return open_kept(tx, place, standing.asked, given=standing.given[-1])
        return answered(place, standing)
    return question(tx, place, standing.asked)


def answered(place: Place, standing: Standing) -> Feedback | AnswerKept:
    """Return what is said of the last response: the verdict, and in a test only that it is kept."""
    said = feedback(place, standing)
    if place.lesson.test is None:
        return said
    return AnswerKept(
        assignment_id=said.assignment_id,
        step=said.step,
        prompt=said.prompt,
        chosen=said.chosen,
        last=said.last,
    )


def feedback(place: Place, standing: Standing) -> Feedback:
    """Return the verdict on the last response; the answer is in it only when no try is left."""
    asked, last = standing.asked, standing.given[-1]
    assert not isinstance(asked, Open), "what a person grades has no verdict here"
    answer = right_answer(place, asked)
    if last.verdict == "shown":
        return Feedback(
            assignment_id=place.assignment.id,
            step=place.assignment.step,
            verdict="answer",
            prompt=rich(asked.prompt, place),
            chosen="",
            answer=answer,
            explain=_explained(place, asked),
            last=place.is_last_step,
            form=asked.kind,
            try_number=last.try_number,
        )
    marked = mark(place, asked, last.response)
    open_still = not standing.closed
    shown = place.assignment.hints_shown
    return Feedback(
        assignment_id=place.assignment.id,
        step=place.assignment.step,
        verdict=_verdict(marked.verdict, open_still=open_still),
        prompt=rich(asked.prompt, place),
        chosen=_plain(marked.chosen, asked),
        answer="" if open_still else answer,
        spelling=marked.spelling,
        why=rich(marked.why, place),
        explain=RichText("") if open_still else _explained(place, asked, marked),
        hint=rich(asked.hints[shown - 1], place) if open_still and 0 < shown <= len(asked.hints) else None,
        options=_options(place, asked, marked.options, open_still=open_still),
        typed=isinstance(asked, (Number, Text)),
        last=place.is_last_step,
        form=asked.kind,
        try_number=last.try_number,
        neighbours=_neighbours(asked, last.response),
        missing=open_still and any(one.result == "missed" for one in marked.options),
    )


def right_answer(place: Place, asked: AnyQuestion) -> str:
    """Return the right answer in words, in the learner's language."""
    words = translator(place.learner.person.language)
    answer = grading.right_answer(worded(place, asked), true_word=words("True"), false_word=words("False"))
    return _plain(answer, asked)


def mark(place: Place, asked: AnyQuestion, kept: str) -> grading.Mark:
    """Return the mark of a response that was kept before; it could be read then and can be now."""
    outcome = graded(place, asked, kept)
    if isinstance(outcome, grading.NotReadable):
        raise TypeError(f"a response to {asked.id} was kept and cannot be read")
    return outcome


def graded(place: Place, asked: AnyQuestion, response: str) -> grading.Outcome:
    """Grade a response in the form in which it is kept: typed words, or indexes with commas."""
    words = translator(place.learner.person.language)
    given: grading.Response
    if isinstance(asked, (Number, Text)):
        given = grading.Typed(text=response)
    elif isinstance(asked, (Order, Match)):
        given = Placed(places=places_in(response))
    else:
        picked = frozenset(int(index) for index in response.split(",") if index.isdecimal())
        given = grading.Picked(options=picked)
    return grading.grade(worded(place, asked), given, true_word=words("True"), false_word=words("False"))


def _verdict(marked: grading.Verdict, *, open_still: bool) -> Literal["right", "partly", "not_yet", "answer"]:
    if marked == "right":
        return "right"
    if open_still:
        return "not_yet"
    return "partly" if marked == "partly" else "answer"


def _explained(place: Place, asked: AnyQuestion, marked: grading.Mark | None = None) -> RichText:
    """Return the author's explanation; without one, why the right option is right, unless it was said."""
    right = marked is not None and marked.verdict == "right"
    if not asked.explain and isinstance(asked, Choose) and not right:
        return rich(next(option.why for option in asked.options if option.right), place)
    return rich(asked.explain, place)


def _options(
    place: Place, asked: AnyQuestion, options: Sequence[grading.OptionMark], *, open_still: bool
) -> tuple[OptionResult, ...]:
    """Return what to say of the options; while a try is left, only which of the chosen ones is wrong.

    Of pairs all are told: they have been made one by one, and a right one is no hint to the others.
    """
    return tuple(
        OptionResult(text=_plain(one.text, asked), result=one.result, why=rich(one.why, place))
        for one in options
        if one.result != "left" and (one.result == "wrong" or not open_still or isinstance(asked, Match))
    )


def _neighbours(asked: AnyQuestion, kept: str) -> tuple[int, int] | None:
    if not isinstance(asked, Order):
        return None
    return neighbours_right(places_in(kept)), len(asked.items) - 1


def _plain(text: str, asked: AnyQuestion) -> str:
    """Return option texts without their markup; what was typed stays as it is."""
    return parse(text).text if isinstance(asked, (Choose, ChooseAll)) else text
