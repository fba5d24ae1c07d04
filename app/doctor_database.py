"""What could go wrong with the database, and with going back to a copy of it.

Each check is given what was read and says one sentence; a database that cannot be read is itself a
finding, with the remedy that its error names.
"""

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from academy import rechecking
from academy.facts import AcademyFacts
from app.doctor import Finding
from storage import bots, counters, outbox, server_settings, summaries
from storage.database import Database
from storage.errors import StorageError
from storage.schema import KNOWN_VERSION, version
from storage.sqlite_troubles import assert_sound

BACKUP_DAYS: Final = 7
"""A copy that is older than this is as good as none (guarantees B15)."""


def examine_database(
    database: Database, *, academy: AcademyFacts, now: datetime, repair: bool = False
) -> Iterator[Finding]:
    """Return findings about the database, which is neither made nor migrated by being looked at."""
    if database.file is not None and not database.file.exists():
        yield Finding(what="Database", level="good", says="none yet: the first command makes it")
        return
    try:
        yield from _sound(database)
        found = database.read_here(version)
        yield _schema(found)
        if found != KNOWN_VERSION:
            return
        yield database.read_here(_durability)
        yield _bot(database.read_here(bots.bound))
        yield _backup(database.read_here(bots.backed_up_at), bound=database.read_here(bots.bound), now=now)
        yield _held(database.read_here(outbox.counts).get("held", 0))
        yield _missed(database.read_here(lambda tx: counters.value(tx, "missed_catch_up")))
        yield _plan(database, academy=academy, now=now, repair=repair)
        yield _summed(database, repair=repair)
    except StorageError as error:
        yield Finding(what="Database", level="bad", says=str(error))
    except (SQLAlchemyError, sqlite3.Error) as error:
        says = f"it cannot be read ({type(error).__name__}). Is the server up, and is database.url right?"
        yield Finding(what="Database", level="bad", says=says)


def bound_bot(database: Database) -> bots.Bot | None:
    """Return which bot the database belongs to; None also when it cannot be read, which is said elsewhere."""
    if database.file is not None and not database.file.exists():
        return None
    try:
        return database.read_here(bots.bound)
    except (StorageError, SQLAlchemyError):
        return None


def _missed(count: int) -> Finding:
    """Lessons are not made up for in a burst: what passed while nobody could send is told here."""
    if not count:
        return Finding(what="Lessons", level="good", says="none has passed while nobody could send")
    return Finding(
        what="Lessons",
        level="good",
        says=f"{count} hours of lessons have passed while nobody could send; learners got one, and go on",
    )


def _sound(database: Database) -> Iterator[Finding]:
    """PostgreSQL keeps checksums of its pages by itself."""
    if database.file is not None:
        assert_sound(database.file)
        yield Finding(what="Database", level="good", says="no damage found")


def _schema(found: str | None) -> Finding:
    if found is None:
        return Finding(what="Tables", level="good", says="none yet: the first command makes them")
    if found > KNOWN_VERSION:
        says = f"version {found}, this program knows {KNOWN_VERSION}: install the newer program again."
        return Finding(what="Tables", level="bad", says=says)
    if found < KNOWN_VERSION:
        says = f"version {found}: the next start of `dusal serve` brings them to {KNOWN_VERSION}."
        return Finding(what="Tables", level="warning", says=says)
    return Finding(what="Tables", level="good", says=f"version {found}")


def _durability(tx: Connection) -> Finding:
    """Whether what was confirmed is on disk (guarantees B13)."""
    wrong = server_settings.unsafe(tx)
    if not wrong:
        return Finding(what="On disk", level="good", says="what is confirmed is on disk")
    says = f"{', '.join(wrong)}: a power cut may take what was confirmed. Set it back to its default."
    return Finding(what="On disk", level="bad", says=says)


def _bot(bound: bots.Bot | None) -> Finding:
    if bound is None:
        return Finding(what="Bot", level="good", says="none yet: the first start binds the database to one")
    return Finding(what="Bot", level="good", says=f"@{bound.username} (id {bound.bot_id})")


def _backup(at: datetime | None, *, bound: bots.Bot | None, now: datetime) -> Finding:
    if bound is None:
        return Finding(what="Backup", level="good", says="nothing to copy yet")
    if at is None:
        return Finding(what="Backup", level="warning", says="there is none. Make one: dusal backup")
    days = (now - at) // timedelta(days=1)
    if now - at > timedelta(days=BACKUP_DAYS):
        says = f"the newest is {days} days old. Make one each night: dusal backup --keep 14"
        return Finding(what="Backup", level="warning", says=says)
    return Finding(what="Backup", level="good", says=f"made {at:%Y-%m-%d %H:%M} UTC")


def _held(held: int) -> Finding:
    if not held:
        return Finding(what="Held", level="good", says="no message waits for a decision")
    says = f"waiting for your decision: {held}. See them: dusal outbox --state held"
    return Finding(what="Held", level="warning", says=says)


def _plan(database: Database, *, academy: AcademyFacts, now: datetime, repair: bool) -> Finding:
    if repair:
        planned = database.run_here(partial(rechecking.plan_overlooked, now=now, academy=academy))
        if planned:
            return Finding(what="Agenda", level="good", says=f"learners planned anew: {planned}")
    overlooked = database.read_here(partial(rechecking.overlooked, now=now, academy=academy))
    if overlooked:
        says = f"learners who would get no next lesson: {len(overlooked)}. Mend it: dusal doctor --repair"
        return Finding(what="Agenda", level="bad", says=says)
    return Finding(what="Agenda", level="good", says="everybody who waits for something is planned")


def _summed(database: Database, *, repair: bool) -> Finding:
    """Reports read what is added up for each learner; here everything is counted again."""
    wrong = database.read_here(summaries.wrong)
    if not wrong:
        return Finding(what="Reports", level="good", says="every figure is what counting again gives")
    if repair:
        # Only these: whoever would count everything again while writing would keep learners waiting.
        database.run_here(partial(summaries.rebuild_all, enrollment_ids=wrong))
        says = f"learners counted again: {len(wrong)}"
        return Finding(what="Reports", level="good", says=says)
    says = f"learners with other figures than their answers give: {len(wrong)}. dusal doctor --repair"
    return Finding(what="Reports", level="bad", says=f"{says} counts them again.")
