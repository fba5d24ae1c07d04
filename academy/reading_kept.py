"""Open questions and surveys read again: what was answered, for the eyes of whoever answered it."""

from sqlalchemy import Connection

from academy.messages.surveying import KeptRead
from academy.open_standing import grade_of
from academy.places import Place
from academy.presenting import picture_of
from academy.survey_standing import choices, given_to
from academy.wording import rich
from lessons.markup import parse
from lessons.steps import AnySurvey, Open, Rate, Reflect
from storage import open_answers, records

NO_ASSIGNMENT = 0
"""Of a place that exists nowhere: an admin looks at a course before anybody learns from it."""


def kept_read(tx: Connection, place: Place, asked: Open | AnySurvey, *, step: int) -> KeptRead:
    """Return the step at `step` with the learner's own answer; nothing is asked again."""
    prompt, last = rich(asked.prompt, place), step == len(place.lesson.steps) - 1
    picture = picture_of(tx, place, path=asked.image, alt=asked.alt) if asked.image else None
    text_only = place.learner.person.text_only
    is_trial = place.assignment.id == NO_ASSIGNMENT
    if not isinstance(asked, Open):
        return KeptRead(
            assignment_id=place.assignment.id,
            step=step,
            prompt=prompt,
            options=_options(asked),
            asked=not is_trial,
            yours=_said(tx, place, asked),
            picture=picture,
            text_only=text_only,
            last=last,
        )
    answer = open_answers.to_question(tx, assignment_id=place.assignment.id, question_id=asked.id)
    given = records.responses_to(tx, place.assignment.id, asked.id)
    verdict = given[-1].verdict if given else "shown"
    return KeptRead(
        assignment_id=place.assignment.id,
        step=step,
        prompt=prompt,
        asked=not is_trial,
        yours="" if answer is None else answer.text,
        seconds=None if answer is None or answer.voice is None else answer.voice.seconds,
        example=rich(asked.model_answer, place),
        explain=rich(asked.explain, place),
        grade=grade_of(tx, place, asked, verdict=verdict),
        waiting=verdict == "waiting",
        picture=picture,
        text_only=text_only,
        last=last,
    )


def _options(survey: AnySurvey) -> tuple[str, ...]:
    if isinstance(survey, Rate):
        ends = ((survey.low, survey.low_text), (survey.high, survey.high_text))
        return tuple(f"{number}: {parse(text).text}" if text else str(number) for number, text in ends)
    return tuple(choice.text for choice in choices(survey, chosen=None))


def _said(tx: Connection, place: Place, survey: AnySurvey) -> str:
    given = given_to(tx, place, survey)
    if given is None or isinstance(survey, Reflect):
        return "" if given is None else given.response
    return next((choice.text for choice in choices(survey, chosen=given.response) if choice.picked), "")
