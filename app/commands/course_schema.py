"""`dusal course schema`: the format as JSON Schema, for editors."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lessons.schema import SchemaKind


@click.command()
@click.option(
    "--for",
    "kind",
    type=click.Choice(["course", "lesson", "translation"]),
    default="course",
    show_default=True,
    help="Which kind of file it describes.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it there, not to the screen."
)
def schema(kind: "SchemaKind", out: Path | None) -> None:
    """Print the format as JSON Schema, for editors.

    They complete keys with it and underline mistakes (JSON Schema 2020-12). VS Code with the YAML
    extension takes it up from the first line of a file:

    # yaml-language-server: $schema=course.schema.json
    """
    from lessons.schema import schema_text

    text = schema_text(kind)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from error
    click.echo(f"{out} is written.", err=True)
