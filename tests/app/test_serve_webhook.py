"""Webhook mode of a real `dusal serve`: Telegram delivers, the secret opens, 200 means it is on disk."""

import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.app.serving_process import Town, free_port, town
from tests.loopback import NO_TLS

SECRET = "a-secret-of-the-webhook-1234"
HEADER = "X-Telegram-Bot-Api-Secret-Token"

pytestmark = pytest.mark.fault


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[tuple[Town, str]]:
    async with town(tmp_path) as made:
        port = free_port()
        url = f"http://127.0.0.1:{port}/hook/of/telegram"
        made.settle(
            telegram={"mode": "webhook", "webhook": {"url": url, "secret": SECRET}},
            web={"address": f"127.0.0.1:{port}"},
        )
        yield made, url


async def test_a_lesson_comes_by_webhook(place: tuple[Town, str]) -> None:
    here, url = place
    serve = await here.forked()
    token = await here.teach()

    bold = await here.join("Bold", token)
    ended = await serve.stop()

    assert (await bold.last()).text.startswith("Lesson 1 of 1. Card 1 of 1")
    assert [request.method for request in here.server.requests if request.method == "getUpdates"] == []
    (told,) = [request for request in here.server.requests if request.method == "setWebhook"]
    assert told.values["url"] == url
    assert told.values["secret_token"] == SECRET
    assert "drop_pending_updates" not in told.values
    assert ended.code == 0
    assert SECRET not in ended.err


async def test_only_the_secret_opens_and_200_means_on_disk(place: tuple[Town, str]) -> None:
    here, url = place
    serve = await here.forked()
    bold = await here.phones.add("Bold")
    await bold.write("/start")
    await bold.shows("Type your join code")
    database = here.folder / "data" / "dusal.db"

    async with httpx.AsyncClient(verify=NO_TLS) as client:
        before = kept(database)
        answers = [
            (await client.post(url, content=body, headers=headers)).status_code
            for body, headers in (
                (update(1), {}),
                (update(2), {HEADER: "wrong"}),
                (update(3), {HEADER: SECRET[:-1]}),
                # Not even read: this is no JSON.
                (b"\xff\xfe{", {HEADER: "wrong"}),
                (b"\xff\xfe{", {HEADER: SECRET}),
                (b"[" * 100_000, {HEADER: SECRET}),
                (b'{"no": "number"}', {HEADER: SECRET}),
                (b" " * (1024 * 1024 + 1), {HEADER: SECRET}),
            )
        ]
        refused = kept(database)
        accepted = (await client.post(url, content=update(4), headers={HEADER: SECRET})).status_code
        # Read at once, by somebody else: the answer came after the commit.
        on_disk = kept(database)
        again = (await client.post(url, content=update(4), headers={HEADER: SECRET})).status_code
        elsewhere = (await client.post(url + "/x", content=update(5), headers={HEADER: SECRET})).status_code
    await serve.stop()

    assert answers == [403, 403, 403, 403, 400, 400, 400, 413]
    assert refused == before
    assert accepted == 200
    assert on_disk == before | {900_000_004}
    assert again == 200
    assert elsewhere == 404
    assert kept(database) == on_disk


def update(number: int) -> bytes:
    """An update of a kind that means nothing to us: it is kept all the same."""
    return json.dumps({"update_id": 900_000_000 + number, "poll": {"id": "1"}}).encode()


def kept(database: Path) -> set[int]:
    direct = sqlite3.connect(database)
    found = {row[0] for row in direct.execute("SELECT update_id FROM inbox")}
    direct.close()
    return found
