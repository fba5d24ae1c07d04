"""A number that stands in a button or a key names one row for ever, also after that row was erased."""

from datetime import UTC, date, datetime, time

from sqlalchemy import Connection, delete, select

from learners.groups import Group
from lessons.model import Course, Lesson
from lessons.steps import Say
from storage import courses, enrollments, groups, outbox, people, records
from storage.tables import assignments, metadata
from storage.tables import enrollments as enrollments_table
from storage.tables import outbox as outbox_table
from storage.tables import people as people_table

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
TEA = Course(
    id="tea",
    title="Tea",
    language="en",
    version="1.0.0",
    lessons=(Lesson(id="pot", title="Pot", minutes=3, steps=(Say(id="pot-1", text="Hot."),)),),
)
NAMED = {
    "announcements",
    "assignments",
    "course_drafts",
    "enrollments",
    "groups",
    "outbox",
    "people",
    "questions_asked",
    "responses",
    "review_rounds",
    "reviews",
}
"""Tables whose rows buttons, keys or sent.log name by their number."""


def opened(tx: Connection) -> Group:
    made = courses.publish(tx, course=TEA, media={}, now=NOW)
    assert isinstance(made, courses.Published)
    return groups.add(
        tx,
        name="Autumn",
        course_version_id=made.version_id,
        zone="Asia/Ulaanbaatar",
        weekdays=frozenset({0}),
        at=time(9),
        expected=None,
        link_token="token",
        code="CODE",
        capacity=5,
        closes_at=None,
        now=NOW,
    )


def came(tx: Connection, group: Group, *, address: int) -> list[int]:
    """Let somebody join and get a lesson; return the numbers of the rows that makes."""
    person = people.add(tx, address=address, name="Ann", language="en", now=NOW)
    enrollment = enrollments.enroll(tx, person_id=person.id, group=group, now=NOW)
    given = records.assign(
        tx,
        enrollment_id=enrollment.id,
        lesson_id="pot",
        course_version_id=group.course_version_id,
        at=NOW,
        on=date(2026, 11, 23),
    )
    assert given is not None
    said = outbox.add(
        tx, person_id=person.id, kind="lesson", priority=1, content="{}", now=NOW, key=None, not_before=NOW
    )
    assert said is not None
    return [person.id, enrollment.id, given.id, said]


def test_whoever_comes_back_after_erasing_gets_numbers_that_nobody_had(tx: Connection) -> None:
    group = opened(tx)
    before = came(tx, group, address=7)
    tx.execute(delete(people_table))
    tables = (people_table, enrollments_table, assignments, outbox_table)
    left = [tx.execute(select(table.c.id)).all() for table in tables]

    after = came(tx, group, address=7)

    assert left == [[], [], [], []], "all of it was erased"
    assert [new > old for new, old in zip(after, before, strict=True)] == [True] * 4


def test_every_table_that_buttons_name_keeps_its_numbers() -> None:
    kept = {
        name for name, table in metadata.tables.items() if table.dialect_options["sqlite"]["autoincrement"]
    }

    assert kept == NAMED
