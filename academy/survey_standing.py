"""A survey where the learner stands: the question, and what they have said to it so far.

The last answer counts, because nothing is right or wrong in it. How others chose is shown only where
five or more have answered: fewer could be told apart.
"""

from dataclasses import replace
from typing import Final, assert_never

from sqlalchemy import Connection

from academy.facilitators import facilitator_name
from academy.messages.learning import Choice
from academy.messages.surveying import SurveyShown
from academy.places import Place
from academy.presenting import picture_of
from academy.wording import rich
from learners.records import Response
from lessons.markup import parse
from lessons.steps import SURVEYS, AnySurvey, Poll, Rate, Reflect
from storage import questions, records, roles, survey_counts

PEOPLE_FOR_SHARES: Final = 5


def survey_at(place: Place) -> AnySurvey | None:
    """Return the survey the learner is at; None at anything else, and after the last step."""
    if place.assignment.step >= len(place.lesson.steps):
        return None
    step = place.step
    return step if isinstance(step, SURVEYS) else None


def given_to(tx: Connection, place: Place, survey: AnySurvey) -> Response | None:
    """Return the answer that counts, which is the last one; None before the first."""
    given = records.responses_to(tx, place.assignment.id, survey.id)
    return given[-1] if given else None


def is_answered(tx: Connection, place: Place) -> bool:
    """Return whether nothing holds the learner here: no survey, or one that was answered."""
    survey = survey_at(place)
    return survey is None or given_to(tx, place, survey) is not None


def survey_shown(tx: Connection, place: Place, survey: AnySurvey) -> SurveyShown:
    """Return the survey as it should be on the screen."""
    given = given_to(tx, place, survey)
    chosen = None if given is None else given.response
    shown = SurveyShown(
        assignment_id=place.assignment.id,
        step=place.assignment.step,
        form=survey.kind,
        prompt=rich(survey.prompt, place),
        choices=choices(survey, chosen=chosen),
        low=parse(survey.low_text).text if isinstance(survey, Rate) else "",
        high=parse(survey.high_text).text if isinstance(survey, Rate) else "",
        answered=given is not None,
        written=chosen or "" if isinstance(survey, Reflect) else "",
        shares=_shares(tx, place, survey) if given is not None else (),
        anonymous=isinstance(survey, Poll) and survey.anonymous,
        picture=picture_of(tx, place, path=survey.image, alt=survey.alt) if survey.image else None,
        text_only=place.learner.person.text_only,
    )
    return _with_sharing(tx, place, shown) if shown.written else shown


def choices(survey: AnySurvey, *, chosen: str | None) -> tuple[Choice, ...]:
    """Return what can be pressed, in the author's order; the chosen one is ticked."""
    match survey:
        case Poll():
            return tuple(
                Choice(index=index, text=parse(option).text, picked=str(index) == chosen)
                for index, option in enumerate(survey.options)
            )
        case Rate():
            numbers = range(survey.low, survey.high + 1)
            return tuple(
                Choice(index=index, text=str(number), picked=str(number) == chosen)
                for index, number in enumerate(numbers)
            )
        case Reflect():
            return ()
        case _:
            assert_never(survey)


def _shares(tx: Connection, place: Place, survey: AnySurvey) -> tuple[tuple[str, int], ...]:
    if not isinstance(survey, Poll):
        return ()
    counts = survey_counts.of_group(tx, group_id=place.learner.group.id, question_id=survey.id)
    if sum(counts.values()) < PEOPLE_FOR_SHARES:
        return ()
    return tuple(
        (parse(option).text, counts.get(str(index), 0)) for index, option in enumerate(survey.options)
    )


def _with_sharing(tx: Connection, place: Place, shown: SurveyShown) -> SurveyShown:
    group_id = place.learner.group.id
    somebody = bool(roles.facilitators_of(tx, group_id))
    return replace(
        shown,
        share_with=facilitator_name(tx, group_id) if somebody else None,
        shared=questions.was_asked(
            tx, person_id=place.learner.person.id, step_id=place.step.id, text=shown.written
        ),
    )
