"""The command's front door: `dusal --help` is answered before anything heavy is imported.

Looking at the help must feel like nothing (docs/speed.md, P12), and importing click alone takes
three times as long as Python's own start. So the words stand here, once: click is given the same
ones for everything else, and a test holds its help against this one.
"""

import sys

SUMMARY = "Short lessons and quizzes on a schedule, in the chat people already use."

CONFIG_HELP = "The settings; config.example.yaml explains them."
DATA_HELP = "Where the database and its neighbours live."

COMMANDS = {
    "demo": ("app.commands.demo:demo", "Play the whole service here, with five invented learners."),
    "serve": ("app.commands.serve:serve", "Run the bot."),
    "preview": ("app.commands.preview:preview", "Try a course on a phone in the browser."),
    "course": ("app.commands.course:course", "Write, check, rehearse and publish courses."),
    "group": ("app.commands.group:group", "Create groups, list them, print their join links."),
    "role": ("app.commands.role:role", "Say who is a facilitator or an admin."),
    "report": ("app.commands.report:report", "Print a report about a group."),
    "access": ("app.commands.access:access", "List who was shown learners' records."),
    "announce": ("app.commands.announce:announce", "Send a message to everybody in a group."),
    "outbox": ("app.commands.outbox:outbox", "List what was sent, waits or failed."),
    "inbox": ("app.commands.inbox:inbox", "Look at updates that were set aside."),
    "backup": ("app.commands.backup:backup", "Copy the database, and check the copy."),
    "restore": ("app.commands.restore:restore", "Go back to a copy, and keep what is here aside."),
    "database": ("app.commands.database:database", "Move an academy between SQLite and PostgreSQL."),
    "settings": ("app.commands.settings:settings", "Show and check the settings."),
    "doctor": ("app.commands.doctor:doctor", "Look for what could go wrong on this machine."),
}
"""Name → where the command is, and its line in the help; in the order a newcomer needs them."""


def help_text() -> str:
    """Return what `dusal --help` prints, 80 columns wide."""
    commands = "\n".join(f"  {name:<9} {line}" for name, (_, line) in COMMANDS.items())
    return f"""\
Usage: dusal [OPTIONS] COMMAND [ARGS]...

  {SUMMARY}

Options:
  --config FILE     {CONFIG_HELP}
                    [default: config.yaml]
  --data DIRECTORY  {DATA_HELP}  [default:
                    data]
  --version         Show the version and exit.
  -h, --help        Show this message and exit.

Commands:
{commands}
"""


def main() -> None:
    """Answer a request for help, or hand everything else to click."""
    if sys.argv[1:] in (["--help"], ["-h"]):
        sys.stdout.write(help_text())
        return
    from app.cli import main as commands

    commands(prog_name="dusal")
