"""Groups as listings: what the command line shows of them."""

from sqlalchemy import Connection

from academy.facts import AcademyFacts
from academy.grouping import join_link, shown_code
from learners.groups import Group
from reports.table import Column, Table
from storage import courses, enrollments, groups, roles

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_COLUMNS = (
    Column("group", "Group"),
    Column("course", "Course"),
    Column("version", "Version"),
    Column("zone", "Zone"),
    Column("days", "Days"),
    Column("at", "At"),
    Column("expected", "Invited"),
    Column("joined", "Joined"),
    Column("facilitators", "Facilitators"),
)


def groups_table(tx: Connection) -> Table:
    """Return every group, oldest first; who left a group is not counted as joined."""
    return Table(
        title="Groups", columns=_COLUMNS, rows=tuple(_row(tx, group) for group in groups.all_groups(tx))
    )


def group_table(tx: Connection, group: Group) -> Table:
    """Return one group in the shape of the list."""
    return Table(title=group.name, columns=_COLUMNS, rows=(_row(tx, group),))


def ways_in_table(group: Group, *, academy: AcademyFacts) -> Table:
    """Return the join link, None while the bot's name is unknown, and the code in its plain form."""
    return Table(
        title=group.name,
        columns=(Column("group", "Group"), Column("link", "Link"), Column("code", "Code")),
        rows=((group.name, join_link(group, academy=academy) or None, shown_code(group.code)),),
    )


def _row(tx: Connection, group: Group) -> tuple[str | int | None, ...]:
    course = courses.course(tx, group.course_version_id)
    return (
        group.name,
        course.id,
        course.version,
        group.zone,
        ",".join(_DAYS[day] for day in sorted(group.weekdays)),
        f"{group.at:%H:%M}",
        group.expected,
        enrollments.count(tx, group.id),
        ", ".join(person.name or str(person.address) for person in roles.facilitators_of(tx, group.id)),
    )
