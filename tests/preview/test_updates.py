import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from tests.preview.wire import Json, Wire

POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


def texts(updates: list[Json]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_updates_stay_until_a_higher_offset_confirms_them(wire: Wire) -> None:
    for text in ("a", "b", "c"):
        await wire.act("text", text=text)

    first = await wire.updates(limit=2)
    again = await wire.updates()
    idle_before = (await wire.http.get("/phone/idle")).json()
    rest = await wire.updates(offset=again[1]["update_id"] + 1)
    last = await wire.updates(offset=-1)
    done = await wire.updates(offset=last[-1]["update_id"] + 1)

    assert [texts(got) for got in (first, again, rest, last, done)] == [
        ["a", "b"], ["a", "b", "c"], ["c"], ["c"], [],
    ]  # fmt: skip
    assert idle_before == {"idle": False, "waiting": 3}
    assert (await wire.http.get("/phone/idle")).json() == {"idle": True, "waiting": 0}
    numbers = [update["update_id"] for update in again]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


async def test_a_long_poll_ends_with_the_first_update(wire: Wire) -> None:
    poll = asyncio.create_task(wire.updates(timeout=30))
    await wire.act("text", text="hello")
    assert texts(await poll) == ["hello"]


async def test_the_newer_poller_ends_the_older_one(wire: Wire) -> None:
    older = asyncio.create_task(wire.refused("getUpdates", timeout=30))
    await wait_for_requests(wire, 1)
    newer = asyncio.create_task(wire.updates(timeout=30))

    assert await older == (409, POLLER)
    await wire.act("text", text="hello")
    assert texts(await newer) == ["hello"]


async def wait_for_requests(wire: Wire, count: int) -> None:
    """Let the loop run until the server has read that many requests."""
    while len(wire.server.requests) < count:  # noqa: ASYNC110 - the server has nothing to wait on
        await asyncio.sleep(0)


async def test_only_kinds_asked_for_arrive(wire: Wire) -> None:
    await wire.updates(allowed_updates=["callback_query"])
    await wire.act("text", text="unheard")
    await wire.act("press", message_id=1, data="heard", wait="0.01")

    assert [update["callback_query"]["data"] for update in await wire.updates()] == ["heard"]


async def test_presses_and_messages_grow_too_old(wire: Wire) -> None:
    await wire.act("text", text="a day old")
    await wire.act("press", message_id=1, data="x", wait="0.01")
    wire.clock.advance(timedelta(seconds=151))
    assert texts(await wire.updates()) == ["a day old"]
    wire.clock.advance(timedelta(days=1))
    assert await wire.updates() == []


class Hook:
    """A bot's webhook that answers as told and remembers what came."""

    def __init__(self) -> None:
        self.url = ""
        self.secret = ""
        self.refuse = 0
        self.taken: list[tuple[int, str]] = []
        self.tries = 0

    async def take(self, request: web.Request) -> web.Response:
        self.tries += 1
        self.secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=503)
        message = (await request.json())["message"]
        self.taken.append((message["chat"]["id"], message["text"]))
        return web.Response()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    made = Hook()
    application = web.Application()
    application.router.add_post("/hook", made.take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def until_idle(wire: Wire) -> None:
    assert (await wire.http.get("/phone/idle", params={"wait": 10})).json()["idle"]


async def test_a_webhook_gets_updates_in_order_until_it_takes_them(wire: Wire, hook: Hook) -> None:
    hook.refuse = 2
    await wire.act("text", text="early")
    await wire.result("setWebhook", url=hook.url, secret_token="s3cret-Token_")
    for text in ("1", "2", "3"):
        await wire.act("text", text=text)
        await wire.act("text", person=102, text=text)
    await until_idle(wire)

    assert [text for person, text in hook.taken if person == 101] == ["early", "1", "2", "3"]
    assert [text for person, text in hook.taken if person == 102] == ["1", "2", "3"]
    assert (hook.secret, hook.tries) == ("s3cret-Token_", 9)
    assert await wire.refused("getUpdates") == (409, WEBHOOK)
    info = await wire.result("getWebhookInfo")
    assert (info["url"], info["pending_update_count"]) == (hook.url, 0)
    assert info["last_error_message"] == "Wrong response from the webhook: 503"

    await wire.result("deleteWebhook")
    await wire.act("text", text="polled")
    assert texts(await wire.updates()) == ["polled"]


async def test_dropping_pending_updates(wire: Wire, hook: Hook) -> None:
    await wire.act("text", text="dropped")
    await wire.result("setWebhook", url=hook.url, drop_pending_updates=True)
    await wire.act("text", text="kept")
    await until_idle(wire)
    assert hook.taken == [(101, "kept")]
