"""`dusal report …`: the numbers that /group shows."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.commands.choices import existing_group
from app.place import Place

if TYPE_CHECKING:
    from app.listing import Form
    from learners.groups import Group
    from storage.accesses import What


@click.group()
def report() -> None:
    """Print a report about a group."""


@report.command()
@click.option("--group", "group_name", required=True, metavar="NAME", help="Which group.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="table for people, csv for spreadsheets, json for programs.",
)
@click.option(
    "--csv", "csv_file", type=click.Path(path_type=Path, dir_okay=False), help="Write it as CSV too."
)
@click.option(
    "--png",
    "png_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the picture of /group too.",
)
@click.pass_obj
def completion(
    place: Place, group_name: str, form: "Form", csv_file: Path | None, png_file: Path | None
) -> None:
    """Print how far everybody in a group is, and the figures of /group."""
    from academy import reporting
    from app.listing import show
    from reports.exports import to_csv, to_json

    group = existing_group(place, group_name)
    academy = place.academy()
    language = academy.languages[0]
    _note(place, "report", group)
    found = place.read(
        lambda tx: reporting.completion(tx, group=group, now=place.now(), academy=academy, language=language)
    )
    if form == "json":
        click.echo(to_json(found))
    else:
        show(found.table, form)
    if csv_file is not None:
        # As bytes: the table has its own line ends, which text mode would double on Windows.
        _write(csv_file, to_csv(found.table).encode())
    if png_file is not None:
        from bot.screens.group import drawing
        from i18n.catalog import translator
        from reports.pictures.draw import draw

        svg = drawing(found.group, found.course, found.figures, translator(language))
        _write(png_file, draw(svg))


@report.command()
@click.option("--group", "group_name", required=True, metavar="NAME", help="Which group.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="table for people, csv for spreadsheets, json for programs.",
)
@click.pass_obj
def answers(place: Place, group_name: str, form: "Form") -> None:
    """Print what a group answered, question by question; nobody is named."""
    from academy import reporting
    from app.listing import show

    group = existing_group(place, group_name)
    language = place.academy().languages[0]
    _note(place, "answers", group)
    show(place.read(lambda tx: reporting.answers(tx, group=group, language=language)), form)


def _note(place: Place, what: "What", group: "Group") -> None:
    """Note that it is shown, before it is: who cannot note it does not show it."""
    from storage.accesses import OPERATOR, Shown, note

    shown = Shown(what=what, group_id=group.id)
    place.run(lambda tx: note(tx, viewer=OPERATOR, shown=shown, now=place.now()))


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as failed:
        raise click.ClickException(f"{file} cannot be written: {failed.strerror}.") from failed
