import pytest
from playwright.async_api import Locator, Page, expect

from preview.server import PreviewServer
from tests.preview.pictures import png

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def phone(page: Page, number: int) -> Locator:
    return page.get_by_role("region", name=f"Phone {number}")


def bubbles(holder: Locator) -> Locator:
    return holder.get_by_role("article")


async def test_a_whole_journey_by_keyboard_alone(page: Page) -> None:
    left = phone(page, 1)
    await left.get_by_role("button", name="Start").focus()
    await page.keyboard.press("Enter")
    await expect(bubbles(left)).to_have_count(2)
    await expect(left.get_by_role("textbox", name="Message")).to_be_focused()

    await page.keyboard.type("Why is that?")
    await page.keyboard.press("Enter")
    await expect(bubbles(left)).to_have_count(4)
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    await expect(left.get_by_role("button", name="Menu")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(left.get_by_role("button", name="Tell Iryna").last).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(bubbles(left).last).to_contain_text("You said: Why is that?!")
    await expect(bubbles(left).last).to_contain_text("edited")
    await expect(left.get_by_role("button", name="Count").last).to_be_focused()

    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("r")
    await page.keyboard.type("and this?")
    await page.keyboard.press("Enter")
    await expect(bubbles(left).last).to_contain_text("You said: and this? about You said: /start")


async def test_the_menu_sends_a_command(page: Page) -> None:
    left = phone(page, 1)
    await left.get_by_role("button", name="Start").click()

    await left.get_by_role("button", name="Menu").press("Enter")
    await expect(left.get_by_role("button", name="/help Help")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(bubbles(left).last).to_contain_text("You said: /help")


async def test_a_message_that_arrives_takes_nobody_out_of_the_menu(page: Page) -> None:
    left, right = phone(page, 1), phone(page, 2)
    await right.get_by_role("button", name="Start").click()
    await left.get_by_role("button", name="Start").click()
    await expect(left.get_by_role("button", name="Tell Iryna")).to_be_visible()
    await right.get_by_role("button", name="Menu").press("Enter")
    await expect(right.get_by_role("button", name="/help Help")).to_be_focused()

    # Without the mouse: a click would move the focus itself.
    await left.get_by_role("button", name="Tell Iryna").dispatch_event("click")
    await expect(bubbles(right).last).to_contain_text("Olena needs a hand")

    await expect(right.get_by_role("button", name="/help Help")).to_be_focused()


async def test_what_happens_on_one_phone_arrives_on_the_other(page: Page) -> None:
    left, right = phone(page, 1), phone(page, 2)
    await right.get_by_role("button", name="Start").click()
    await left.get_by_role("button", name="Start").click()
    await expect(bubbles(right)).to_have_count(2)

    await left.get_by_role("button", name="Tell Iryna").click()

    await expect(bubbles(right).last).to_contain_text("Olena needs a hand")
    await expect(right.locator(".buzz")).to_contain_text("Olena needs a hand")
    await expect(right.locator(".said")).to_have_text("City academy: Olena needs a hand")


async def test_toasts_and_silence(page: Page) -> None:
    left = phone(page, 1)
    await left.get_by_role("button", name="Start").click()
    await left.get_by_role("button", name="Say hello").click()
    await expect(left.get_by_role("status").filter(has_text="Hello Olena!")).to_be_visible()

    await left.get_by_role("textbox", name="Message").fill("hush")
    await page.keyboard.press("Enter")
    await expect(bubbles(left).last).to_contain_text("silent")
    await expect(left.locator(".buzz")).to_be_hidden()


async def test_the_clock_moves_and_is_announced(page: Page) -> None:
    clock = page.get_by_role("region", name="The bot’s clock")
    await expect(clock).to_contain_text("09:00")
    await expect(clock).to_contain_text("23 November 2026, Europe/Kyiv")

    await clock.get_by_role("button", name="+1 h").click()
    await expect(clock).to_contain_text("10:00")
    await clock.get_by_role("button", name="Next week").click()

    await expect(clock).to_contain_text("30 November 2026")
    await expect(page.locator("#status")).to_contain_text("It is 10:00")
    await expect(clock.get_by_role("button", name="Next lesson")).to_be_disabled()


async def test_people_change_hands_and_are_added(page: Page, server: PreviewServer) -> None:
    right = phone(page, 2)
    await right.get_by_role("button", name="Add a person").click()
    dialog = page.get_by_role("dialog", name="Add a person")
    await dialog.get_by_label("Name").fill("Petro Savchuk")
    await dialog.get_by_role("button", name="Add").click()

    await expect(right.get_by_role("log", name="Chat of Petro Savchuk with City academy")).to_be_visible()
    await expect(page.locator("#status")).to_have_text("Petro Savchuk holds phone 2 now.")
    assert [chat.person.first_name for chat in server.world.chats.values()] == ["Olena", "Iryna", "Petro"]

    await right.get_by_role("button", name="Olena Bondar, uk").click()
    await expect(right.get_by_role("button", name="Olena Bondar, uk")).to_have_attribute(
        "aria-pressed", "true"
    )


async def test_a_screen_reader_finds_its_way(page: Page) -> None:
    left = phone(page, 1)
    await left.get_by_role("button", name="Start").click()
    await expect(bubbles(left)).to_have_count(2)

    log = left.get_by_role("log", name="Chat of Olena Bondar with City academy")
    await expect(log).to_be_visible()
    await expect(bubbles(left).last).to_have_attribute(
        "aria-label", "City academy: You said: /start. 3 buttons"
    )
    await expect(left.get_by_role("group", name="Buttons of this message")).to_have_count(1)
    await expect(left.locator(".said")).to_have_text("City academy: You said: /start. 3 buttons")
    await expect(page.get_by_role("banner").first).to_be_visible()
    await expect(page.get_by_role("main")).to_be_visible()
    nameless = await page.evaluate(
        "() => [...document.querySelectorAll('button, input, select, textarea')]"
        ".filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).length"
    )
    assert nameless == 0


async def test_texts_never_become_a_page(page: Page) -> None:
    left = phone(page, 1)
    await left.get_by_role("button", name="Start").click()
    await left.get_by_role("textbox", name="Message").fill("&lt;img src=x onerror=alert(1)&gt;")
    await page.keyboard.press("Enter")

    await expect(bubbles(left).last).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(left.locator(".words strong").last).to_have_text("<img src=x onerror=alert(1)>")
    await expect(left.locator("img")).to_have_count(0)


async def test_pictures_and_files_are_sent_and_shown(page: Page) -> None:
    left = phone(page, 1)
    await left.get_by_role("button", name="Start").click()
    picker = left.get_by_label("Send a picture or a file")
    await picker.set_input_files({"name": "fan.png", "mimeType": "image/png", "buffer": png(60, 40)})
    await expect(left.get_by_role("img", name="Picture from you")).to_be_visible()

    await picker.set_input_files({"name": "course.yaml", "mimeType": "text/yaml", "buffer": b"id: x"})
    async with page.expect_download() as saved:
        await left.get_by_role("link", name="course.yaml").click()
    assert (await saved.value).suggested_filename == "course.yaml"


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_text_has_contrast_enough(page: Page, theme: str) -> None:
    """WCAG 2.2, 1.4.3: text and its ground differ by at least 4.5 : 1, for each pair of colours used."""
    await page.get_by_label("Colours").select_option(theme)
    ratios = await page.evaluate(CONTRAST)
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


async def test_nothing_is_cut_off_at_200_percent(page: Page) -> None:
    left = phone(page, 1)
    await left.get_by_role("button", name="Start").click()
    await expect(bubbles(left)).to_have_count(2)
    await page.get_by_label("Text").select_option("2")

    size = await left.locator(".words").last.evaluate("node => getComputedStyle(node).fontSize")
    wider = await left.evaluate(
        "node => [...node.querySelectorAll('.log, .composer, .key, .bubble')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className)"
    )
    assert (size, wider) == ("30px", [])


CONTRAST = """() => {
  const style = getComputedStyle(document.documentElement);
  const light = (name) => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    const parts = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const pairs = [["--ink", "--card"], ["--ink", "--desk"], ["--ink", "--theirs"], ["--mine-ink", "--mine"],
    ["--soft", "--card"], ["--soft", "--desk"], ["--soft", "--theirs"], ["--on-accent", "--accent"],
    ["--key-ink", "--key"], ["--key-ink", "--theirs"], ["--key-ink", "--mine"], ["--key-ink", "--card"],
    ["--danger", "--key"], ["--good", "--key"], ["--ink", "--accent-soft"], ["--soft", "--screen"]];
  return Object.fromEntries(pairs.map(([text, ground]) => {
    const [a, b] = [light(text), light(ground)].sort((x, y) => y - x);
    return [`${text} on ${ground}`, (a + 0.05) / (b + 0.05)];
  }));
}"""
