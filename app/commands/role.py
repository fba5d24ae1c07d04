"""`dusal role …`: who is a facilitator or an admin."""

from typing import TYPE_CHECKING, Literal

import click

from app.commands.choices import TELEGRAM_ID, listing_format, unknown_group
from app.place import Place

if TYPE_CHECKING:
    from app.listing import Form


@click.group()
def role() -> None:
    """Say who is a facilitator or an admin."""


@role.command()
@click.argument("telegram_id", type=TELEGRAM_ID)
@click.argument("name", metavar="ROLE", type=click.Choice(["facilitator", "admin"]))
@click.option("--group", "group_name", metavar="NAME", help="The group a facilitator looks after.")
@click.pass_obj
def grant(
    place: Place, telegram_id: int, name: Literal["facilitator", "admin"], group_name: str | None
) -> None:
    """Give the person TELEGRAM_ID a role, also before that person has written to the bot."""
    from academy.granting import UnknownGroup
    from academy.granting import grant as give

    _refuse_wrong_scope(name, group_name)
    outcome = place.run(
        lambda tx: give(tx, address=telegram_id, role=name, group_name=group_name, now=place.now())
    )
    if isinstance(outcome, UnknownGroup):
        raise unknown_group(outcome)
    already = "" if outcome.new else " already"
    click.echo(f"{telegram_id} is{already} {_described(name, group_name)}.")


@role.command()
@click.argument("telegram_id", type=TELEGRAM_ID)
@click.argument("name", metavar="ROLE", type=click.Choice(["facilitator", "admin"]))
@click.option("--group", "group_name", metavar="NAME", help="The group a facilitator looks after.")
@click.pass_obj
def revoke(
    place: Place, telegram_id: int, name: Literal["facilitator", "admin"], group_name: str | None
) -> None:
    """Take a role from the person TELEGRAM_ID; it is gone at their next tap."""
    from academy.granting import UnknownGroup
    from academy.granting import revoke as take

    _refuse_wrong_scope(name, group_name)
    now = place.now()
    outcome = place.run(lambda tx: take(tx, address=telegram_id, role=name, group_name=group_name, now=now))
    if isinstance(outcome, UnknownGroup):
        raise unknown_group(outcome)
    if not outcome.held:
        raise click.ClickException(
            f"{telegram_id} is not {_described(name, group_name)}. See who is: dusal role list"
        )
    click.echo(f"{telegram_id} is no longer {_described(name, group_name)}.")


@role.command("list")
@listing_format
@click.pass_obj
def list_roles(place: Place, form: "Form") -> None:
    """List facilitators and admins, in the order they were named."""
    from academy.granting import roles_table
    from app.listing import show

    show(place.read(roles_table), form)


def _refuse_wrong_scope(name: Literal["facilitator", "admin"], group_name: str | None) -> None:
    if name == "facilitator" and group_name is None:
        raise click.UsageError("A facilitator needs a group: add --group NAME.")
    if name == "admin" and group_name is not None:
        raise click.UsageError("An admin looks after every group: leave out --group.")


def _described(name: Literal["facilitator", "admin"], group_name: str | None) -> str:
    return "an admin" if name == "admin" else f'a facilitator of "{group_name}"'
