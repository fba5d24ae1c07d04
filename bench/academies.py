"""Academies to be measured: a settings file and a database, made with the product's own functions."""

import json
import socket
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Connection

from academy import delivering
from academy.facts import AcademyFacts
from academy.messages.facilitating import Announcement
from academy.saying import say
from bench.children import DUSAL
from bench.loopback import TOKEN
from lessons.markup import parse
from lessons.model import Course, Lesson
from lessons.steps import Choose, Option
from storage import courses, enrollments, groups, people, roles
from storage.database import Database

FIRST_PERSON = 5_000_001
FACTS = AcademyFacts(name="Bench")
STARTED_BY = timedelta(seconds=5)
"""A service has long started by then, also on a busy machine."""
QUESTIONS = 60
"""More than anybody answers here: no lesson ends while it is measured."""


def course() -> Course:
    """Return one lesson of questions: a press answers, the next one goes on, and so forth."""
    steps = tuple(
        Choose(
            id=f"q-{number}",
            prompt=f"What uses the most electricity at night in an office that nobody is in? ({number})",
            explain="Look for what is **big** and runs all night: that is where the kilowatt hours are.",
            options=(
                Option(text="Ventilation fans", right=True, why="Nobody has changed the timer."),
                Option(text="Sleeping computers", right=False, why="About 2 W each."),
                Option(text="Emergency lighting", right=False, why="About 3% of the load."),
            ),
        )
        for number in range(QUESTIONS)
    )
    lesson = Lesson(id="night", title="What runs at night?", steps=steps)
    return Course(id="bench", title="Bench", language="en", version="1.0.0", lessons=(lesson,))


def awake_now() -> dict[str, str]:
    """Return the settings of an academy whose quiet hours are not now, whatever time it is."""
    far = (datetime.now(UTC).hour + 12) % 24
    return {"zone": "UTC", "quiet_hours": f"{far:02}:00-{far:02}:01"}


def furnish(folder: Path, *, api_url: str, rate: int, in_flight: int = 4) -> Path:
    """Write the settings of an academy that speaks to `api_url`; return where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yaml"
    settings = {
        "academy": {"name": "Bench", **awake_now()},
        "telegram": {"token": TOKEN, "api_url": api_url},
        "web": {"address": f"127.0.0.1:{_free_port()}"},
        "limits": {
            "messages_per_second": rate,
            "updates_per_minute": 600,
            "sends_in_flight": in_flight,
        },
        "log": {"level": "warning"},
    }
    # JSON is YAML too.
    config.write_text(json.dumps(settings), encoding="utf-8")
    return config


def serve(config: Path) -> tuple[str, ...]:
    """Return the words behind `python` that serve this academy."""
    return (DUSAL, "--config", str(config), "--data", str(config.parent), "serve")


def with_learners(folder: Path, *, count: int) -> tuple[int, ...]:
    """Fill the database with learners whose first question waits in the outbox; return their addresses."""
    now = datetime.now(UTC)
    taught = course()

    def fill(tx: Connection) -> None:
        published = courses.publish(tx, course=taught, media={}, now=now)
        assert isinstance(published, courses.Published)
        group = groups.add(
            tx,
            name="Bench",
            course_version_id=published.version_id,
            zone="UTC",
            weekdays=frozenset(range(7)),
            at=time(12),
            expected=None,
            link_token="0" * 22,
            code="BENCH234",
            capacity=count,
            closes_at=None,
            now=now,
        )
        for address in _addresses(count):
            person = people.add(tx, address=address, name=f"Person {address}", language="en", now=now)
            people.accept_notice(tx, person.id, version="1", now=now)
            enrollment = enrollments.enroll(tx, person_id=person.id, group=group, now=now)
            enrollments.set_slot(tx, enrollment.id, weekdays=group.weekdays, at=group.at)
            delivering.begin(tx, enrollment_id=enrollment.id, now=now, academy=FACTS)

    _prepared(folder, now=now).run_here(fill)
    return _addresses(count)


def with_facilitator(folder: Path, *, address: int) -> None:
    """Let somebody follow the group of `with_learners`."""
    now = datetime.now(UTC)

    def grant(tx: Connection) -> None:
        person = people.add(tx, address=address, name="Facilitator", language="en", now=now)
        people.accept_notice(tx, person.id, version="1", now=now)
        (group,) = groups.all_groups(tx)
        roles.grant(tx, person_id=person.id, name="facilitator", group_id=group.id, now=now)

    _prepared(folder, now=now).run_here(grant)


def with_announcement(folder: Path, *, count: int, first: int = FIRST_PERSON) -> None:
    """Fill the database with people for whom one announcement waits until the service is up."""
    now = datetime.now(UTC)
    due_at = now + STARTED_BY
    text = parse("On Friday we meet at **14:00** in room 12. Bring one electricity bill.")

    def fill(tx: Connection) -> None:
        for address in range(first, first + count):
            person = people.add(tx, address=address, name=f"Person {address}", language="en", now=now)
            message = Announcement(text=text)
            say(
                tx,
                person_id=person.id,
                message=message,
                now=now,
                kind="announcement",
                silent=False,
                not_before=due_at,
            )

    _prepared(folder, now=now).run_here(fill)


def empty(folder: Path) -> None:
    """Make the database, as the first start does: what is measured are the starts after it."""
    _prepared(folder, now=datetime.now(UTC)).close()


def _prepared(folder: Path, *, now: datetime) -> Database:
    database = Database.open(f"sqlite:///{folder / 'dusal.db'}")
    database.prepare(now=now)
    return database


def _addresses(count: int) -> tuple[int, ...]:
    return tuple(range(FIRST_PERSON, FIRST_PERSON + count))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
