"""`dusal serve`: run the bot."""

import asyncio
import sys

import click

from app.loading import collector_at_rest
from app.place import Place
from app.service_parts import UnknownPartError, chosen

HOW_TO_BEGIN = """\
dusal: there are no settings yet.
Copy config.example.yaml to {config}, and fill in academy.name and telegram.token (from @BotFather).
To look around first, without any of that: dusal demo"""


@click.command()
@click.option(
    "--only",
    metavar="PARTS",
    multiple=True,
    help="On PostgreSQL: run some parts here (receive, handle, send, web, tick; several with commas).",
)
@click.pass_obj
def serve(place: Place, only: tuple[str, ...]) -> None:
    """Run the bot until it is told to stop."""
    try:
        parts = chosen(only)
    except UnknownPartError as error:
        raise click.UsageError(str(error)) from error
    with collector_at_rest():
        from app.settings_file import load, tell

    if not place.config.is_file() and not any(name.startswith("DUSAL_") for name in place.environ):
        click.echo(HOW_TO_BEGIN.format(config=place.config), err=True)
        raise click.exceptions.Exit(2)
    loaded = load(place.config, environ=place.environ, required=place.config.is_file())
    if loaded.settings is None:
        raise click.ClickException(tell(loaded.problems))
    settings = loaded.settings
    if not settings.telegram.token.get_secret_value():
        raise click.ClickException(f"telegram.token is empty in {place.config}: @BotFather gives one")
    if settings.telegram.mode == "webhook" and not (
        settings.telegram.webhook.url and settings.telegram.webhook.secret.get_secret_value()
    ):
        raise click.ClickException("webhook mode needs telegram.webhook.url and telegram.webhook.secret")
    with collector_at_rest():
        from app.log_setup import set_up
        from app.serving import serve as run

    set_up(level=settings.log.level.upper(), form=settings.log.format, secrets=settings.secrets())
    sys.exit(
        asyncio.run(run(settings, url=place.database_url, clock=place.clock, data=place.data, chosen=parts))
    )
