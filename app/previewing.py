"""A course on phones in the browser: published into a folder that goes afterwards."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import SystemRandom
from zoneinfo import ZoneInfo

from academy import granting, grouping, publishing
from academy.grouping import GroupCreated
from app.settings import Settings
from app.trial import Trial, trial
from bot.limits import TELEGRAM
from lessons.problems import draw
from lessons.reader import Reading, read
from preview.phone_client import Phones
from storage.courses import Published

GROUP = "Preview"
LEARNER, SECOND_LEARNER, FACILITATOR, ADMIN = 5_000_001, 5_000_002, 5_000_003, 5_000_004


class CourseRefusedError(Exception):
    """The course has errors; the text draws all of them."""


async def preview_course(
    path: Path, *, settings: Settings, folder: Path, port: int, say: Callable[[str], None]
) -> None:
    """Serve the preview of the course at `path` until interrupted; raises CourseRefusedError."""
    reading = await asyncio.to_thread(read, path, limits=TELEGRAM)
    course = reading.course
    if course is None:
        raise CourseRefusedError("\n\n".join(draw(problem) for problem in reading.problems))
    spoken = settings.academy.model_copy(
        update={"languages": tuple(dict.fromkeys((*settings.academy.languages, *course.languages)))}
    )
    shown = settings.model_copy(update={"academy": spoken})
    start = first_morning(datetime.now(UTC), zone=ZoneInfo(settings.academy.zone))
    url = f"sqlite:///{folder / 'preview.db'}"
    async with trial(shown, database_url=url, start=start, port=port) as running:
        token = await _furnish(running, reading)
        async with Phones(running.server.url) as phones:
            await _people(phones, languages=course.languages, token=token)
        say(f"{course.title} ({len(course.lessons)} lessons), on phones in your browser:\n")
        say(f"    {running.server.url}\n")
        say("The clock is yours: [Next lesson] moves it. Ctrl+C ends the preview; nothing of it is kept.")
        await running.service.failed()


def first_morning(now: datetime, *, zone: ZoneInfo) -> datetime:
    """Return the next Monday at 08:30 in `zone`: a whole week lies ahead."""
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=(7 - local.weekday()) % 7 or 7)
    return datetime.combine(day, datetime.min.time().replace(hour=8, minute=30), tzinfo=zone).astimezone(UTC)


async def _furnish(running: Trial, reading: Reading) -> str:
    """Publish the course, make a group with a facilitator and an admin; return the group's token."""
    course, academy, now = reading.course, running.service.parts.academy(), running.clock()
    assert course is not None
    database = running.service.parts.database
    published = await database.run(
        lambda tx: publishing.publish(tx, course=course, media=reading.media, now=now)
    )
    assert isinstance(published, Published)
    created = await database.run(
        lambda tx: grouping.create_group(
            tx,
            name=GROUP,
            course_id=course.id,
            zone=None,
            weekdays=None,
            at=None,
            expected=None,
            capacity=100,
            random=SystemRandom(),
            now=now,
            academy=academy,
        )
    )
    assert isinstance(created, GroupCreated)
    await database.run(
        lambda tx: granting.grant(tx, address=FACILITATOR, role="facilitator", group_name=GROUP, now=now)
    )
    await database.run(lambda tx: granting.grant(tx, address=ADMIN, role="admin", group_name=None, now=now))
    return created.group.link_token


async def _people(phones: Phones, *, languages: tuple[str, ...], token: str) -> None:
    """Put four phones on the table; the learners' already show the invitation."""
    first = await phones.add("Bold", language=languages[0], number=LEARNER)
    second = await phones.add("Oyuna", language=languages[-1], number=SECOND_LEARNER)
    facilitator = await phones.add("Facilitator", language=languages[0], number=FACILITATOR)
    admin = await phones.add("Admin", language=languages[0], number=ADMIN)
    for learner in (first, second):
        await learner.write(f"/start {token}")
    for helper in (facilitator, admin):
        await helper.write("/start")
