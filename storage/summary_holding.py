"""A summary of somebody's lessons is personal data: how it is exported, and that it goes."""

from typing import Final

from sqlalchemy import select

from storage.holding import Holding
from storage.tables import enrollments, summaries

SUMMARY_HOLDING: Final = Holding(
    table=summaries,
    why="Your finished lessons and points added up, so that your facilitator sees how the group stands.",
    owned=lambda person: summaries.c.enrollment_id.in_(
        select(enrollments.c.id).where(enrollments.c.person_id == person.id)
    ),
    shown=(summaries.c.lessons_finished, summaries.c.possible, summaries.c.last_sign_at),
)
