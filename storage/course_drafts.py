"""Courses that an admin has dropped into the chat and not yet published.

A draft is used once, by the admin who brought it, within a set time; after that it is nothing
but space, and the next draft sweeps it away.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from lessons.model import Course
from lessons.versions import canonical, from_canonical
from storage.row_changes import change_row
from storage.tables import course_drafts


def add(tx: Connection, *, person_id: int, course: Course, now: datetime, expired_before: datetime) -> int:
    """Return the id of a new draft; drafts made before `expired_before` go."""
    tx.execute(delete(course_drafts).where(course_drafts.c.created_at < expired_before))
    made: int = tx.execute(
        insert(course_drafts)
        .values(person_id=person_id, content=canonical(course), created_at=now)
        .returning(course_drafts.c.id)
    ).scalar_one()
    return made


def content(tx: Connection, draft_id: int, *, person_id: int) -> Course | None:
    """Return the draft's course, used or not; None when it is another's, or has been swept away."""
    found = tx.execute(
        select(course_drafts.c.content).where(
            course_drafts.c.id == draft_id, course_drafts.c.person_id == person_id
        )
    ).scalar_one_or_none()
    return None if found is None else from_canonical(found)


def waiting(tx: Connection, draft_id: int, *, person_id: int, made_since: datetime) -> Course | None:
    """Return the draft's course while it can still be published by this person; it stays unused."""
    found = tx.execute(
        select(course_drafts.c.content).where(
            course_drafts.c.id == draft_id,
            course_drafts.c.person_id == person_id,
            course_drafts.c.created_at >= made_since,
            course_drafts.c.used_at.is_(None),
        )
    ).scalar_one_or_none()
    return None if found is None else from_canonical(found)


def take(
    tx: Connection, draft_id: int, *, person_id: int, made_since: datetime, now: datetime
) -> Course | None:
    """Return the draft's course and mark it used; None when it is another's, too old or used before."""
    content = tx.execute(
        update(course_drafts)
        .where(
            course_drafts.c.id == draft_id,
            course_drafts.c.person_id == person_id,
            course_drafts.c.created_at >= made_since,
            course_drafts.c.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(course_drafts.c.content)
    ).scalar_one_or_none()
    return None if content is None else from_canonical(content)


def is_used(tx: Connection, draft_id: int, *, person_id: int) -> bool:
    """Return whether this person has used this draft already."""
    used = select(course_drafts.c.id).where(
        course_drafts.c.id == draft_id,
        course_drafts.c.person_id == person_id,
        course_drafts.c.used_at.is_not(None),
    )
    return tx.execute(used).one_or_none() is not None


def renamed(tx: Connection, draft_id: int) -> dict[str, str]:
    """Return what the admin has said of ids that look renamed: as written → as it was."""
    kept = tx.execute(select(course_drafts.c.renamed).where(course_drafts.c.id == draft_id)).scalar_one()
    pairs = (pair.partition("=") for pair in kept.split(",") if pair)
    return {written: was for written, _, was in pairs}


def set_renamed(tx: Connection, draft_id: int, renamed: Mapping[str, str]) -> None:
    """Keep what the admin says of ids that look renamed."""
    pairs = ",".join(f"{written}={was}" for written, was in renamed.items())
    change_row(tx, course_drafts, draft_id, renamed=pairs)
