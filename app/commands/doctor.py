"""`dusal doctor`: look for what could go wrong, before it does."""

import contextlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import click

from app.place import Place

if TYPE_CHECKING:
    from app.doctor import Finding


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--repair", is_flag=True, help="Plan those anew whom the agenda has overlooked.")
@click.pass_obj
def doctor(place: Place, form: Literal["table", "json"], *, repair: bool) -> None:
    """Look for what could go wrong on this machine and in the database; exit 1 when something is bad."""
    findings = tuple(_findings(place, repair=repair))
    if form == "json":
        rows = [{"what": found.what, "level": found.level, "says": found.says} for found in findings]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for found in findings:
            click.echo(f"{found.level:<8} {found.what:<12} {found.says}")
    if any(found.level == "bad" for found in findings):
        raise click.exceptions.Exit(1)


def _findings(place: Place, *, repair: bool) -> Iterator["Finding"]:
    from app.doctor import Finding, examine
    from app.doctor_database import bound_bot, examine_database
    from app.doctor_telegram import examine_telegram
    from app.settings import facts
    from storage.database import Database
    from storage.errors import StorageError

    try:
        settings = place.settings
        database = Database.open(place.database_url)
    except click.ClickException as error:
        yield from examine(data=place.data, config=place.config, database_file=None)
        yield Finding(what="Settings", level="bad", says=error.message)
        return
    except StorageError as error:
        yield from examine(data=place.data, config=place.config, database_file=None)
        yield Finding(what="Database", level="bad", says=str(error))
        return
    yield from examine(data=place.data, config=place.config, database_file=database.file)
    with contextlib.closing(database):
        yield from examine_database(database, academy=facts(settings), now=place.now(), repair=repair)
        yield from examine_telegram(settings, bound=bound_bot(database))
