"""`dusal doctor`: look for what could go wrong, before it does."""

import json
from typing import Literal

import click

from app.place import Place


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def doctor(place: Place, form: Literal["table", "json"]) -> None:
    """Look for what could go wrong on this machine; exit 1 when something is bad."""
    from app.doctor import examine

    findings = examine(data=place.data, config=place.config, database_file=place.database.file)
    if form == "json":
        rows = [{"what": found.what, "level": found.level, "says": found.says} for found in findings]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for found in findings:
            click.echo(f"{found.level:<8} {found.what:<12} {found.says}")
    if any(found.level == "bad" for found in findings):
        raise click.exceptions.Exit(1)
