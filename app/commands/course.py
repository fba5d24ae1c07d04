"""`dusal course …`: what an author does with a course before anybody learns from it.

Only the command that is run is imported: an author who checks a course after every save waits for
nothing else.
"""

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lessons.problems import Problem

_OTHERS = {
    "new": "course_new:new",
    "fmt": "course_fmt:fmt",
    "rehearse": "course_rehearse:rehearse",
    "explain": "course_explain:explain",
    "schema": "course_schema:schema",
    "diff": "course_diff:diff",
    "publish": "course_publishing:publish",
    "list": "course_publishing:list_courses",
    "replay": "course_replay:replay",
}
"""Name → module of this package, and the command in it."""


class _Courses(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_OTHERS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _OTHERS:
            return super().get_command(ctx, cmd_name)
        module, _, name = _OTHERS[cmd_name].partition(":")
        command = getattr(importlib.import_module(f"app.commands.{module}"), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Courses)
def course() -> None:
    """Write, check, rehearse and publish courses."""


@course.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How problems are told: to a person, to a program, to a GitHub workflow.",
)
@click.option("--watch", "watching", is_flag=True, help="Check again whenever a file is saved; Ctrl+C ends.")
@click.pass_context
def check(context: click.Context, path: Path, form: str, *, watching: bool) -> None:
    """Tell every problem of the course in PATH at once.

    PATH is a file, a folder or a zip. The exit code is 0 when there is no error, 1 when there is one.
    """
    if watching:
        from app.commands.course_watch import watch

        return watch(
            path,
            check=lambda: context.invoke(check, path=path, form=form, watching=False),
            clear=sys.stdout.isatty(),
        )
    from bot.limits import TELEGRAM
    from lessons.problems import as_github, as_json, draw
    from lessons.reading_apart import check_path

    reading = check_path(path, limits=TELEGRAM)
    match form:
        case "json":
            click.echo(as_json(reading.problems))
        case "github":
            for problem in reading.problems:
                click.echo(as_github(problem))
        case _:
            for problem in reading.problems:
                click.echo(draw(problem) + "\n")
            click.echo(reading.conclusion)
            if reading.problems:
                click.echo(f"More about a problem: dusal course explain {_first(reading.problems).code}")
    sys.exit(1 if reading.errors else 0)


def _first(problems: "tuple[Problem, ...]") -> "Problem":
    """Return the first error, or else the first warning."""
    return min(problems, key=lambda problem: problem.severity)
