"""What several commands ask for in the same words."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from academy.granting import UnknownGroup
    from app.place import Place
    from learners.groups import Group

listing_format = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="table for people, json for programs.",
)

TELEGRAM_ID = click.IntRange(1, 2**52)
"""Bot API, User.id: at most 52 significant bits."""


def existing_group(place: "Place", name: str) -> "Group":
    """Return the group of this name; ends the command with the names there are when there is none."""
    from academy.granting import UnknownGroup, find_group

    found = place.read(lambda tx: find_group(tx, name))
    if isinstance(found, UnknownGroup):
        raise unknown_group(found)
    return found


def unknown_group(unknown: "UnknownGroup") -> click.ClickException:
    """Return what to say when no group has this name."""
    if not unknown.known:
        return click.ClickException("There is no group yet. Make one with: dusal group create")
    names = ", ".join(f'"{name}"' for name in unknown.known[:20])
    return click.ClickException(f'No group is called "{unknown.name}". Use one of: {names}')
