"""Questions that came again are personal data: how they are exported, and that they go."""

from typing import Final

from sqlalchemy import Select, select

from learners.people import Person
from storage.holding import Holding
from storage.tables import enrollments, review_responses, review_rounds, reviews


def _rounds_of(person: Person) -> Select[tuple[int]]:
    of_person = select(enrollments.c.id).where(enrollments.c.person_id == person.id)
    return select(review_rounds.c.id).where(review_rounds.c.enrollment_id.in_(of_person))


def _reviews_of(person: Person) -> Select[tuple[int]]:
    return select(reviews.c.id).where(reviews.c.round_id.in_(_rounds_of(person)))


REVIEW_HOLDINGS: Final = (
    Holding(
        table=review_responses,
        why="Your answers to questions that came again, so that each comes when it helps you most.",
        owned=lambda person: review_responses.c.review_id.in_(_reviews_of(person)),
        shown=(
            select(reviews.c.question_id)
            .where(reviews.c.id == review_responses.c.review_id)
            .scalar_subquery()
            .label("question_id"),
            review_responses.c.try_number,
            review_responses.c.response,
            review_responses.c.score,
            review_responses.c.verdict,
            review_responses.c.hints,
            review_responses.c.answered_at,
        ),
    ),
    Holding(
        table=reviews,
        why="Which questions came to you again, and which you left out.",
        owned=lambda person: reviews.c.round_id.in_(_rounds_of(person)),
        shown=(reviews.c.question_id, reviews.c.asked_at, reviews.c.finished_at, reviews.c.skipped),
    ),
    Holding(
        table=review_rounds,
        why="On which days you had such questions.",
        owned=lambda person: review_rounds.c.id.in_(_rounds_of(person)),
        shown=(review_rounds.c.held_on, review_rounds.c.occasion, review_rounds.c.created_at),
    ),
)
"""Children before parents, as in the registry."""
