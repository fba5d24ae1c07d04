"""From the join link to the first card: four taps, no typing, one message for all set-up."""

import sqlite3
from pathlib import Path

from tests.journeys.stage import ENERGY, GROUP, Stage

LATIN = {"English", "Telegram", "ID", "kWh", "kW", "W"}


async def test_the_first_card_comes_after_four_taps(stage: Stage) -> None:
    token = await stage.teach(ENERGY)
    bold = await stage.phone("Bold")

    welcome = await stage.say(bold, f"/start {token}")
    notice = await stage.tap(bold, "Start")
    offer = await stage.tap(bold, "Agree and go on")
    zone = await stage.tap(bold, "Workdays 09:00")
    card = await stage.tap(bold, "Yes")

    assert welcome.text.startswith("Hello Bold!")
    assert "10 lessons, about" in welcome.text
    assert "What we keep" in notice.text
    assert "until 12 months after the course" in notice.text
    assert "Telegram carries these messages" in notice.text
    assert offer.text.startswith("When should a lesson come?")
    assert zone.text == "Is it 08:30 where you are?"
    # Set-up is one message that changes; only the first answer to /start may buzz or not, once.
    assert {welcome.id, notice.id, offer.id, zone.id} == {welcome.id}
    assert card.text.startswith("Lesson 1 of 10. Card 1 of 3")
    assert card.silent
    written, set_up, first_card = await bold.messages()
    assert not written.from_bot
    assert set_up.text == "Set: workdays 09:00. Change with /schedule"
    assert set_up.labels == ()
    assert first_card.id == card.id


async def test_everything_is_in_mongolian_for_a_mongolian_phone(stage: Stage) -> None:
    token = await stage.teach(ENERGY)

    oyuna = await stage.join("Oyuna", token, language="mn")
    for command in ("/today", "/progress", "/lessons", "/schedule", "/settings", "/privacy", "/help"):
        await stage.say(oyuna, command)

    for shown in await oyuna.messages():
        words = shown.text + " ".join(label for row in shown.labels for label in row)
        if shown.from_bot:
            # What stays Latin: commands, names, and the academy's own name.
            letters = [word for word in words.split() if word.isascii() and word.isalpha()]
            assert set(letters) <= LATIN, words
    assert await oyuna.menu() == [
        "today", "progress", "review", "lessons", "schedule", "ask", "settings", "privacy", "help",
    ]  # fmt: skip


async def test_a_code_is_typed_with_spaces_and_small_letters(stage: Stage) -> None:
    await stage.teach(ENERGY)
    code = await stage.code()
    bold = await stage.phone("Bold")

    asked = await stage.say(bold, "/start")
    wrong = await stage.say(bold, "K7Q4 MXPR")
    welcome = await stage.say(bold, code.lower().replace(" ", "-"))

    assert "Type your join code" in asked.text
    assert wrong.text.startswith("That code isn't in use.")
    assert welcome.text.startswith("Hello Bold!")


async def test_a_full_group_and_a_closed_one_say_so(stage: Stage) -> None:
    token = await stage.teach(ENERGY)
    await stage.join("Bold", token)
    with sqlite3.connect(stage.database) as direct:
        direct.execute("UPDATE groups SET capacity = 1")
    late = await stage.phone("Tuya")

    full = await stage.say(late, f"/start {token}")
    with sqlite3.connect(stage.database) as direct:
        # Microseconds since 1970: Sunday 29 November.
        direct.execute("UPDATE groups SET capacity = 500, closes_at = 1795910400000000")
    closed = await stage.say(late, f"/start {token}")

    assert full.text == "This group is full. Ask the person who invited you."
    assert closed.text.startswith("This group closed on")


async def test_no_thanks_leaves_no_trace(stage: Stage) -> None:
    token = await stage.teach(ENERGY)
    shy = await stage.phone("Zolzaya Unlikelyname")

    await stage.say(shy, f"/start {token}")
    await stage.tap(shy, "Start", "No, thanks")
    said = await shy.last()
    await stage.pass_seconds(120)

    assert said.text.startswith("You have not joined. Nothing about you is kept.")
    assert traces(stage.database, "Unlikelyname", str(shy.id)) == []


async def test_opening_the_link_again_leads_on(stage: Stage) -> None:
    token = await stage.teach(ENERGY)
    bold = await stage.join("Bold", token)

    again = await stage.say(bold, f"/start {token}")
    card = await stage.tap(bold, "Continue lesson 1")

    assert again.text == f"You are in “{GROUP}”."
    assert card.text.startswith("Lesson 1 of 10. Card 1 of 3")


def traces(database: Path, *words: str) -> list[tuple[str, str]]:
    """Return which of the words stand in which file of the database, its log included."""
    found = []
    for file in sorted(database.parent.glob(f"{database.name}*")):
        if file.is_socket():
            continue
        content = file.read_bytes()
        found += [(file.name, word) for word in words if word.encode() in content]
    return found
