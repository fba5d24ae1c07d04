"""A course on phones in the browser: published into a folder that goes afterwards."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.commands.course_watch import snapshot
from app.furnishing import first_morning, furnish, greet, hand_out, speaking
from app.preview_reload import Reloading
from app.settings import Settings
from app.trial import trial
from app.workbench import Workbench
from bot.course_reading import read_path_apart
from lessons.problems import draw
from preview.phone_client import Phones

__all__ = ["CourseRefusedError", "first_morning", "preview_course"]


class CourseRefusedError(Exception):
    """The course has errors; the text draws all of them."""


async def preview_course(
    path: Path, *, settings: Settings, folder: Path, port: int, say: Callable[[str], None]
) -> None:
    """Serve the preview of the course at `path` until interrupted; raises CourseRefusedError.

    Whenever a file of the course is saved, it is read again.
    """
    # Before reading, or what is saved meanwhile is missed.
    known = await asyncio.to_thread(snapshot, path)
    reading = await read_path_apart(path)
    course = reading.course
    if course is None:
        raise CourseRefusedError("\n\n".join(draw(problem) for problem in reading.problems))
    start = first_morning(datetime.now(UTC), zone=ZoneInfo(settings.academy.zone))
    url = f"sqlite:///{folder / 'preview.db'}"
    async with trial(speaking(settings, course), database_url=url, start=start, port=port) as running:
        furnished = await furnish(running, reading)
        bench = Workbench(running, path=path, reading=reading, furnished=furnished)
        running.server.bench = bench
        async with Phones(running.server.url) as phones:
            everybody = await hand_out(phones, languages=course.languages)
            await greet(running, everybody, token=furnished.token)
        say(f"{course.title} ({len(course.lessons)} lessons), on phones in your browser:\n")
        say(f"    {running.server.url}\n")
        say("The clock is yours: [Next lesson] moves it. Save a file of the course, and the phones follow.")
        say("Ctrl+C ends the preview; nothing of it is kept.")
        watch = Reloading(path, read=read_path_apart, take=bench.take, known=known)
        reloading = asyncio.create_task(watch.run())
        try:
            await running.service.failed()
        finally:
            reloading.cancel()
