"""`dusal demo`: the whole service on this machine, with nothing to set up."""

import asyncio
import sys
from pathlib import Path

import click

from app.place import Place


@click.command()
@click.option("--story", is_flag=True, help="Only play the story, then end.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=0, help="Port of the phones' page; 0 takes a free one."
)
@click.pass_obj
def demo(place: Place, *, story: bool, port: int) -> None:
    """Play the whole service here, with five invented learners, then serve their phones."""
    from app.demo import demo as play
    from app.log_setup import set_up

    set_up(level="WARNING")
    stay = not story and sys.stdin.isatty() and sys.stdout.isatty()
    folder: Path = place.data / "demo"
    try:
        asyncio.run(play(folder=folder, port=port, stay=stay, write=click.echo))
    except KeyboardInterrupt:
        click.echo("\nStopped.")
