"""An author at work: the starter course in a real browser, edited, broken, mended, played."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from app.log_setup import set_up
from tests.app.previewed import Watcher, previewed
from tests.browser.test_phone_page import bubbles, phone

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

STARTER = Path(__file__).parents[2] / "lessons/courses/energy-saving"


@pytest_asyncio.fixture(loop_scope="session")
async def preview(tmp_path: Path) -> AsyncIterator[Watcher]:
    set_up(level="WARNING")
    course = tmp_path / "course"
    shutil.copytree(STARTER, course)
    async with previewed(tmp_path, course=course) as watcher:
        yield watcher


@asynccontextmanager
async def opened(browser: Browser, preview: Watcher, *, width: int, height: int) -> AsyncIterator[Page]:
    """The page in a window of this size; errors in it fail the test."""
    context = await browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
    page = await context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    await page.goto(f"{preview.http.base_url}")
    await bubbles(phone(page, 1)).last.wait_for()
    await panel(page).wait_for()
    yield page
    await context.close()
    assert troubles == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, preview: Watcher) -> AsyncIterator[Page]:
    """On a desk."""
    async with opened(browser, preview, width=1280, height=1000) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def narrow(browser: Browser, preview: Watcher) -> AsyncIterator[Page]:
    """In a hand."""
    async with opened(browser, preview, width=360, height=800) as made:
        yield made


def panel(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Saving energy in municipal buildings")


@pytest.mark.long
async def test_an_author_at_work(page: Page, preview: Watcher) -> None:
    left, desk = phone(page, 1), panel(page)
    await desk.get_by_text("1. What runs at night?").press("Enter")
    await desk.get_by_role("button", name="Your building works the night shift").click()
    await expect(desk.get_by_text("Bold is at lesson 1, step 1 now.")).to_be_visible()
    for card in ("Card 2 of 3", "Measure it yourself"):
        await left.get_by_role("button", name="Continue").click()
        await expect(bubbles(left).last).to_contain_text(card)

    lesson = preview.path / "01-night-load.yaml"
    save(lesson, "Measure it yourself", "Measure it tonight")
    await expect(bubbles(left).last).to_contain_text("Measure it tonight")
    await expect(bubbles(left).last).to_contain_text("edited")
    await expect(desk.get_by_text("It is on the phones.")).to_be_visible()
    await expect(desk.locator("[aria-current=step]")).to_contain_text("Measure it tonight")

    save(lesson, "choose: An office", "chose: An office")
    await expect(desk.get_by_role("heading", name="Problems: 1 error")).to_be_visible()
    problem = desk.get_by_role("listitem").filter(has_text="E110")
    await expect(problem).to_contain_text("01-night-load.yaml:25:5")
    await expect(problem).to_contain_text("Fix: ")
    await expect(problem.get_by_role("button", name="Copy the problem at")).to_be_visible()
    await expect(desk.get_by_text("The phones keep the course as it was.")).to_be_visible()
    await expect(bubbles(left).last).to_contain_text("Measure it tonight")

    save(lesson, "chose: An office", "choose: An office")
    await expect(desk.get_by_text("It is on the phones.")).to_be_visible()
    await expect(desk.get_by_role("heading", name="Problems")).not_to_contain_text("error")

    await desk.get_by_text("3. One degree less").click()
    await desk.get_by_role("button", name="Not every room is a living room").click()
    await expect(bubbles(left).last).to_contain_text("Lesson 3 of 10. Card 2 of 3")

    async with page.expect_download() as saved:
        await desk.get_by_role("link", name="Save as transcript").click()
    transcript = await saved.value
    assert transcript.suggested_filename.startswith("energy-saving-bold-")
    told = await asyncio.to_thread(Path(await transcript.path()).read_text, encoding="utf-8")
    assert "Measure it tonight" in told

    await left.get_by_role("button", name="Continue").click()
    await expect(bubbles(left).last).to_contain_text("Card 3 of 3")
    await desk.get_by_role("button", name="Make a test from this").click()
    await expect(desk.get_by_text("dusal course replay")).to_be_visible()
    (made,) = (preview.path / "tests").iterdir()
    assert "go: one-degree/one-degree-card-2" in made.read_text(encoding="utf-8")


async def test_the_lessons_are_one_stop_for_the_keyboard(page: Page) -> None:
    desk = panel(page)
    await desk.get_by_role("button", name="Make a test from this").focus()
    await page.keyboard.press("Tab")
    await expect(desk.get_by_text("1. What runs at night?")).to_be_focused()

    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown"):
        await page.keyboard.press(key)
    await expect(desk.get_by_role("button", name="The only formula in this course")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(bubbles(phone(page, 1)).last).to_contain_text("Lesson 2 of 10. Card 2 of 3")
    await expect(desk.get_by_role("button", name="The only formula in this course")).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await expect(desk.get_by_text("2. Kilowatts and kilowatt hours")).to_be_focused()


async def test_the_focus_outlives_a_save(page: Page, preview: Watcher) -> None:
    desk = panel(page)
    await desk.get_by_text("2. Kilowatts and kilowatt hours").click()
    step = desk.get_by_role("button", name="The only formula")
    await step.focus()

    save(preview.path / "02-read-the-meter.yaml", "The only formula in this", "The only formula of this")

    await expect(desk.get_by_role("button", name="The only formula of this course")).to_be_focused()


async def test_in_a_hand_the_panel_is_folded_until_it_is_wanted(narrow: Page) -> None:
    desk = panel(narrow)
    fold = desk.get_by_role("button", name="Saving energy in municipal buildings")
    await expect(fold).to_have_attribute("aria-expanded", "false")
    await expect(desk.get_by_role("heading", name="Lessons")).to_be_hidden()

    await fold.press("Enter")

    await expect(desk.get_by_role("heading", name="Lessons")).to_be_visible()
    await narrow.reload()
    await expect(fold).to_have_attribute("aria-expanded", "true")


@pytest.mark.parametrize("size", [(1280, 1000), (900, 1000), (360, 800)], ids=["desk", "between", "hand"])
async def test_nothing_sticks_out(browser: Browser, preview: Watcher, size: tuple[int, int]) -> None:
    save(preview.path / "course.yaml", "pass: ", "passs: ")
    await preview.until(lambda news: not news["course"]["is_shown"])
    async with opened(browser, preview, width=size[0], height=size[1]) as page:
        fold = panel(page).get_by_role("button", name="Saving energy in municipal buildings")
        if await fold.get_attribute("aria-expanded") == "false":
            await fold.click()

        sticking_out = await page.evaluate(
            "() => [...document.querySelectorAll('.author, .author *, .device, .screen')]"
            ".filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)"
            ".map(e => e.className || e.tagName)"
        )
        nameless = await page.evaluate(
            "() => [...document.querySelectorAll('button, a, input, select, textarea')]"
            ".filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).length"
        )
        assert (sticking_out, nameless) == ([], 0)


def save(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
