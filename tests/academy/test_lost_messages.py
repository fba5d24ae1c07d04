"""We were away for longer than Telegram keeps messages: facilitators of people inside a lesson hear of it."""

from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from academy import delivering, lost_messages
from academy.messages.facilitating import MessagesMayBeLost
from learners.groups import Group
from storage import groups, people, roles
from storage.tables import assignments, enrollments, outbox
from tests.academy.cohort import facilitator, shown
from tests.academy.school import ACADEMY, DAY, HOUR, MONDAY, join

SINCE = MONDAY - 30 * HOUR


def tell(tx: Connection, *, since: datetime = SINCE, now: datetime = MONDAY) -> int:
    return lost_messages.tell(tx, since=since, now=now, academy=ACADEMY)


def inside(tx: Connection, *, address: int, group: str, state: str = "active") -> Group:
    """Let somebody be inside their first lesson in this group."""
    learner = join(tx, address=address, group=group, now=MONDAY - 4 * DAY)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY - 4 * DAY, academy=ACADEMY)
    given = assignments.c.enrollment_id == learner.enrollment_id
    tx.execute(update(assignments).where(given).values(started_at=MONDAY - 3 * DAY))
    tx.execute(update(enrollments).where(enrollments.c.id == learner.enrollment_id).values(state=state))
    found = groups.by_name(tx, group)
    assert found is not None
    return found


def test_facilitators_of_people_inside_a_lesson_are_told_once(tx: Connection) -> None:
    autumn, spring = (
        inside(tx, address=1, group="Autumn"),
        inside(tx, address=2, group="Spring"),
    )
    iryna = facilitator(tx, autumn, address=50)
    roles.grant(tx, person_id=iryna.id, name="facilitator", group_id=spring.id, now=MONDAY)

    said = [tell(tx), tell(tx), tell(tx, now=MONDAY + HOUR)]

    assert said == [1, 0, 0]
    assert [(one.message, one.silent) for one in shown(tx, iryna)] == [
        (MessagesMayBeLost(hours=30, groups=("Autumn", "Spring")), False)
    ]


def test_an_absence_that_telegram_bridges_is_told_to_nobody(tx: Connection) -> None:
    iryna = facilitator(tx, inside(tx, address=1, group="Autumn"))

    assert tell(tx, since=MONDAY - 23 * HOUR) == 0
    assert shown(tx, iryna) == []


def test_who_has_nobody_inside_a_lesson_or_hears_it_as_an_admin_is_not_told(tx: Connection) -> None:
    autumn = inside(tx, address=1, group="Autumn")
    paused = inside(tx, address=2, group="Spring", state="paused")
    admin = facilitator(tx, autumn, address=50)
    roles.grant(tx, person_id=admin.id, name="admin", group_id=None, now=MONDAY)
    idle = facilitator(tx, paused, address=51)
    unknown = people.add(tx, address=52, name="", language="en", now=MONDAY)
    roles.grant(tx, person_id=unknown.id, name="facilitator", group_id=autumn.id, now=MONDAY)

    assert tell(tx) == 0
    assert [shown(tx, person) for person in (admin, idle, unknown)] == [[], [], []]


def test_it_waits_for_the_end_of_their_quiet_hours(tx: Connection) -> None:
    iryna = facilitator(tx, inside(tx, address=1, group="Autumn"))
    people.set_zone(tx, iryna.id, "Europe/Skopje")

    tell(tx)

    # 02:00 in Skopje; their quiet hours end at 08:00, which is 07:00 UTC.
    rows = tx.execute(select(outbox.c.not_before).where(outbox.c.person_id == iryna.id)).scalars()
    assert list(rows) == [datetime(2026, 11, 23, 7, tzinfo=UTC)]
