"""`dusal backup`: a copy of the database that is known to work."""

from pathlib import Path

import click

from app.place import Place


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--keep",
    type=click.IntRange(1),
    metavar="N",
    help="Afterwards keep the newest N copies in that folder, of those with a name like ours.",
)
@click.pass_obj
def backup(place: Place, file: Path | None, keep: int | None) -> None:
    """Copy the database into FILE while the service runs, and check the copy by reading it back.

    Without FILE the copy goes into the data folder: backups/dusal-20261123-084500.db, in UTC. The copy
    is always one SQLite file, also of an academy on PostgreSQL. Its SHA-256 is written beside it.
    """
    from app.backup import back_up, default_file
    from app.commands.database import telling_progress
    from storage.errors import StorageError

    now = place.now()
    try:
        made = back_up(
            place.database,
            file=file or default_file(place.data, now=now),
            now=now,
            keep=keep,
            progress=telling_progress(),
        )
    except StorageError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"the copy could not be written ({error.strerror})") from error
    click.echo(f"{made.file}: {made.rows} rows, {made.bytes} bytes, read back and found whole.")
    for gone in made.removed:
        click.echo(f"Removed {gone}")
