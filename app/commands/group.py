"""`dusal group …`: groups, their join links and codes."""

from datetime import time
from random import SystemRandom
from typing import TYPE_CHECKING, assert_never

import click

from app.commands.choices import existing_group, listing_format
from app.place import Place

if TYPE_CHECKING:
    from app.listing import Form
    from learners.groups import Group

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMED_DAYS = {"workdays": frozenset(range(5)), "daily": frozenset(range(7))}


class _Weekdays(click.ParamType[frozenset[int]]):
    """`workdays`, `daily` or days such as `mon,wed`; becomes a set with 0 = Monday."""

    name = "days"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> frozenset[int]:
        text = str(value).strip().lower()
        if text in _NAMED_DAYS:
            return _NAMED_DAYS[text]
        days = [day.strip() for day in text.split(",")]
        if not all(day in _DAYS for day in days):
            self.fail(f"{value!r} is not workdays, daily or days like mon,wed", param, ctx)
        return frozenset(_DAYS.index(day) for day in days)


class _Clock(click.ParamType[time]):
    """`HH:MM`."""

    name = "HH:MM"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> time:
        hours, _, minutes = str(value).partition(":")
        if not (hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
            self.fail(f"{value!r} is not a time like 09:00", param, ctx)
        try:
            return time(int(hours), int(minutes))
        except ValueError:
            self.fail(f"{value!r} is not a time like 09:00", param, ctx)


class _Zone(click.ParamType[str]):
    """An IANA zone."""

    name = "zone"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from zoneinfo import available_timezones

        if value not in available_timezones():
            self.fail(f"no time zone is called {value!r}; write one like Asia/Ulaanbaatar", param, ctx)
        return str(value)


@click.group()
def group() -> None:
    """Create groups, list them, print their join links."""


@group.command()
@click.option("--course", "course_id", required=True, metavar="ID", help="Id of a published course.")
@click.option("--name", required=True, help='What people call the group, such as "Autumn 2026".')
@click.option("--zone", type=_Zone(), help="Time zone of the group. Default: the academy's.")
@click.option("--days", type=_Weekdays(), help="workdays, daily or mon,wed. Default: the course's.")
@click.option("--at", type=_Clock(), help="When lessons come, where the learner is. Default: the course's.")
@click.option("--expected", type=click.IntRange(1, 1_000_000), help="How many people are invited.")
@click.option(
    "--auto-announcements",
    is_flag=True,
    help="Announcements of the course that ask for it go out alone. Default: a facilitator sends them.",
)
@listing_format
@click.pass_obj
def create(
    place: Place,
    *,
    course_id: str,
    name: str,
    zone: str | None,
    days: frozenset[int] | None,
    at: time | None,
    expected: int | None,
    auto_announcements: bool,
    form: "Form",
) -> None:
    """Make a group for the latest version of a course, and print how to join it."""
    from academy.grouping import GroupCreated, NameTaken, NameUnfit, UnknownCourse, create_group

    academy = place.academy()
    capacity = place.settings.limits.group_capacity
    outcome = place.run(
        lambda tx: create_group(
            tx,
            course_id=course_id,
            name=name,
            zone=zone,
            weekdays=days,
            at=at,
            expected=expected,
            capacity=capacity,
            auto_announcements=auto_announcements,
            random=SystemRandom(),
            now=place.now(),
            academy=academy,
        )
    )
    match outcome:
        case GroupCreated():
            _show_ways_in(place, outcome.group, form)
        case NameTaken():
            raise click.ClickException(f'A group is already called "{outcome.name}". Choose another name.')
        case NameUnfit():
            raise click.ClickException("A group's name has 1 to 128 characters. Choose another name.")
        case UnknownCourse(known=()):
            raise click.ClickException(
                "No course is published yet. Publish one with: dusal course publish PATH"
            )
        case UnknownCourse():
            raise click.ClickException(
                f'No course has the id "{outcome.course_id}". Use one of: {", ".join(outcome.known)}'
            )
        case _:
            assert_never(outcome)


@group.command("list")
@listing_format
@click.pass_obj
def list_groups(place: Place, form: "Form") -> None:
    """List the groups, oldest first."""
    from academy.group_tables import groups_table
    from app.listing import show

    show(place.read(groups_table), form)


@group.command()
@click.argument("name")
@listing_format
@click.pass_obj
def link(place: Place, name: str, form: "Form") -> None:
    """Print the join link and the code of the group NAME again."""
    _show_ways_in(place, existing_group(place, name), form)


@group.command()
@click.argument("name")
@listing_format
@click.pass_obj
def show(place: Place, name: str, form: "Form") -> None:
    """Show one group: its course, days, time, people and facilitators."""
    from academy.group_tables import group_table
    from app.listing import show as show_table

    found = existing_group(place, name)
    show_table(place.read(lambda tx: group_table(tx, found)), form)


@group.command()
@click.argument("name")
@click.pass_obj
def close(place: Place, name: str) -> None:
    """Let nobody join the group NAME any more; whoever is in it goes on."""
    from storage import groups

    found = existing_group(place, name)
    place.run(lambda tx: groups.close_at(tx, found.id, at=place.now()))
    click.echo(f'Nobody can join "{found.name}" any more. To open it again: dusal group open')


@group.command("open")
@click.argument("name")
@click.pass_obj
def open_again(place: Place, name: str) -> None:
    """Let people join the group NAME again, by the same link and code."""
    from storage import groups

    found = existing_group(place, name)
    place.run(lambda tx: groups.close_at(tx, found.id, at=None))
    click.echo(f'"{found.name}" is open: its link and its code let people in.')


def _show_ways_in(place: Place, found: "Group", form: "Form") -> None:
    from dataclasses import replace

    from academy.group_tables import ways_in_table
    from academy.grouping import join_link, shown_code
    from app.bot_name import bot_username
    from app.listing import show as show_table

    academy = replace(place.academy(), bot_username=bot_username(place))
    if form == "json":
        show_table(ways_in_table(found, academy=academy), form)
        return
    joining = join_link(found, academy=academy)
    if joining:
        click.echo(f"Link  {joining}")
    click.echo(f"Code  {shown_code(found.code)}")
