"""What cards carry, on the page: to be played, unfolded, saved and opened, each with a name of its own."""

import json

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from preview.server import PreviewServer
from tests.lessons.media_files import mp4, ogg, pdf
from tests.loopback import NO_TLS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LONG = "A heater of two kilowatts uses one kilowatt hour in half an hour. " * 5
SHORT = "It hums."


async def send(
    server: PreviewServer, method: str, *, files: dict[str, tuple[str, bytes]], **more: str
) -> None:
    async with httpx.AsyncClient(
        base_url=f"{server.url}/bot{server.token}/", timeout=60, verify=NO_TLS
    ) as http:
        answer = await http.post(method, data={"chat_id": "101", **more}, files=files or None)
        assert answer.json()["ok"], answer.text


def folded(text: str) -> str:
    return json.dumps([{"type": "expandable_blockquote", "offset": 0, "length": len(text)}])


async def opened(page: Page) -> Locator:
    left = page.get_by_role("region", name="Phone 1")
    await left.get_by_role("button", name="Start").click()
    await expect(left.get_by_role("article")).to_have_count(2)
    return left


async def test_recordings_films_and_files_have_names(page: Page, server: PreviewServer) -> None:
    left = await opened(page)

    await send(server, "sendVoice", files={"voice": ("a.ogg", ogg())}, duration="65")
    await send(server, "sendVideo", files={"video": ("valve.mp4", mp4(padding=1_300_000))}, duration="3")
    await send(server, "sendDocument", files={"document": ("form.pdf", pdf())})

    await expect(left.locator("audio")).to_have_attribute("aria-label", "Voice message, 1:05, 1 KB")
    await expect(left.locator("video")).to_have_attribute("aria-label", "valve.mp4, 0:03, 1.3 MB")
    await expect(left.get_by_role("link", name="form.pdf")).to_contain_text("1 KB, save")
    # Nothing is loaded before somebody wants it.
    assert await left.locator("audio, video").evaluate_all("all => all.map(one => one.preload)") == [
        "none", "none",
    ]  # fmt: skip
    loaded = await left.locator("audio").evaluate(
        "one => fetch(one.src).then(answer => answer.headers.get('content-type'))"
    )
    assert loaded == "audio/ogg"


async def test_a_folded_text_opens_and_closes_by_keyboard(page: Page, server: PreviewServer) -> None:
    left = await opened(page)
    await send(server, "sendMessage", files={}, text=LONG, entities=folded(LONG))
    button = left.get_by_role("button", name="Show more")
    await expect(button).to_have_attribute("aria-expanded", "false")
    words = left.locator(".folded-words")
    closed = await words.evaluate("one => one.clientHeight")

    await button.press("Enter")

    less = left.get_by_role("button", name="Show less")
    await expect(less).to_have_attribute("aria-expanded", "true")
    await expect(less).to_be_focused()
    assert await words.evaluate("one => one.clientHeight") > 2 * closed
    await less.press("Enter")
    await expect(button).to_have_attribute("aria-expanded", "false")


async def test_what_fits_into_three_lines_has_nothing_to_unfold(page: Page, server: PreviewServer) -> None:
    left = await opened(page)

    await send(server, "sendMessage", files={}, text=SHORT, entities=folded(SHORT))

    await expect(left.locator(".folded-words")).to_have_text(SHORT)
    await expect(left.get_by_role("button", name="Show more")).to_have_count(0)


async def test_a_button_that_opens_a_page_says_which(page: Page, server: PreviewServer) -> None:
    left = await opened(page)
    keyboard = {"inline_keyboard": [[{"text": "Read how", "url": "https://www.nalas.eu/energy"}]]}

    await send(server, "sendMessage", files={}, text="Look.", reply_markup=json.dumps(keyboard))

    await expect(left.get_by_role("button", name="Read how, opens www.nalas.eu")).to_be_visible()
