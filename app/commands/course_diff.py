"""`dusal course diff`: what a new version would change, in words about people."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from app.commands.course_versions import changes_of, lines_of, names_kept, read_whole, renamed_option
from app.place import Place


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--against", metavar="VERSION", help="Compare with this version; by default, with the live one."
)
@renamed_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text for people, json for programs.",
)
@click.option("--exit-code", is_flag=True, help="End with 1 when there are changes, as git diff does.")
@click.pass_obj
def diff(
    place: Place, path: Path, against: str | None, renamed: tuple[str, ...], form: str, *, exit_code: bool
) -> None:
    """Tell what the course in PATH changes, and whom that meets.

    The exit code is 0 with and without changes; 1 when PATH has errors or the version is not known.
    """
    whole = read_whole(path)
    found = changes_of(place, whole.course, renamed=names_kept(renamed, course=whole.course), against=against)
    if found is None:
        if against is not None:
            raise click.ClickException(f"{whole.course.id} has no published version {against}")
        raise click.ClickException(
            f"{whole.course.id} is not published yet: there is nothing to compare with"
        )
    if form == "json":
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
    else:
        for line in lines_of(found):
            click.echo(line)
    sys.exit(1 if exit_code and found.changes else 0)
