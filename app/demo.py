"""`dusal demo`: the whole service in one process, the story, and then the phones in a browser."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from click.testing import CliRunner

from app.cli import main
from app.place import Place
from app.previewing import first_morning
from app.settings_file import load, tell
from app.story import Story, Teller
from app.trial import trial
from lessons import courses
from lessons.reader import read
from preview.limits import NO_RATE_LIMITS
from preview.phone_client import Phones
from scheduler.clock import Clock

COURSE = Path(next(iter(courses.__path__))) / "energy-saving"
ZONE = ZoneInfo("Asia/Ulaanbaatar")
CONFIG = """\
academy:
  name: Darkhan-Uul e-Academy
  languages: [en, mn]
  zone: Asia/Ulaanbaatar
  country: MN
  contact: academy@example.org
"""


async def demo(*, folder: Path, port: int, stay: bool, write: Callable[[str], None]) -> None:
    """Play the story; with `stay`, keep serving the phones until interrupted.

    `folder` receives the report as CSV and PNG. The database lies in a folder that goes afterwards.
    """
    await asyncio.to_thread(_clear, folder)
    with tempfile.TemporaryDirectory(prefix="dusal-demo-") as scratch:
        config = Path(scratch) / "config.yaml"
        config.write_text(CONFIG, encoding="utf-8")
        loaded = load(config, environ={})
        if loaded.settings is None:
            raise AssertionError(tell(loaded.problems))
        database = f"sqlite:///{scratch}/dusal.db"
        start = first_morning(datetime.now(UTC), zone=ZONE)
        reading = await asyncio.to_thread(read, COURSE)
        assert reading.course is not None
        async with (
            trial(
                loaded.settings, database_url=database, start=start, port=port, rate_limits=NO_RATE_LIMITS
            ) as running,
            Phones(running.server.url) as phones,
        ):
            shutil.copytree(COURSE, folder / "course", dirs_exist_ok=True)
            story = Story(
                trial=running,
                phones=phones,
                course=reading.course,
                folder=folder,
                run=_commands(config, Path(scratch), running.clock),
                tell=Teller(write),
            )
            await story.perform()
            if not stay:
                return
            write(f"\nThe phones are here now, in your browser:\n\n    {running.server.url}\n")
            write("Ctrl+C ends the demo; nothing of it is kept but the files above.")
            await running.service.failed()


def _clear(folder: Path) -> None:
    """Make the folder, and remove what an earlier demo left there."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.*"):
        old.unlink()


def _commands(config: Path, data: Path, clock: Clock) -> Callable[..., str]:
    """Return how to run a `dusal` command on the demo's database, at the demo's time."""
    place = Place(config=config, data=data, environ={}, clock=clock)

    def run(*words: str) -> str:
        told = CliRunner().invoke(
            main, ["--config", str(config), "--data", str(data), *words], obj=place, catch_exceptions=False
        )
        if told.exit_code != 0:
            raise AssertionError(f"dusal {' '.join(words)}: {told.output}")
        return told.output

    return run
