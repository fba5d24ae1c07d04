"""Ids that an author has changed, and under which the same things stay known here."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from storage.conflicts import insert
from storage.tables import renamed_ids


def of_course(tx: Connection, course_id: str) -> dict[str, str]:
    """Return id as written → id it is kept under."""
    found = tx.execute(
        select(renamed_ids.c.written, renamed_ids.c.kept).where(renamed_ids.c.course_id == course_id)
    )
    return {row.written: row.kept for row in found}


def remember(tx: Connection, course_id: str, renamed: Mapping[str, str]) -> None:
    """Keep that these ids are other names; what was said last of an id holds."""
    for written, kept in renamed.items():
        made = insert(tx, renamed_ids).values(course_id=course_id, written=written, kept=kept)
        tx.execute(
            made.on_conflict_do_update(
                index_elements=[renamed_ids.c.course_id, renamed_ids.c.written], set_={"kept": kept}
            )
        )
