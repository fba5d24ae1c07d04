"""What people may change and erase, and what admins drop into the chat."""

import io
import json
import zipfile
from pathlib import Path

from preview.phone_client import texts
from tests.journeys.stage import ENERGY, Stage
from tests.journeys.teas import TEA
from tests.journeys.test_first_minute import traces


async def test_every_command_in_the_menu_answers(stage: Stage) -> None:
    token = await stage.teach(TEA)
    saraa, delger = await stage.facilitator(), await stage.admin()
    bold = await stage.join("Bold", token)
    await stage.pass_seconds(61)  # menus are told once a minute

    for phone, more in (
        (bold, []),
        (saraa, ["group", "grade", "announce"]),
        (delger, ["group", "grade", "announce", "courses"]),
    ):
        menu = await phone.menu()
        assert menu == [
            "today", "progress", "review", "lessons", "schedule", "ask", "settings", "privacy", "help", *more,
        ]  # fmt: skip
        for command in menu:
            before = len(await phone.messages())
            shown = await stage.say(phone, f"/{command}")
            assert len(await phone.messages()) == before + 2, command
            assert "our fault" not in shown.text
            assert "no such command" not in shown.text


async def test_a_learner_cannot_use_a_facilitators_command(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(TEA))

    for command in ("/group", "/announce", "/courses"):
        assert (await stage.say(bold, command)).text.startswith("This needs a role that you do not have.")


async def test_text_only_sends_no_pictures_until_asked(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(ENERGY))
    await stage.say(bold, "/settings")
    await stage.tap(bold, "Text only")
    await stage.say(bold, "/today")
    uploads = len(stage.asked("sendPhoto"))

    card = await stage.tap(bold, "Continue")
    await stage.say(bold, "/progress")
    without = len(stage.asked("sendPhoto"))
    await bold.press("Picture", on=card.id)
    await stage.settled()

    assert "Picture: " in card.text
    assert not card.has_photo
    assert without == uploads
    assert (await bold.last()).has_photo


async def test_the_language_switches_at_once_and_for_lessons_too(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(ENERGY))
    await stage.say(bold, "/settings")

    settings = await stage.tap(bold, "Монгол")
    card = await stage.say(bold, "/today")

    assert settings.text.startswith("Тохиргоо")
    assert "Lesson" not in card.text
    assert "Юу" in card.text or "шөнө" in card.text.lower()


async def test_the_export_has_mine_and_nothing_of_others(stage: Stage) -> None:
    token = await stage.teach(TEA)
    saraa = await stage.facilitator()
    bold, tuya = await stage.join("Bold Mine", token), await stage.join("Tuya Theirs", token)
    await stage.say(bold, "/ask")
    await stage.say(bold, "my very own question")
    await stage.say(tuya, "/ask")
    await stage.say(tuya, "their very own question")
    await stage.say(saraa, "an answer for me", reply_to=(await saraa.messages())[-3].id)

    await stage.say(bold, "/privacy")
    shown = await stage.tap(bold, "Get my data")
    assert shown.document is not None
    content = (await bold.file(shown.document)).decode()

    assert json.loads(content)
    assert "Bold Mine" in content
    assert "my very own question" in content
    assert str(bold.id) in content
    assert "their very own question" not in content
    assert "Tuya Theirs" not in content
    assert str(tuya.id) not in content


async def test_erasing_leaves_no_trace_in_the_files(stage: Stage) -> None:
    token = await stage.teach(TEA)
    await stage.facilitator()
    bold = await stage.join("Zolzaya Unlikelyname", token)
    await stage.tap(bold, "Continue", "Milk", "Try again", "Water")
    await stage.say(bold, "/ask")
    await stage.say(bold, "an unlikelyquestion of mine")
    assert traces(stage.database, "Unlikelyname", "unlikelyquestion", str(bold.id))
    await stage.say(bold, "/privacy")

    question = await stage.tap(bold, "Erase everything")
    await bold.press("Erase everything", on=question.id)
    await stage.settled()
    last = await bold.last()
    await stage.pass_seconds(120)

    assert last.text == "Everything about you is erased. Come back any time with your join link."
    assert traces(stage.database, "Unlikelyname", "unlikelyquestion", str(bold.id)) == []


async def test_leaving_stops_lessons_and_the_link_brings_back(stage: Stage) -> None:
    token = await stage.teach(TEA)
    bold = await stage.join("Bold", token)
    await stage.tap(bold, "Continue", "Water")
    await stage.say(bold, "/privacy")
    question = await stage.tap(bold, "Leave the group")
    await bold.press("Leave the group", on=question.id)
    await stage.settled()
    before = len(await bold.messages())

    await stage.pass_seconds(3 * 86_400)
    silent = len(await bold.messages())
    back = await stage.say(bold, f"/start {token}")

    assert silent == before
    assert back.text.startswith("Welcome back to “Autumn”.")


async def test_an_admin_drops_a_course_with_mistakes(stage: Stage) -> None:
    await stage.teach(TEA)
    delger = await stage.admin()

    await delger.send_document("bad.yaml", TEA.replace("right: Water", "rihgt: Water").encode())
    await stage.settled()
    report = await delger.last()

    assert report.text.startswith("bad.yaml: ")
    assert "rihgt" in report.text
    assert report.document is not None
    assert "bad.yaml:" in (await delger.file(report.document)).decode()
    assert report.labels == ()


async def test_an_admin_publishes_a_zip_by_one_button_once(stage: Stage) -> None:
    await stage.teach(TEA)
    delger = await stage.admin()
    await delger.send_document("energy.zip", zipped(ENERGY))
    await stage.settled()
    offer = await delger.last()
    data = next(
        str(button["callback_data"])
        for message in stage.trial.server.world.chats[delger.id].messages.values()
        for row in message.buttons
        for button in row
        if button["text"] == "Publish"
    )

    result = await stage.tap(delger, "Publish")
    await delger.press_data(offer.id, data)
    await stage.settled()

    assert "10 lessons" in offer.text
    assert result.text.startswith("Published. New groups get this version.")
    courses = [row["course"] for row in await stage.listed("course", "list")]
    assert sorted(courses) == ["energy-saving", "tea"]
    assert len(courses) == 2


async def test_a_file_from_anybody_else_is_not_fetched(stage: Stage) -> None:
    bold = await stage.join("Bold", await stage.teach(TEA))

    await bold.send_document("course.yaml", TEA.encode())
    await stage.settled()

    assert (await bold.last()).text == "Courses are managed by the academy's admins. Your file was not read."
    assert stage.asked("getFile") == []


async def test_files_that_are_no_courses_get_a_sentence(stage: Stage) -> None:
    await stage.teach(TEA)
    delger = await stage.admin()
    answers = []
    for name, content in (
        ("photo.exe", b"MZ"),
        ("big.yaml", b"a" * (1024 * 1024 + 1)),
        ("bomb.zip", bomb()),
        ("broken.zip", b"PK\x03\x04 and then nothing"),
        ("deep.yaml", b"[" * 50_000),
    ):
        await delger.send_document(name, content)
        await stage.settled()
        answers.append((await delger.last()).text)

    assert answers[0] == "Courses come as .yaml or .zip files. This file was not read."
    assert answers[1].startswith("This file is larger than 1 MB and was not read.")
    assert len(set(answers)) == 5
    assert not any("our fault" in text for text in texts(await delger.messages()))


def zipped(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder.parent))
    return packed.getvalue()


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("course.yaml", b"\0" * (40 * 1024 * 1024))
    return packed.getvalue()
