"""`dusal announce`: a message to everybody in a group, from the command line."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from app.commands.choices import TELEGRAM_ID, existing_group
from app.place import Place

if TYPE_CHECKING:
    from academy.audience import Audience
    from learners.groups import Group
    from lessons.markup import RichText


@click.command()
@click.option("--group", "group_name", required=True, metavar="NAME", help="To which group.")
@click.option("--text", help="What to say, in the Markdown of courses.")
@click.option("--file", "file", type=click.Path(path_type=Path, dir_okay=False), help="A file with the text.")
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d %H:%M"]),
    metavar='"YYYY-MM-DD HH:MM"',
    help="When, by the group's clock. Default: now.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d %H:%M"]),
    metavar='"YYYY-MM-DD HH:MM"',
    help="After this, a facilitator is asked before it is sent. Default: no end.",
)
@click.option(
    "--test", "test_id", type=TELEGRAM_ID, metavar="TELEGRAM_ID", help="Send it to this person only."
)
@click.pass_obj
def announce(
    place: Place,
    *,
    group_name: str,
    text: str | None,
    file: Path | None,
    at: datetime | None,
    until: datetime | None,
    test_id: int | None,
) -> None:
    """Send a message to everybody in a group; quiet hours hold it back where it is night."""
    from academy.announcing import announce as send

    message = _message(text, file)
    group = existing_group(place, group_name)
    if test_id is not None:
        _test(place, test_id, message)
        return
    send_at = None if at is None else _moment(place, at, group)
    useful_until = None if until is None else _moment(place, until, group)
    if send_at is not None and useful_until is not None and useful_until <= send_at:
        raise click.ClickException("--until is not later than --at. Nobody would ever be told.")
    academy = place.academy()
    heard = place.run(
        lambda tx: send(
            tx,
            group=group,
            text=message,
            send_at=send_at,
            useful_until=useful_until,
            now=place.now(),
            academy=academy,
        )
    )
    if not heard.hearers:
        raise click.ClickException(f'Nobody in "{group.name}" can be written to now, so nothing was sent.')
    _tell(heard, group)


def _message(text: str | None, file: Path | None) -> "RichText":
    from academy.announcing import units_over
    from bot.limits import TELEGRAM
    from lessons.markup import parse

    if (text is None) == (file is None):
        raise click.UsageError("Say what to send: either --text TEXT or --file FILE.")
    if file is not None:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as failed:
            raise click.ClickException(f"{file} cannot be read as a text in UTF-8.") from failed
    message = parse((text or "").strip())
    if not message.text.strip():
        raise click.ClickException("There is no text to send. Write something.")
    over = units_over(message, has_picture=False, limits=TELEGRAM)
    if over:
        raise click.ClickException(
            f"The text is {over} characters too long for one message ({TELEGRAM.text_chars}): shorten it."
        )
    return message


def _moment(place: Place, at: datetime, group: "Group") -> datetime:
    from scheduler.local_time import at_local_time

    if at.year > place.now().year + 1:
        raise click.ClickException(f"{at:%Y-%m-%d %H:%M} is too far away. Choose a moment within a year.")
    moment = at_local_time(at.date(), at.time(), zone=ZoneInfo(group.zone))
    if moment <= place.now():
        raise click.ClickException(f"{at:%Y-%m-%d %H:%M} is over in {group.zone}. Choose a later moment.")
    return moment


def _test(place: Place, test_id: int, message: "RichText") -> None:
    from academy.announcing import send_test
    from storage import people

    person = place.read(lambda tx: people.by_address(tx, test_id))
    if person is None:
        raise click.ClickException(
            f"Nobody with the number {test_id} has written to the bot yet. Write /start to it first."
        )
    place.run(lambda tx: send_test(tx, person=person, text=message, now=place.now()))
    click.echo(f"Test: 1 message to {test_id}.")


def _tell(heard: "Audience", group: "Group") -> None:
    zone = ZoneInfo(group.zone)
    now = len(heard.hearers) - len(heard.later)
    people = "1 person" if heard.people == 1 else f"{heard.people} people"
    click.echo(f'To "{group.name}": {people}.')
    if now:
        click.echo(f"From {heard.starts_at.astimezone(zone):%Y-%m-%d %H:%M}: {now}.")
    if heard.later:
        first = min(hearer.at for hearer in heard.later).astimezone(zone)
        click.echo(
            f"After the quiet hours where they are, the first {first:%Y-%m-%d %H:%M}: {len(heard.later)}."
        )
    if heard.paused:
        click.echo(f"Left out, paused: {len(heard.paused)}.")
    if heard.unreachable:
        click.echo(f"Left out, not reachable: {len(heard.unreachable)}.")
