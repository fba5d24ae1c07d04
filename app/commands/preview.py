"""`dusal preview`: try a course on a phone in the browser, with the real bot behind it."""

import asyncio
import tempfile
from pathlib import Path

import click

from app.place import Place


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8765, show_default=True, help="0 takes a free one."
)
@click.pass_obj
def preview(place: Place, path: Path, port: int) -> None:
    """Try the course at PATH: two phones, a clock that can be moved, nothing leaves this machine."""
    from app.previewing import CourseRefusedError, preview_course

    with tempfile.TemporaryDirectory(prefix="dusal-preview-") as folder:
        try:
            asyncio.run(
                preview_course(path, settings=place.settings, folder=Path(folder), port=port, say=click.echo)
            )
        except CourseRefusedError as refused:
            click.echo(str(refused), err=True)
            raise click.exceptions.Exit(1) from refused
        except OSError as error:
            raise click.ClickException(
                f"port {port} cannot be used ({error.strerror}); try --port 0"
            ) from error
        except KeyboardInterrupt:
            click.echo("\nStopped. Nothing of it was kept.")
