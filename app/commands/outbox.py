"""`dusal outbox`: what was sent, what waits, what failed; never what it said."""

from typing import TYPE_CHECKING

import click

from app.commands.choices import listing_format
from app.place import Place

if TYPE_CHECKING:
    from app.listing import Form
    from storage.outbox import DeliveryState

_STATES = ("waiting", "sending", "sent", "refused", "uncertain", "held", "cancelled")


@click.command()
@click.option(
    "--state",
    "states",
    type=click.Choice(_STATES),
    multiple=True,
    help="Only these; may be given several times.",
)
@click.option("--limit", type=click.IntRange(1), help="Only the newest so many.")
@listing_format
@click.pass_obj
def outbox(place: Place, states: tuple["DeliveryState", ...], limit: int | None, form: "Form") -> None:
    """List deliveries, oldest first: to whom, of which kind, and what became of them."""
    from app.listing import show
    from reports.table import Column, Table
    from storage import outbox as rows

    listed = place.read(lambda tx: rows.listing(tx, states=states or None, limit=limit))
    show(
        Table(
            title="Outbox",
            columns=(
                Column("delivery", "Delivery"),
                Column("person", "Person"),
                Column("kind", "Kind"),
                Column("state", "State"),
                Column("attempts", "Attempts"),
                Column("maybe_doubled", "Maybe doubled"),
                Column("not_before", "Not before"),
                Column("settled_at", "Settled"),
                Column("reason", "Reason"),
                Column("key", "Key"),
            ),
            rows=tuple(
                (
                    row.delivery,
                    row.person,
                    row.kind,
                    row.state,
                    row.attempts,
                    row.maybe_doubled,
                    row.not_before,
                    row.settled_at,
                    row.reason,
                    row.key,
                )
                for row in listed
            ),
        ),
        form,
    )
