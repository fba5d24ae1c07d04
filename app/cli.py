"""The command `dusal`: what each word runs, and nothing heavier.

Commands are imported when they are asked for, so that `dusal --help` starts about as fast as
Python itself (docs/speed.md, P12).
"""

import importlib
from pathlib import Path

import click

from app.front_door import COMMANDS, CONFIG_HELP, DATA_HELP, SUMMARY
from app.place import Place


class LazyGroup(click.Group):
    """A group of commands that are imported only to run them or to show their own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, help=SUMMARY, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.yaml"),
    show_default=True,
    help=CONFIG_HELP,
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data"),
    show_default=True,
    help=DATA_HELP,
)
@click.version_option(package_name="dusal", prog_name="dusal")
@click.pass_context
def main(context: click.Context, config: Path, data: Path) -> None:
    """Make the place that every command works in."""
    # The demo runs commands at its own time: it hands its place down.
    if context.obj is None:
        context.obj = Place(config=config, data=data)
