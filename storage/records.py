"""What learners were given and what they answered.

An assignment changes only by comparing and setting: of two presses that arrive together one finds
the place it expected, and the other finds that it came too late. Responses are added once per try
and never changed. What is finished is added to the enrollment's summary here, whoever asked for it.
"""

from dataclasses import replace
from datetime import date, datetime
from functools import cache

from sqlalchemy import Connection, bindparam, select, update

from learners.records import Assignment, Response
from storage import summaries
from storage.conflicts import insert_given
from storage.learning_rows import ASSIGNMENTS_OF, RESPONSES, assignment_of, response_of
from storage.prepared import Prepared
from storage.tables import assignments, enrollments, people, responses


def assignment(tx: Connection, assignment_id: int) -> Assignment | None:
    """Return the assignment with this id, whoever it belongs to."""
    row = _ASSIGNMENT.one_or_none(tx, {"given": assignment_id})
    return None if row is None else assignment_of(row)


def assignments_of(tx: Connection, enrollment_id: int) -> tuple[Assignment, ...]:
    """Return every lesson given to this enrollment, in the order it was given."""
    return tuple(assignment_of(row) for row in _ASSIGNMENTS_OF.rows(tx, {"given": enrollment_id}))


def open_assignment(tx: Connection, enrollment_id: int) -> Assignment | None:
    """Return the lesson that waits or is under way; the oldest, should there be several."""
    row = _OPEN.one_or_none(tx, {"given": enrollment_id})
    return None if row is None else assignment_of(row)


def assign(
    tx: Connection,
    *,
    enrollment_id: int,
    lesson_id: str,
    course_version_id: int,
    at: datetime,
    on: date,
    started_at: datetime | None = None,
    attempt: int = 1,
    asked: bool = False,
) -> Assignment | None:
    """Return the new assignment; None when it was given before, or `on` has its lesson.

    None also while another lesson is unfinished. One that was `asked` for leaves the day free.
    """
    given = {
        "enrollment_id": enrollment_id,
        "lesson_id": lesson_id,
        "course_version_id": course_version_id,
        "assigned_at": at,
        "assigned_on": on,
        "started_at": started_at,
        "attempt": attempt,
        "asked": asked,
    }
    row = _assign(tx.dialect.name).one_or_none(tx, given)
    return None if row is None else assignment_of(row)


def change(tx: Connection, before: Assignment, after: Assignment) -> bool:
    """Return whether `after` took the place of `before`; False when somebody was faster.

    Compared are the place in the lesson (step, try, hints, ticks, order) and the moments; what names
    the assignment never changes, and the questions of a test are drawn where it is begun.
    """
    row: dict[str, object] = {"given": before.id, "version": before.course_version_id}
    for name in _PLACE:
        row |= {f"old_{name}": getattr(before, name), f"new_{name}": getattr(after, name)}
    row |= {"old_picked": _picked_text(before.picked), "new_picked": _picked_text(after.picked)}
    row |= {"old_placed": _placed_text(before.placed), "new_placed": _placed_text(after.placed)}
    row |= {"new_drawn": ",".join(after.drawn)}
    if _CHANGE.one_or_none(tx, row) is None:
        return False
    if before.finished_at is not None:
        summaries.rebuild(tx, after.enrollment_id)
    elif after.finished_at is not None:
        summaries.close(tx, after)
    return True


def advance(tx: Connection, before: Assignment, *, to_step: int) -> Assignment | None:
    """Return the assignment at `to_step`, with a fresh first try there; None when somebody was faster."""
    fresh = replace(before, step=to_step, hints_shown=0, try_number=1, picked=frozenset(), placed=())
    return fresh if change(tx, before, fresh) else None


def keep_passed(tx: Connection, assignment_id: int) -> None:
    """Keep that this attempt at a test was passed: a key that is corrected later takes it from nobody."""
    passed = update(assignments).where(assignments.c.id == assignment_id).values(passed=True)
    summaries.rebuild_all(tx, tx.execute(passed.returning(assignments.c.enrollment_id)).scalars().all())


def add_response(tx: Connection, response: Response) -> bool:
    """Return whether the response was kept; False when this try has one already."""
    row = {
        "assignment_id": response.assignment_id,
        "question_id": response.question_id,
        "try_number": response.try_number,
        "response": response.response,
        "score": response.score,
        "verdict": response.verdict,
        "answered_at": response.answered_at,
        "hints": response.hints,
    }
    kept = _add_response(tx.dialect.name).one_or_none(tx, row)
    if kept is not None and kept["behind"] is not None:
        summaries.rebuild(tx, kept["behind"])
    return kept is not None


def responses_of(tx: Connection, enrollment_id: int) -> tuple[Response, ...]:
    """Return every response of this enrollment, in the order it was given."""
    return tuple(response_of(row) for row in _RESPONSES_OF.rows(tx, {"given": enrollment_id}))


def responses_to(tx: Connection, assignment_id: int, question_id: str) -> tuple[Response, ...]:
    """Return the responses to one question of an assignment, in the order of their tries."""
    given = {"given": assignment_id, "question": question_id}
    return tuple(response_of(row) for row in _RESPONSES_TO.rows(tx, given))


def under_way(tx: Connection, *, active_since: datetime, limit: int) -> tuple[Assignment, ...]:
    """Return lessons started and not finished by reachable learners active since then.

    The most recently active learners come first; at most `limit`.
    """
    statement = (
        select(assignments)
        .join(enrollments, enrollments.c.id == assignments.c.enrollment_id)
        .join(people, people.c.id == enrollments.c.person_id)
        .where(
            assignments.c.started_at.is_not(None),
            assignments.c.finished_at.is_(None),
            enrollments.c.state == "active",
            people.c.unreachable_since.is_(None),
            people.c.forget_at.is_(None),
            people.c.last_active_at >= active_since,
        )
        .order_by(people.c.last_active_at.desc(), assignments.c.id)
        .limit(limit)
    )
    return tuple(assignment_of(row) for row in tx.execute(statement).mappings())


def _picked_text(picked: frozenset[int]) -> str:
    return ",".join(str(index) for index in sorted(picked))


def _placed_text(placed: tuple[int, ...]) -> str:
    return ",".join(str(index) for index in placed)


# Built once, because each press runs several of them: building a statement costs more than running it.
_ASSIGNMENT = Prepared(select(assignments).where(assignments.c.id == bindparam("given")))
_ASSIGNMENTS_OF = Prepared(ASSIGNMENTS_OF)
_OPEN = Prepared(ASSIGNMENTS_OF.where(assignments.c.finished_at.is_(None)).limit(1))
_RESPONSES_OF = Prepared(RESPONSES.where(assignments.c.enrollment_id == bindparam("given")))
_RESPONSES_TO = Prepared(
    RESPONSES.where(
        responses.c.assignment_id == bindparam("given"), responses.c.question_id == bindparam("question")
    )
)
_PLACE = (
    "step",
    "try_number",
    "hints_shown",
    "started_at",
    "finished_at",
    "reminded_at",
    "snoozed_until",
)
"""What `change` compares and sets, `picked` and `placed` besides."""
_CHANGE = Prepared(
    update(assignments)
    .where(
        assignments.c.id == bindparam("given"),
        # What is shown next was made from this version: a new one may have come in between.
        assignments.c.course_version_id == bindparam("version"),
        *(
            assignments.c[name].is_not_distinct_from(bindparam(f"old_{name}", type_=assignments.c[name].type))
            for name in (*_PLACE, "picked", "placed")
        ),
    )
    .values(
        {
            name: bindparam(f"new_{name}", type_=assignments.c[name].type)
            for name in (*_PLACE, "picked", "placed", "drawn")
        }
    )
    .returning(assignments.c.id)
)


@cache
def _assign(dialect: str) -> Prepared:
    kept = (
        *("enrollment_id", "lesson_id", "course_version_id", "assigned_at"),
        *("assigned_on", "started_at", "attempt", "asked"),
    )
    return Prepared(insert_given(dialect, assignments, *kept).on_conflict_do_nothing().returning(assignments))


@cache
def _add_response(dialect: str) -> Prepared:
    kept = (
        *("assignment_id", "question_id", "try_number", "response"),
        *("score", "verdict", "answered_at", "hints"),
    )
    # Lessons are answered while they are open; should one be finished, its sum is counted again.
    behind = (
        select(assignments.c.enrollment_id)
        .where(assignments.c.id == bindparam("assignment_id"), assignments.c.finished_at.is_not(None))
        .scalar_subquery()
    )
    return Prepared(
        insert_given(dialect, responses, *kept)
        .on_conflict_do_nothing(
            index_elements=[responses.c.assignment_id, responses.c.question_id, responses.c.try_number]
        )
        .returning(responses.c.id, behind.label("behind"))
    )
