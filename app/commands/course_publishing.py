"""`dusal course publish` and `dusal course list`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.commands.choices import listing_format
from app.place import Place

if TYPE_CHECKING:
    from app.listing import Form


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.pass_obj
def publish(place: Place, path: Path) -> None:
    """Publish the course in PATH (a file, a folder or a zip) for groups made from now on.

    Prints the course's id, the author's version and 12 digits of the content hash. A published version
    never changes: the same content again does nothing, other content needs another version.
    """
    from academy.publishing import publish as publish_course
    from academy.publishing import short_hash
    from bot.limits import TELEGRAM
    from lessons.problems import draw
    from lessons.reader import read
    from lessons.versions import content_hash
    from storage.courses import VersionTaken

    reading = read(path, limits=TELEGRAM)
    for problem in reading.problems:
        click.echo(draw(problem) + "\n", err=True)
    course = reading.course
    if course is None:
        raise click.ClickException(f"{path} was not published. Mend the errors above and try again.")
    outcome = place.run(lambda tx: publish_course(tx, course=course, media=reading.media, now=place.now()))
    if isinstance(outcome, VersionTaken):
        raise click.ClickException(
            f"Version {course.version} of {course.id} is published with other content"
            f" ({short_hash(outcome.taken.content_hash)}). Write a higher version into the course."
        )
    click.echo(f"{course.id} {course.version} {short_hash(content_hash(course))}")
    if not outcome.created:
        click.echo("Exactly this was published before; nothing was changed.", err=True)


@click.command("list")
@listing_format
@click.pass_obj
def list_courses(place: Place, form: "Form") -> None:
    """List every published version, oldest first."""
    from academy.publishing import versions_table
    from app.listing import show

    show(place.read(versions_table), form)
