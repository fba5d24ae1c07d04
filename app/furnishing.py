"""What a preview finds on its desk: the course published, a group, and who looks after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from zoneinfo import ZoneInfo

from academy import granting, grouping, publishing
from academy.grouping import GroupCreated
from app.settings import Settings
from app.trial import Trial
from lessons.model import Course
from lessons.reader import Reading
from preview.phone_client import Phone, Phones
from storage.courses import Published

GROUP = "Preview"
LEARNER, SECOND_LEARNER, FACILITATOR, ADMIN = 5_000_001, 5_000_002, 5_000_003, 5_000_004
NAMES = {LEARNER: "Bold", SECOND_LEARNER: "Oyuna", FACILITATOR: "Facilitator", ADMIN: "Admin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Furnished:
    """What was made."""

    group_id: int
    token: str
    """Of the group's link."""


def first_morning(now: datetime, *, zone: ZoneInfo) -> datetime:
    """Return the next Monday at 08:30 in `zone`: a whole week lies ahead."""
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=(7 - local.weekday()) % 7 or 7)
    opening = datetime.min.time().replace(hour=8, minute=30)
    return datetime.combine(day, opening, tzinfo=zone).astimezone(ZoneInfo("UTC"))


def speaking(settings: Settings, course: Course) -> Settings:
    """Return the settings of an academy that speaks the languages of this course too."""
    languages = tuple(dict.fromkeys((*settings.academy.languages, *course.languages)))
    return settings.model_copy(
        update={"academy": settings.academy.model_copy(update={"languages": languages})}
    )


async def furnish(running: Trial, reading: Reading) -> Furnished:
    """Publish the course, make a group with a facilitator and an admin."""
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
    return Furnished(group_id=created.group.id, token=created.group.link_token)


async def hand_out(phones: Phones, *, languages: tuple[str, ...]) -> tuple[Phone, ...]:
    """Put four phones on the desk: two learners', the facilitator's and the admin's."""
    spoken = {SECOND_LEARNER: languages[-1]}
    return tuple(
        [
            await phones.add(name, language=spoken.get(number, languages[0]), number=number)
            for number, name in NAMES.items()
        ]
    )


async def greet(running: Trial, everybody: Sequence[Phone], *, token: str) -> None:
    """Let the learners' phones show the invitation, and the others know the bot.

    The invitation names the facilitator, so the bot hears of learners last. Returns when it has
    answered everybody.
    """
    learners = [phone for phone in everybody if phone.id in {LEARNER, SECOND_LEARNER}]
    for phone in everybody:
        if phone not in learners:
            await phone.write("/start")
    await running.mover.settled()
    for phone in learners:
        await phone.write(f"/start {token}")
    await running.mover.settled()
