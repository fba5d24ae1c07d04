"""`dusal access …`: who was shown learners' records."""

from typing import TYPE_CHECKING

import click

from app.commands.choices import TELEGRAM_ID, existing_group, listing_format
from app.place import Place

if TYPE_CHECKING:
    from app.listing import Form


@click.group()
def access() -> None:
    """List who was shown learners' records."""


@access.command("list")
@click.option("--group", "group_name", metavar="NAME", help="Only records of this group.")
@click.option(
    "--person",
    "telegram_id",
    type=TELEGRAM_ID,
    metavar="TELEGRAM_ID",
    help="Only what this person was shown, and what showed this person.",
)
@listing_format
@click.pass_obj
def list_accesses(place: Place, group_name: str | None, telegram_id: int | None, form: "Form") -> None:
    """List who was shown what in the last 12 months, oldest first; times are UTC.

    The same thing, shown again within 15 minutes, stands there once.
    """
    from academy.accesses import accesses_table
    from app.listing import show
    from storage import people

    group = None if group_name is None else existing_group(place, group_name)
    person = None
    if telegram_id is not None:
        person = place.read(lambda tx: people.by_address(tx, telegram_id))
        if person is None:
            raise click.ClickException(f"Nobody with the number {telegram_id} is known here.")
    show(place.read(lambda tx: accesses_table(tx, group=group, person=person)), form)
