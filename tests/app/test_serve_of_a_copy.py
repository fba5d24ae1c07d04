"""`dusal serve` on data that other settings have begun: a copy that must not speak to learners."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from preview.phone_client import texts
from tests.app.serving_process import Town, town

pytestmark = pytest.mark.fault

REFUSED = (
    "dusal: this database belongs to production, academy.environment says staging. Do not serve a copy of an "
    "academy that runs: its learners would hear from both. If it is no copy, correct academy.environment, or "
    "move the database: dusal database environment staging"
)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as made:
        yield made


async def test_a_copy_with_the_real_token_is_refused_until_told(place: Town) -> None:
    async with place.served_here():
        pass
    bold = await place.phones.add("Bold")
    await bold.write("/start")
    written = texts(await bold.messages())
    place.settle(academy={"environment": "staging"})

    refused = await (await place.forked()).end()

    assert (refused.code, refused.err.strip().splitlines()[-1]) == (1, REFUSED)
    assert texts(await bold.messages()) == written

    told = await place.command("database", "environment", "staging")
    async with place.served_here():
        await bold.shows("Type your join code")

    assert told == "The database belongs to staging now, no longer to production.\n"
