"""What else goes wrong while sending, each at the cheapest place where it can (guarantees 3.1, 3.3)."""

import asyncio
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.transport import KEEP_ALIVE_SECONDS, AiohttpTransport
from preview.faults import Recorded
from tests.app.serving_process import KILLED, town
from tests.bot.raw_server import read_request, serving
from tests.loopback import bot_at

pytestmark = pytest.mark.fault

ROOT = Path(__file__).parents[2]
TOKEN = "1000000001:nobody-knows-this-token-of-an-example"
STARTS = 3


async def test_a_kept_connection_that_the_server_has_closed_is_not_used_again() -> None:
    """Otherwise every quiet minute would make an uncertain send of the next message (D07)."""
    arrived, closed = [], asyncio.Event()

    async def answers_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.append(await read_request(reader))
        told = {"message_id": 7, "date": 1_790_000_000, "chat": {"id": 42, "type": "private"}}
        body = json.dumps({"ok": True, "result": told}).encode()
        # Nothing says that the connection ends here.
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        closed.set()

    async with serving(answers_once) as address, AiohttpTransport() as transport:
        bot = bot_at(address, token=TOKEN, over=transport)
        for _ in range(3):
            closed.clear()
            await bot.send_message(42, "Good morning")
            await closed.wait()
            # And once more round the loop, for the client to hear of it.
            await asyncio.sleep(0.01)

    assert len(arrived) == 3
    # Telegram's own servers close what was quiet for longer than that.
    assert KEEP_ALIVE_SECONDS <= 60


def test_no_message_is_an_album() -> None:
    """Each delivery is one message: an album that is uncertain would be many (D13)."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py")]

    assert sources
    assert not any(re.search("send_?media_?group", source, re.IGNORECASE) for source in sources)


async def test_a_start_sends_nothing_however_often_it_happens(tmp_path: Path) -> None:
    """A service manager starts it again and again, and nobody is told of that (P08)."""
    async with town(tmp_path) as place:
        async with place.served_here():
            learner = await place.join("Bold", await place.teach())
        before = [message.text for message in await learner.messages()]
        for _ in range(STARTS):
            polls = asked(place.server.requests, "getUpdates")
            serve = await place.forked()
            while asked(place.server.requests, "getUpdates") == polls:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.01)
            serve.child.kill()
            assert (await serve.end()).code == KILLED

        last = await place.forked()
        await learner.press("Continue")
        await learner.shows("Question 1 of 1")
        assert (await last.stop()).code == 0

        said = [message.text for message in await learner.messages() if "Question" not in message.text]
        assert [text for text in said if text not in before] == []
        assert len(said) == len(before)


def asked(requests: Sequence[Recorded], method: str) -> int:
    return sum(request.method == method for request in requests)
