"""`dusal course …`: what an author does with a course before anybody learns from it."""

import sys
from pathlib import Path

import click

from app.commands.course_publishing import list_courses, publish


@click.group()
def course() -> None:
    """Check, publish and list courses."""


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
def check(path: Path, form: str) -> None:
    """Read the course in PATH (a file, a folder or a zip) and tell every problem at once.

    The exit code is 0 when there is no error, 1 when there is one.
    """
    from bot.limits import TELEGRAM
    from lessons.problems import as_github, as_json, draw
    from lessons.reader import read
    from lessons.reading_report import conclusion

    reading = read(path, limits=TELEGRAM)
    match form:
        case "json":
            click.echo(as_json(reading.problems))
        case "github":
            for problem in reading.problems:
                click.echo(as_github(problem))
        case _:
            for problem in reading.problems:
                click.echo(draw(problem) + "\n")
            click.echo(conclusion(reading))
    sys.exit(1 if reading.errors else 0)


course.add_command(publish)
course.add_command(list_courses)
