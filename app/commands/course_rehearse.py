"""`dusal course rehearse`: a whole course played before the first learner joins."""

import asyncio
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import click

from app.place import Place
from scheduler.rehearsal import DESCRIPTIONS, Habit

if TYPE_CHECKING:
    from lessons.reader import Reading

_Form: TypeAlias = Literal["table", "json", "csv"]
_HABITS: tuple[Habit, ...] = get_args(Habit)


def _habits(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[Habit, ...]:
    found = tuple(habit for word in value.split(",") for habit in _HABITS if habit == word.strip())
    if len(found) != len(value.split(",")):
        raise click.BadParameter(f"write some of {', '.join(_HABITS)}, with commas between")
    return found


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--learners",
    type=click.IntRange(1, 1_000_000),
    default=30,
    show_default=True,
    help="How many there will be: the load on Telegram is reckoned for them.",
)
@click.option("--group-zone", "zone", help="The group's time zone; without it the academy's.")
@click.option(
    "--start",
    "on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day, YYYY-MM-DD; without it next Monday.",
)
@click.option(
    "--habits",
    default=",".join(_HABITS),
    show_default=True,
    callback=_habits,
    help="Who is played: " + "; ".join(f"{habit} {told}" for habit, told in DESCRIPTIONS.items()) + ".",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(get_args(_Form)),
    default="table",
    show_default=True,
    help="csv holds the calendar, every message of every learner; json holds everything.",
)
@click.pass_obj
def rehearse(
    place: Place,
    path: Path,
    *,
    learners: int,
    zone: str | None,
    on: datetime | None,
    habits: tuple[Habit, ...],
    form: _Form,
) -> None:
    """Play the course in PATH to its end.

    It tells every message, the questions that cannot be answered right, and the load on Telegram.
    One learner with each habit is played through the real bot on this machine, and in each
    translation one more. Nothing leaves this machine and nothing is kept. The exit code is 1 when
    somebody could not go on, or a right answer did not count as right.
    """
    from zoneinfo import ZoneInfo, available_timezones

    from app.furnishing import first_morning
    from app.log_setup import set_up
    from app.rehearsal_report import as_csv, as_json, as_text, problems
    from app.rehearsing import cast_for, rehearse
    from lessons.nodes import nearest

    reading = _read(path)
    name = zone or place.settings.academy.zone
    if name not in available_timezones():
        near = nearest(name, frozenset(available_timezones())) or "Europe/Kyiv"
        raise click.BadParameter(f"no time zone is called {name!r}; try {near}", param_hint="'--group-zone'")
    if on is not None and not 2000 <= on.year < 3000:
        # Further away, the days of a course may lie where no calendar reaches.
        raise click.BadParameter(
            f"{on:%Y-%m-%d} is too far away; choose a day near ours", param_hint="'--start'"
        )
    # What the service notes about itself would stand between the lines of the report.
    set_up(level="ERROR")
    assert reading.course is not None
    with tempfile.TemporaryDirectory(prefix="dusal-rehearsal-") as folder:
        found = asyncio.run(
            rehearse(
                reading,
                settings=place.settings,
                cast=cast_for(reading.course, habits),
                zone=ZoneInfo(name),
                on=on.date()
                if on
                else first_morning(place.now(), zone=ZoneInfo(name)).astimezone(ZoneInfo(name)).date(),
                url=f"sqlite:///{folder}/rehearsal.db",
            )
        )
    rate = place.settings.limits.messages_per_second
    match form:
        case "table":
            click.echo(as_text(found, learners=learners, rate_per_second=rate))
        case "json":
            click.echo(as_json(found, learners=learners, rate_per_second=rate))
        case "csv":
            click.echo(as_csv(found), nl=False)
    sys.exit(1 if any(problems(found)) else 0)


def _read(path: Path) -> "Reading":
    from bot.limits import TELEGRAM
    from lessons.problems import draw
    from lessons.reading_apart import read_path

    reading = read_path(path, limits=TELEGRAM)
    if reading.course is None:
        for problem in reading.errors:
            click.echo(draw(problem) + "\n", err=True)
        raise click.ClickException(f"{path} was not rehearsed. Mend the errors above and try again.")
    return reading
