from datetime import UTC, datetime

import pytest
import telegram

from bot.direct_exchange import TooLargeError
from bot.files import TelegramFiles
from bot.transport import AiohttpTransport
from preview.movable_clock import MovableClock
from preview.phone_client import Phones
from preview.server import PreviewServer

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def test_a_file_from_a_phone_is_read_up_to_the_limit() -> None:
    async with (
        PreviewServer(clock=MovableClock(NOW)) as server,
        AiohttpTransport() as transport,
        Phones(server.url) as phones,
    ):
        bot = telegram.Bot(
            server.token,
            base_url=f"{server.url}/bot",
            base_file_url=f"{server.url}/file/bot",
            request=transport,
            get_updates_request=transport,
        )
        await (await phones.add("Olena")).send_document("course.yaml", b"title: Energy\n")
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.document is not None
        fetch = TelegramFiles(bot, transport)

        content = await fetch(update.message.document.file_id, limit_bytes=14)
        gone = await fetch("BQACunknown", limit_bytes=14)
        with pytest.raises(TooLargeError):
            await fetch(update.message.document.file_id, limit_bytes=13)

    assert (content, gone) == (b"title: Energy\n", None)
