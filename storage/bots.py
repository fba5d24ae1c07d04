"""Which bot this database belongs to, and which of its senders is the living one.

Numbers of people, messages and files mean something to one bot only, so a database is bound to the
first bot that works on it and refuses another (guarantees P13). It keeps, too, what its academy calls
itself (`academy.environment`): a copy that is started by other settings notices it (guarantees P12).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, update

from storage.conflicts import insert
from storage.errors import StorageError
from storage.prepared import Prepared
from storage.tables import bots

PRODUCTION: Final = "production"
"""The environment of an academy that says nothing about it."""


class OtherEnvironmentError(StorageError):
    """The data were begun by other settings: this may be a copy, and its learners would hear from both."""

    def __init__(self, *, stored: str, configured: str) -> None:
        super().__init__(
            f"this database belongs to {stored}, academy.environment says {configured}. Do not serve a copy "
            "of an academy that runs: its learners would hear from both. If it is no copy, correct "
            f"academy.environment, or move the database: dusal database environment {configured}"
        )


class OtherBotError(StorageError):
    """The token is another bot's: give this bot its own database, or the database its own token."""

    def __init__(self, *, bound: "Bot", username: str) -> None:
        super().__init__(
            f"this database belongs to @{bound.username} (id {bound.bot_id}), the token to @{username}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """The bot a database belongs to."""

    bot_id: int
    username: str
    """Without @; join links are made of it."""
    name: str


def bound(tx: Connection) -> Bot | None:
    """Return the bot this database belongs to; None before the first start."""
    row = _BOUND.one_or_none(tx, {})
    return None if row is None else Bot(**row)


def bind(tx: Connection, *, bot: Bot, environment: str = PRODUCTION, now: datetime) -> None:
    """Bind the database to `bot` and to its environment, or note the bot's present names.

    Raises OtherEnvironmentError for another environment, and OtherBotError for another bot.
    """
    if bound(tx) is None:
        # Of several processes that start at once, one makes the row and the others find it.
        made = insert(tx, bots).values(
            bot_id=bot.bot_id, username=bot.username, name=bot.name, bound_at=now, environment=environment
        )
        tx.execute(made.on_conflict_do_nothing(index_elements=[bots.c.bot_id]))
    known, stored = bound(tx), environment_of(tx)
    assert known is not None
    assert stored is not None
    if stored != environment:
        # Before the bot: whoever has copied everything is told of both at once.
        raise OtherEnvironmentError(stored=stored, configured=environment)
    if known.bot_id != bot.bot_id:
        raise OtherBotError(bound=known, username=bot.username)
    if known != bot:
        tx.execute(
            update(bots).where(bots.c.bot_id == bot.bot_id).values(username=bot.username, name=bot.name)
        )


def environment_of(tx: Connection) -> str | None:
    """Return the environment this database belongs to; None before the first start."""
    return tx.execute(select(bots.c.environment)).scalar_one_or_none()


def move_to(tx: Connection, *, environment: str) -> None:
    """Say that this database belongs to another environment; nothing happens before the first start."""
    tx.execute(update(bots).values(environment=environment))


def unbind(tx: Connection) -> None:
    """Let the next start bind the database to another bot."""
    tx.execute(delete(bots))


def next_epoch(tx: Connection, *, bot_id: int) -> int:
    """Return the number of a new sender; from its commit on, earlier senders' results do not count."""
    raised = tx.execute(
        update(bots).where(bots.c.bot_id == bot_id).values(epoch=bots.c.epoch + 1).returning(bots.c.epoch)
    )
    return int(raised.scalar_one())


def zone_rules(tx: Connection) -> str:
    """Return by which time-zone rules `due` was computed; empty when nobody has noted it."""
    row = _ZONE_RULES.one_or_none(tx, {})
    return "" if row is None else row["zone_rules"]


def note_zone_rules(tx: Connection, *, version: str) -> None:
    """Note that everything due is computed by these rules now."""
    tx.execute(update(bots).values(zone_rules=version))


def alive_at(tx: Connection) -> datetime | None:
    """Return when the service was last known to run; None before its first minute."""
    return tx.execute(select(bots.c.alive_at)).scalar_one_or_none()


def note_alive(tx: Connection, *, bot_id: int, now: datetime) -> None:
    """Note that the service runs."""
    _NOTE_ALIVE.rows(tx, {"given": bot_id, "now": now})


def other_receiver_at(tx: Connection) -> datetime | None:
    """Return since when another program receives this bot's updates; None while none does."""
    return tx.execute(select(bots.c.other_receiver_at)).scalar_one_or_none()


def note_other_receiver(tx: Connection, *, since: datetime | None) -> None:
    """Note that another program receives this bot's updates; None when that is over."""
    tx.execute(update(bots).values(other_receiver_at=since))


def next_tally(tx: Connection) -> int:
    """Count one tally more and return its number, for sent.log; 0 when there is no bot yet."""
    raised = _NEXT_TALLY.one_or_none(tx, {})
    return 0 if raised is None else raised["sent_tally"]


def note_backup(tx: Connection, *, now: datetime) -> None:
    """Note that a copy was made and checked."""
    tx.execute(update(bots).values(backed_up_at=now))


def backed_up_at(tx: Connection) -> datetime | None:
    """Return when the last copy was made; None when none was."""
    return tx.execute(select(bots.c.backed_up_at)).scalar_one_or_none()


# Built once, because each tick runs most of them: building a statement costs more than running it.
_BOUND = Prepared(select(bots.c.bot_id, bots.c.username, bots.c.name), by_name=True)
_ZONE_RULES = Prepared(select(bots.c.zone_rules), by_name=True)
_NOTE_ALIVE = Prepared(
    update(bots).where(bots.c.bot_id == bindparam("given")).values(alive_at=bindparam("now"))
)
_NEXT_TALLY = Prepared(
    update(bots).values(sent_tally=bots.c.sent_tally + 1).returning(bots.c.sent_tally), by_name=True
)
