"""Where a command works: its settings, its data folder, its database.

Each part is read when it is first needed, so that `dusal --help` and `dusal course check` need
neither settings nor a database.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from scheduler.clock import Clock, system_clock

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from academy.facts import AcademyFacts
    from app.settings import Settings
    from storage.database import Database

T = TypeVar("T")


@dataclass
class Place:
    """What every command is given."""

    config: Path
    data: Path
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Clock = system_clock

    @cached_property
    def settings(self) -> "Settings":
        """The settings; a file that is not there counts as empty, so commands work without one.

        Raises a click error with every problem, file, line and fix, when the file has mistakes.
        """
        from app.settings_file import load, tell

        loaded = load(self.config, environ=self.environ, required=False)
        if loaded.settings is None:
            raise click.ClickException(tell(loaded.problems))
        return loaded.settings

    @property
    def database_url(self) -> str:
        """The address of the database: the setting, else `dusal.db` in the data folder."""
        return self.settings.database.url or f"sqlite:///{self.data / 'dusal.db'}"

    @cached_property
    def database(self) -> "Database":
        """The database, made and migrated if that is needed."""
        from storage.database import Database
        from storage.errors import StorageError

        try:
            opened = Database.open(self.database_url)
            if opened.file is not None:
                opened.file.parent.mkdir(parents=True, exist_ok=True)
            opened.prepare(now=self.now())
        except StorageError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            raise click.ClickException(
                f"the data folder {self.data} cannot be used ({error.strerror}): choose another with --data"
            ) from error
        return opened

    def now(self) -> datetime:
        """Return the present moment."""
        return self.clock()

    def academy(self) -> "AcademyFacts":
        """Return what the academy knows about itself, the bot's name included once it is known."""
        from dataclasses import replace

        from app.settings import facts
        from storage import bots

        bound = self.read(bots.bound)
        return replace(facts(self.settings), bot_username=bound.username if bound else "")

    def run(self, function: "Callable[[Connection], T]") -> T:
        """Return what `function` returned, committed; a running service is woken."""
        return self.database.run_here(function)

    def read(self, function: "Callable[[Connection], T]") -> T:
        """Return what `function` read."""
        return self.database.read_here(function)
