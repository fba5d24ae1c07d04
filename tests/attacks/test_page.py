"""The phone page shows whatever anybody writes, and runs none of it; its server lets nobody else in."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
from playwright.async_api import Browser

from preview.limits import NO_RATE_LIMITS
from preview.movable_clock import MovableClock
from preview.people import Person
from preview.server import PreviewServer
from tests.browser.conftest import browser  # noqa: F401 - a fixture
from tests.loopback import NO_TLS
from tests.preview.pictures import png

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOSTILE = (
    "<img src=x onerror=window.pwned=1>",
    "<script>window.pwned=1</script>",
    '"><svg onload=window.pwned=1>',
    "javascript:window.pwned=1",
    "${window.pwned=1}{{constructor.constructor('window.pwned=1')()}}",
    "\u202e\u2066</textarea><iframe srcdoc='<script>parent.pwned=1</script>'>",
    "e" + "\u0301" * 2000,
)


async def test_no_name_text_button_or_file_becomes_a_script(browser: Browser) -> None:  # noqa: F811 - as above
    people = [Person(id=100 + n, first_name=name, last_name=name) for n, name in enumerate(HOSTILE)]
    clock = MovableClock(datetime(2026, 11, 23, 7, 0, tzinfo=UTC))
    async with (
        PreviewServer(clock=clock, people=people, rate_limits=NO_RATE_LIMITS, name=HOSTILE[0]) as server,
        httpx.AsyncClient(base_url=server.url, verify=NO_TLS) as http,
    ):
        api = f"/bot{server.token}"
        await http.post(
            f"{api}/setMyCommands", json={"commands": [{"command": "a", "description": HOSTILE[0]}]}
        )
        for text in HOSTILE:
            await http.post("/phone/people/100/text", json={"text": text})
            await http.post(
                f"{api}/sendMessage",
                json={
                    "chat_id": 100,
                    "text": text,
                    "entities": [{"type": "text_link", "offset": 0, "length": 1, "url": HOSTILE[3]}],
                    "reply_markup": {"inline_keyboard": [[{"text": text[:60], "callback_data": text[:20]}]]},
                    "reply_parameters": {"message_id": 1},
                },
            )
            await http.post(
                "/phone/people/100/document",
                files={"file": (text, b"<script>window.pwned=1</script>", "text/html")},
            )
        await http.post(
            "/phone/people/100/photo", files={"file": (HOSTILE[0], png(40, 30) + b"<script>", "image/png")}
        )
        context = await browser.new_context(viewport={"width": 1180, "height": 1000})
        page = await context.new_page()
        dialogs: list[str] = []
        page.on("dialog", lambda shown: dialogs.append(shown.message))
        page.on("pageerror", lambda error: dialogs.append(str(error)))
        await page.goto(f"{server.url}/#100,101")
        first = page.get_by_role("region", name="Phone 1")
        await first.get_by_role("article").nth(2 * len(HOSTILE)).wait_for()
        for link in await first.locator("article a:not(.paper)").all():
            assert (await link.get_attribute("href") or "https:").startswith(("http", "tg:"))
        await first.get_by_role("button", name="Menu").click()
        toast = asyncio.create_task(first.locator(".key").first.click())
        await toast

        assert await page.evaluate("window.pwned") is None
        assert dialogs == []
        assert (
            await first.locator(
                "article script, article iframe, article svg, article img:not(.picture)"
            ).count()
            == 0
        )
        await context.close()


FOREIGN = (
    {"origin": "https://evil.example", "content-type": "text/plain"},
    {"origin": "null", "content-type": "text/plain"},
    {"sec-fetch-site": "cross-site", "content-type": "application/x-www-form-urlencoded"},
    {"sec-fetch-site": "same-site"},
    {"host": "rebound.example:PORT"},
    {"host": "127.0.0.1.evil.example:PORT"},
    {"host": "localhost"},
    {"host": ""},
)


@pytest.mark.parametrize(
    "path",
    ["/phone/people/101/text", "/phone/faults", "/phone/clock", "API/sendMessage", "API/getUpdates"],
    ids=["write", "faults", "clock", "send", "updates"],
)
async def test_a_foreign_page_moves_nothing(path: str) -> None:
    clock = MovableClock(datetime(2026, 11, 23, 7, 0, tzinfo=UTC))
    async with (
        PreviewServer(clock=clock, people=[Person(id=101, first_name="Ann")]) as server,
        httpx.AsyncClient(base_url=server.url, verify=NO_TLS) as http,
    ):
        port, door = server.url.rpartition(":")[2], path.replace("API", f"/bot{server.token}")
        for headers in FOREIGN:
            sent = {name: value.replace("PORT", port) for name, value in headers.items()}
            answer = await http.post(door, content=b'{"seconds": 9}', headers=sent)
            assert (headers, answer.status_code in {400, 403}) == (headers, True)

        assert server.requests == []
        assert clock() == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


PATHS = (
    "/page/../server.py",
    "/page/..%2fserver.py",
    "/page/%2e%2e/server.py",
    "/page/....//server.py",
    "/page//etc/passwd",
    "/page/main.js%00.html",
    "/page/" + "x" * 5000 + ".js",
    "/file/botTOKEN/../../../etc/passwd",
    "/file/botTOKEN/%2fetc%2fpasswd",
    "/phone/files/../../../etc/passwd",
    "/phone/files/%2fetc%2fpasswd",
    "/phone/people/99999999999999999999999/chat",
)


async def test_no_path_leads_to_a_file() -> None:
    clock = MovableClock(datetime(2026, 11, 23, 7, 0, tzinfo=UTC))
    async with PreviewServer(clock=clock) as server:
        port = int(server.url.rpartition(":")[2])
        for path in PATHS:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            target = path.replace("TOKEN", server.token)
            writer.write(
                f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
            )

            answer = await reader.read()
            writer.close()

            assert (path, answer.split(b" ")[1] in {b"400", b"404"}) == (path, True)
            assert b"root:" not in answer
            assert b"import " not in answer
