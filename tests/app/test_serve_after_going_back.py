"""`dusal serve`, killed, and started on a copy of its database that is older than what it has sent."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from academy.messages.facilitating import Announcement
from academy.saying import say
from lessons.markup import parse
from preview.phone_client import Phone, texts
from scheduler.clock import system_clock
from storage import people
from tests.app.serving_process import GROUP, Town, town

pytestmark = pytest.mark.fault


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as made:
        yield made


def waits(tx: Connection, *, address: int, words: str) -> None:
    """Keep something that is sent in a moment."""
    person = people.by_address(tx, address)
    assert person is not None
    now = system_clock()
    told = Announcement(text=parse(words))
    say(
        tx,
        person_id=person.id,
        message=told,
        now=now,
        kind="announcement",
        key="announcement:0:0",
        not_before=now + timedelta(seconds=2),
    )


async def heard(phone: Phone, words: str) -> int:
    return texts(await phone.messages()).count(words)


async def test_a_killed_service_says_nothing_twice_on_an_older_copy(place: Town, tmp_path: Path) -> None:
    """The copy is seconds old: only the lines since the last tally tell that it is one."""
    serve = await place.serve()
    bold = await place.join("Bold", await place.teach())
    here = place.place()
    here.run(partial(waits, address=bold.id, words="The kettle is on."))
    here.database.close()
    await place.command("backup", str(tmp_path / "copy.db"))
    await bold.shows("The kettle is on.")
    serve.process.kill()
    await serve.end()
    database = tmp_path / "data" / "dusal.db"
    for left in ("-wal", "-shm"):
        database.with_name(database.name + left).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "copy.db", database)

    again = await place.serve()
    # It answers, so what is said from now on is new.
    await bold.write("/privacy")
    await bold.shows("What we keep")
    await place.dusal("announce", "--group", GROUP, "--text", "We are back.")
    await bold.shows("We are back.")
    rows = {row["key"]: (row["state"], row["reason"]) for row in await place.listed("outbox")}
    refused = await place.dusal("restore", str(tmp_path / "copy.db"), code=1)
    ended = await again.stop()

    assert await heard(bold, "The kettle is on.") == 1
    # Held when the kill came between the message and the line that it has arrived.
    assert rows["announcement:0:0"] in {("sent", "restored"), ("held", "restored")}
    assert "already running as pid" in refused.err
    assert "an older database was put back" in ended.err
    assert ended.code == 0
