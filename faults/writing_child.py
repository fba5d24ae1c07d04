"""A child that does one thing in one transaction: publish, announce, start lessons, migrate."""

from datetime import datetime, time
from pathlib import Path

from sqlalchemy import Connection

from academy import announcing, delivering
from academy.facts import AcademyFacts, QuietHours
from academy.publishing import publish_over
from academy.republishing import Plan
from lessons.markup import parse
from lessons.reader import read
from scheduler.clock import system_clock
from storage import groups
from storage.database import Database

ACADEMY = AcademyFacts(name="City", quiet=QuietHours(start=time(19), end=time(8)))


async def live(*, url: str, what: str, now: str = "", path: str = "", group: str = "") -> int:
    """Do it, in this process and thread, at this moment or at `now`."""
    moment = datetime.fromisoformat(now) if now else system_clock()
    database = Database.open(url)
    database.prepare(now=moment)
    match what:
        case "publish":
            database.run_here(lambda tx: publish(tx, Path(path), now=moment))
        case "announce":
            database.run_here(lambda tx: announce(tx, group, now=moment))
        case "tick":
            database.run_here(lambda tx: delivering.tick(tx, now=moment, academy=ACADEMY))
        case _:
            # Making the tables is all.
            pass
    database.close()
    return 0


def publish(tx: Connection, path: Path, *, now: datetime) -> None:
    """Publish over a live course, with every consequence there can be."""
    course = read(path).course
    assert course is not None
    plan = Plan(reach="also-finished", corrected_key=True)
    publish_over(tx, course=course, media={}, plan=plan, now=now, academy=ACADEMY)


def announce(tx: Connection, name: str, *, now: datetime) -> None:
    """Confirm an announcement to a group."""
    found = groups.by_name(tx, name)
    assert found is not None
    announcing.announce(tx, group=found, text=parse("Soup."), send_at=None, now=now, academy=ACADEMY)
