"""`dusal inbox …`: updates that were set aside, and what to do with them."""

from typing import TYPE_CHECKING

import click

from app.commands.choices import listing_format
from app.place import Place

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.listing import Form


@click.group()
def inbox() -> None:
    """Look at updates that were set aside."""


@inbox.command()
@click.option("--show", metavar="TRACE", help="Print one as it came. It may hold what somebody wrote.")
@click.option("--again", metavar="TRACE", help="Handle one once more: after an update of the program.")
@click.option("--drop", metavar="TRACE", help="Handle one never, and forget what it said.")
@listing_format
@click.pass_obj
def dead(place: Place, show: str | None, again: str | None, drop: str | None, form: "Form") -> None:
    """List updates that failed three times or ended the program twice; kept for seven days.

    TRACE is the number in the first column. It stands in the log too, and in what the person was told.
    """
    if sum(asked is not None for asked in (show, again, drop)) > 1:
        raise click.UsageError("Give one of --show, --again and --drop.")
    if show is not None:
        _show(place, show)
    elif again is not None:
        _again(place, again)
    elif drop is not None:
        _drop(place, drop)
    else:
        _list(place, form)


def _list(place: Place, form: "Form") -> None:
    from app.listing import show
    from reports.table import Column, Table
    from storage.dead_updates import dead_updates

    show(
        Table(
            title="Updates set aside",
            columns=(
                Column("trace", "Trace"),
                Column("update", "Update"),
                Column("person", "Person"),
                Column("received_at", "Received"),
                Column("set_aside_at", "Set aside"),
                Column("tries", "Tries"),
                Column("why", "Why"),
            ),
            rows=tuple(
                (
                    row.trace,
                    row.update_id,
                    row.person,
                    row.received_at,
                    row.set_aside_at,
                    row.tries,
                    row.why,
                )
                for row in place.read(dead_updates)
            ),
        ),
        form,
    )


def _show(place: Place, trace: str) -> None:
    from storage.accesses import OPERATOR, Shown, note
    from storage.dead_updates import contents, sender

    def noted(tx: "Connection") -> str | None:
        found = contents(tx, trace)
        if found is not None:
            shown = Shown(what="update", group_id=None, learner_id=sender(tx, trace))
            note(tx, viewer=OPERATOR, shown=shown, now=place.now())
        return found

    payload = place.run(noted)
    if payload is None:
        raise _none(trace)
    click.echo("This may hold what somebody wrote: show it to nobody who need not see it.", err=True)
    click.echo(payload)


def _again(place: Place, trace: str) -> None:
    from storage.dead_updates import handle_again

    if not place.run(lambda tx: handle_again(tx, trace, now=place.now())):
        raise _none(trace)
    click.echo(f"{trace} is handled once more.")


def _drop(place: Place, trace: str) -> None:
    from storage.dead_updates import drop

    if not place.run(lambda tx: drop(tx, trace)):
        raise _none(trace)
    click.echo(f"{trace} is dropped.")


def _none(trace: str) -> click.ClickException:
    told = f"Nothing was set aside as {trace}. See what was: dusal inbox dead"
    return click.ClickException(told)
