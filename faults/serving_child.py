"""A child that is the whole `dusal serve`, without the second of imports that every start has in common."""

from pathlib import Path

import app.service
import app.web
import app.wiring  # noqa: F401 - imported before the fork, like the two above
from app.log_setup import set_up
from app.place import Place
from app.service_parts import chosen
from app.serving import serve
from app.settings_file import load
from scheduler.clock import system_clock


async def live(*, config: str, data: str, only: str = "", **settings: str) -> int:
    """Serve with these settings until SIGTERM; return the exit code of the command.

    `only` names some parts; `settings` are laid over the file, as `DUSAL_…` would be.
    """
    loaded = load(Path(config), environ=settings).settings
    assert loaded is not None
    set_up(level=loaded.log.level.upper(), form=loaded.log.format, secrets=loaded.secrets())
    place = Place(config=Path(config), data=Path(data), environ={})
    return await serve(loaded, url=place.database_url, clock=system_clock, chosen=chosen([only]))
