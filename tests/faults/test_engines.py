"""SQLite and PostgreSQL give the same: a month of an academy, and texts nobody would write."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.incoming import Typed
from bot.limits import TEXT_UNITS
from bot.updates import parse
from faults.engines import run
from storage import inbox, people
from storage.inbox import Received
from storage.tables import inbox as inbox_table
from storage.tables import people as people_table

SEED = 20261123
NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
LARGEST_ID = 2**52 - 1
"""Telegram's ids have at most 52 significant bits (Bot API, User.id)."""


@pytest.mark.fault
async def test_a_month_is_the_same_on_both(tmp_path: Path) -> None:
    found = await run("small", SEED, tmp_path)

    assert [one for one in found if not one.holds] == []


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("a\ud800b", "a\N{REPLACEMENT CHARACTER}b"),
        ("чай 🫖 \U00010400", "чай 🫖 \U00010400"),
        # Telegram's own limit for a text: more is not from a person.
        ("ө" * 500_000, "ө" * TEXT_UNITS),
    ],
    ids=["NUL", "a lone surrogate", "four bytes", "a megabyte"],
)
def test_whatever_is_written_is_kept_alike(tx: Connection, written: str, kept: str) -> None:
    sender = {"id": LARGEST_ID, "is_bot": False, "first_name": "Bold"}
    update = {
        "update_id": 2**31 + 5,
        "message": {
            "message_id": 2**31 + 7,
            "date": 1_780_000_000,
            "chat": {"id": LARGEST_ID, "type": "private"},
            "from": sender,
            "text": written,
        },
    }

    inbox.receive(
        tx,
        bot_id=LARGEST_ID,
        updates=[Received(update_id=2**31 + 5, sender=LARGEST_ID, payload=json.dumps(update))],
        now=NOW,
    )
    payload = tx.execute(select(inbox_table.c.payload)).scalar_one()
    incoming = parse(json.loads(payload))
    assert isinstance(incoming, Typed)
    people.add(tx, address=incoming.sender.address, name=incoming.text.text, language="en", now=NOW)

    found = tx.execute(select(people_table.c.address, people_table.c.name)).one()
    assert (found.address, found.name) == (LARGEST_ID, kept)
