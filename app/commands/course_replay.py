"""`dusal course replay`: a test that was made in the preview is played against the real bot."""

import asyncio
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from app.place import Place


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.argument("script", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def replay(place: Place, path: Path, script: Path) -> None:
    """Play the test in SCRIPT against the course at PATH, and say where the words differ.

    Tests are made in `dusal preview`. The exit code is 0 when everything is as written, 1 when not.
    """
    from app.log_setup import set_up
    from app.replaying import replay as play
    from app.script_reading import ScriptRefusedError, read_script
    from bot.limits import TELEGRAM
    from lessons.problems import draw
    from lessons.reading_apart import read_path

    set_up(level="WARNING")
    try:
        wanted = read_script(script, zone=ZoneInfo(place.settings.academy.zone))
    except ScriptRefusedError as refused:
        click.echo(str(refused), err=True)
        raise click.exceptions.Exit(1) from refused
    reading = read_path(path, limits=TELEGRAM)
    if reading.course is None:
        click.echo("\n\n".join(draw(problem) for problem in reading.problems), err=True)
        raise click.exceptions.Exit(1)
    found = asyncio.run(play(wanted, path=path, reading=reading, settings=place.settings))
    if found is not None:
        click.echo(f"{script}:{found.line}: {found.words}")
        raise click.exceptions.Exit(1)
    count = len(wanted.lines)
    click.echo(f"{count} {'line' if count == 1 else 'lines'} played; everything is as written.")
