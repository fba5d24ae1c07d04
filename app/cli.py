"""The command `dusal`: what each word runs, and nothing heavier.

Commands are imported when they are asked for, so that `dusal --help` starts about as fast as
Python itself (docs/speed.md, P12).
"""

import importlib
from pathlib import Path
from typing import Any

import click

from app.place import Place

_COMMANDS = {
    "demo": ("app.commands.demo:demo", "Play the whole service here, with five invented learners."),
    "serve": ("app.commands.serve:serve", "Run the bot."),
    "preview": ("app.commands.preview:preview", "Try a course on a phone in the browser."),
    "course": ("app.commands.course:course", "Check, publish and list courses."),
    "group": ("app.commands.group:group", "Create groups, list them, print their join links."),
    "role": ("app.commands.role:role", "Say who is a facilitator or an admin."),
    "report": ("app.commands.report:report", "Print a report about a group."),
    "announce": ("app.commands.announce:announce", "Send a message to everybody in a group."),
    "outbox": ("app.commands.outbox:outbox", "List what was sent, waits or failed."),
    "settings": ("app.commands.settings:settings", "Show and check the settings."),
    "doctor": ("app.commands.doctor:doctor", "Look for what could go wrong on this machine."),
}
"""Name → where the command is, and its line in the help."""


class LazyGroup(click.Group):
    """A group of commands that are imported only to run them or to show their own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order a newcomer needs them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or None when there is none of that name."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.yaml"),
    show_default=True,
    help="The settings; config.example.yaml explains them.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data"),
    show_default=True,
    help="Where the database and its neighbours live.",
)
@click.version_option(package_name="dusal", prog_name="dusal")
@click.pass_context
def main(context: click.Context, config: Path, data: Path) -> None:
    """Short lessons and quizzes on a schedule, in the chat people already use."""
    # The demo runs commands at its own time: it hands its place down.
    if context.obj is None:
        context.obj = Place(config=config, data=data)


def run(arguments: list[str] | None = None) -> Any:  # Any: whatever click's main returns
    """Run the command line with `arguments`, or with those of the process."""
    return main(args=arguments)
