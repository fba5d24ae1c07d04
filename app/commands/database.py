"""`dusal database …`: an academy moves between SQLite and PostgreSQL, or from one place to another."""

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from app.commands.choices import listing_format
from app.place import Place

if TYPE_CHECKING:
    from app.listing import Form
    from storage.database import Database

_TOLD_EVERY_ROWS = 100_000


@click.group()
def database() -> None:
    """Move an academy between SQLite and PostgreSQL, and compare two databases.

    Addresses are written as in the settings: sqlite:///data/dusal.db, postgresql://dusal@127.0.0.1/dusal
    """


@database.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.pass_obj
def copy(place: Place, source: str, target: str) -> None:
    """Copy everything FROM one database TO an empty one, and compare each row.

    No service may run on either. It happens as a whole or not at all.
    """
    from storage.copying import copy_rows
    from storage.errors import StorageError

    now = place.now()
    progress = telling_progress()
    try:
        with contextlib.ExitStack() as stack:
            one, other = _opened(stack, source), _opened(stack, target)
            for each in (one, other):
                stack.enter_context(each.hold(now=now))
                each.prepare_held()
            counts = one.read_here(
                lambda tx: other.run_here(lambda into: copy_rows(tx, into, progress=progress))
            )
    except StorageError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{sum(counts.values())} rows in {len(counts)} tables, each one compared.")
    click.echo("To work there, set database.url. What was copied is still where it was.")


@database.command()
@click.argument("one")
@click.argument("other")
@listing_format
@click.pass_obj
def check(place: Place, one: str, other: str, form: "Form") -> None:
    """Compare two databases row by row; exit 1 when they differ."""
    from app.listing import show
    from reports.table import Column, Table
    from storage.copying import compare
    from storage.errors import StorageError

    now = place.now()
    try:
        with contextlib.ExitStack() as stack:
            left, right = _opened(stack, one), _opened(stack, other)
            for each in (left, right):
                each.prepare(now=now)
            found = left.read_here(
                lambda tx: right.read_here(lambda theirs: compare(tx, theirs, progress=lambda *_: None))
            )
    except StorageError as error:
        raise click.ClickException(str(error)) from error
    show(
        Table(
            title="Rows compared",
            columns=(
                Column("table", "Table"),
                Column("rows", "Rows"),
                Column("other_rows", "In the other"),
                Column("different", "Different"),
                Column("first", "First"),
            ),
            rows=tuple((one.table, one.rows, one.other_rows, one.different, one.first) for one in found),
        ),
        form,
    )
    if any(table.different for table in found):
        raise click.exceptions.Exit(1)


@database.command()
@click.argument("name")
@click.pass_obj
def environment(place: Place, name: str) -> None:
    """Say that the database belongs to the environment NAME now, as academy.environment calls it.

    For a database that has moved. Never serve a copy of an academy that runs: learners would hear from both.
    """
    from storage import bots

    configured = place.settings.academy.environment
    if name != configured:
        raise click.ClickException(
            f"academy.environment says {configured}: a start would refuse {name}. Set it first."
        )
    before = place.read(bots.environment_of)
    if before is None:
        raise click.ClickException(
            "The database belongs to none yet: the first start of `dusal serve` stores academy.environment."
        )
    place.run(lambda tx: bots.move_to(tx, environment=name))
    click.echo(f"The database belongs to {name} now, no longer to {before}.")


def telling_progress() -> Callable[[str, int, int], None]:
    """Return what prints a line on standard error for each table, and more for a long one."""

    def tell(table: str, done: int, total: int) -> None:
        if done == total or done % _TOLD_EVERY_ROWS == 0:
            click.echo(f"{table}: {done} of {total} rows", err=True)

    return tell


def _opened(stack: contextlib.ExitStack, url: str) -> "Database":
    from storage.database import Database

    opened = stack.enter_context(contextlib.closing(Database.open(url)))
    if opened.file is not None:
        opened.file.parent.mkdir(parents=True, exist_ok=True)
    return opened
