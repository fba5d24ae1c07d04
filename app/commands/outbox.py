"""`dusal outbox`: what was sent, what waits, what failed; never what it said."""

from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from app.commands.choices import listing_format
from app.place import Place

if TYPE_CHECKING:
    from app.listing import Form
    from storage.outbox import DeliveryState

Verdict: TypeAlias = Literal["send_again", "arrived", "drop"]

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
@click.option(
    "--decide",
    nargs=2,
    type=(click.IntRange(1), click.Choice(["send_again", "arrived", "drop"])),
    metavar="DELIVERY VERDICT",
    help="Settle a held delivery: send_again, arrived or drop.",
)
@click.option(
    "--decide-all",
    type=click.Choice(["send_again", "arrived", "drop"]),
    metavar="VERDICT",
    help="Settle everything that is held in the same way, as after going back to a backup.",
)
@listing_format
@click.pass_obj
def outbox(
    place: Place,
    states: tuple["DeliveryState", ...],
    limit: int | None,
    *,
    decide: tuple[int, Verdict] | None,
    decide_all: Verdict | None,
    form: "Form",
) -> None:
    """List deliveries, oldest first: to whom, of which kind, and what became of them."""
    if decide is not None:
        _decide(place, *decide)
        return
    if decide_all is not None:
        _decide_all(place, decide_all)
        return
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


def _decide(place: Place, delivery: int, verdict: Verdict) -> None:
    from storage import outbox as rows

    if not place.run(lambda tx: rows.decide_held(tx, delivery=delivery, verdict=verdict, now=place.now())):
        raise click.ClickException(
            f"Delivery {delivery} is not held. See which are: dusal outbox --state held"
        )
    told = {"send_again": "is sent again", "arrived": "counts as sent", "drop": "is not sent any more"}
    click.echo(f"Delivery {delivery} {told[verdict]}.")


def _decide_all(place: Place, verdict: Verdict) -> None:
    from storage import outbox as rows

    settled = place.run(lambda tx: rows.decide_all_held(tx, verdict=verdict, now=place.now()))
    told = {"send_again": "Sent again", "arrived": "Counted as sent", "drop": "Not sent any more"}
    click.echo(f"{told[verdict]}: {settled}")
