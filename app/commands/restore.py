"""`dusal restore`: go back to a copy."""

import contextlib
from pathlib import Path

import click

from app.place import Place

_DONE = """\
Nothing that was sent since the copy was made is sent again. The next start of `dusal serve` settles that,
and leaves what was due meanwhile to you: dusal outbox --state held"""


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--done-by-hand",
    is_flag=True,
    help="Instead of FILE: say that an older database has been put back with other tools.",
)
@click.pass_obj
def restore(place: Place, file: Path | None, *, done_by_hand: bool) -> None:
    """Put the copy in FILE in the place of the database, while no service runs.

    The copy is checked first. What is here now is kept aside and never deleted.
    """
    if done_by_hand == (file is not None):
        raise click.UsageError("Give the file of a copy, or --done-by-hand.")
    from storage.errors import StorageError

    try:
        if file is None:
            _say_restored(place)
        else:
            _restore(place, file)
    except StorageError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"the copy could not be put in place ({error.strerror})") from error
    click.echo(_DONE)


def _restore(place: Place, file: Path) -> None:
    from app.backup_restoring import restore
    from app.commands.database import telling_progress
    from storage.database import Database

    # Not `place.database`: that would make or migrate the one that is to go.
    with contextlib.closing(Database.open(place.database_url)) as there:
        put = restore(there, file=file, data=place.data, now=place.now(), progress=telling_progress())
    checked = "" if put.checksum else " It has no checksum beside it, so only its contents were checked."
    click.echo(f"{file} is in place: {put.rows} rows, found whole.{checked}")
    if put.aside:
        click.echo(f"What was here before is kept as {put.aside}")
    if put.erased_again:
        click.echo(f"Erased again, because they had asked for it: {put.erased_again}")


def _say_restored(place: Place) -> None:
    from storage import restored

    with place.database.hold(now=place.now()):
        place.run(lambda tx: restored.say_restored(tx, now=place.now()))
