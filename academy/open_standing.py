"""An open question once it was answered: what became of the answer, and the example beside it.

Derived from the facts like every other screen, so it can be shown again: before the grade it says who
reads the answer and until when, after it what they said.
"""

from sqlalchemy import Connection

from academy.facilitators import facilitator_name
from academy.messages.surveying import GradeTold, OpenKept
from academy.places import Place
from academy.wording import rich
from learners.records import Response
from lessons.markup import parse
from lessons.steps import Open
from storage import open_answers, roles


def open_kept(tx: Connection, place: Place, asked: Open, *, given: Response, last: bool = False) -> OpenKept:
    """Return what is shown below an open question that was answered or left out.

    `last` says that the answer has ended the lesson already.
    """
    group_id = place.learner.group.id
    grade = grade_of(tx, place, asked, verdict=given.verdict)
    return OpenKept(
        assignment_id=place.assignment.id,
        step=place.assignment.step,
        state="skipped" if given.verdict == "shown" else "sent" if grade is None else "graded",
        facilitator=facilitator_name(tx, group_id),
        nobody=not roles.facilitators_of(tx, group_id),
        workdays=asked.reply_within,
        example=rich(asked.model_answer, place),
        explain=rich(asked.explain, place),
        grade=grade,
        last=last,
    )


def grade_of(tx: Connection, place: Place, asked: Open, *, verdict: str) -> GradeTold | None:
    """Return the grade of the answer in this lesson; None while there is none."""
    if verdict in {"waiting", "shown"}:
        return None
    answer = open_answers.to_question(tx, assignment_id=place.assignment.id, question_id=asked.id)
    return None if answer is None else told(tx, answer.response_id, asked)


def told(tx: Connection, response_id: int, asked: Open) -> GradeTold | None:
    """Return the grade that counts, with the words of the rubric as `asked` has them."""
    grade = open_answers.newest_grade(tx, response_id)
    if grade is None:
        return None
    return GradeTold(
        points=grade.points,
        of_points=grade.of_points,
        level=level_text(asked, grade.points),
        comment=grade.comment,
    )


def level_text(asked: Open, points: float) -> str:
    """Return what the rubric says of so many points, without its markup; empty where it says nothing."""
    return next((parse(level.text).text for level in asked.rubric if level.points == points), "")
