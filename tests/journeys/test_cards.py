"""A lesson with every kind of card, as it is met, read again, and read without media."""

from pathlib import Path

import pytest

from preview.phone_client import Phone, Shown
from tests.journeys.stage import Stage
from tests.journeys.teas import TEA
from tests.lessons.media_files import PLACE, exif, jpeg, mp3, mp4, ogg, packed, pdf, segment

PHOTO = jpeg(beside=segment(0xE1, b"Exif\0\0" + exif()))
COURSE = """\
format: 1
id: meters
title: Read your meter
language: en
translations: [mn]
version: 1.0.0
lessons:
  - id: meter
    title: Where is the meter?
    steps:
      - image: media/meter.jpg
        alt: A grey meter with five digits.
        say: This is the meter.
      - audio: media/hum.ogg
        transcript: A fan hums. **Then** it stops.
        say: Listen to the fan.
      - audio: media/beep.mp3
        transcript: The meter beeps twice.
      - video: media/valve.mp4
        alt: A hand turns the valve to three.
        transcript: Turn it to three.
        say: Watch the hand.
      - file: media/form.pdf
        alt: A form for twelve months.
      - say: Every month counts.
        more: |
          One kilowatt hour is what a heater uses in half an hour.

          > Ask your caretaker.
      - link: https://www.nalas.eu/energy
        say: Others do it, too.
        label: Read how
"""
MONGOLIAN = """\
language: mn
course:
  - en: Read your meter
    mn: Тоолуураа унш
meter:
  - en: Where is the meter?
    mn: Тоолуур хаана вэ?
  - en: A grey meter with five digits.
    mn: Таван оронтой саарал тоолуур.
  - en: This is the meter.
    mn: Энэ бол тоолуур.
  - en: A fan hums. **Then** it stops.
    mn: Сэнс дуугарна. **Дараа нь** зогсоно.
  - en: Listen to the fan.
    mn: Сэнсийг сонс.
  - en: The meter beeps twice.
    mn: Тоолуур хоёр удаа дуугарна.
  - en: A hand turns the valve to three.
    mn: Гар хаалтыг гурав руу эргүүлнэ.
  - en: Turn it to three.
    mn: Гурав руу эргүүл.
  - en: Watch the hand.
    mn: Гарыг хар.
  - en: A form for twelve months.
    mn: Арван хоёр сарын маягт.
  - en: Every month counts.
    mn: Сар бүр чухал.
  - en: |
      One kilowatt hour is what a heater uses in half an hour.

      > Ask your caretaker.
    mn: Халаагуур хагас цагт нэг киловатт цаг хэрэглэнэ.
  - en: Others do it, too.
    mn: Бусад ч хийдэг.
  - en: Read how
    mn: Яаж хийхийг унших
"""


@pytest.fixture
async def token(stage: Stage) -> str:
    folder = stage.folder / "meters"
    write(folder)
    return await stage.teach(folder)


def write(folder: Path) -> None:
    for name in ("media", "i18n"):
        (folder / name).mkdir(parents=True)
    (folder / "course.yaml").write_text(COURSE, encoding="utf-8")
    (folder / "i18n" / "mn.yaml").write_text(MONGOLIAN, encoding="utf-8")
    media = {
        "meter.jpg": PHOTO,
        "hum.ogg": ogg(5),
        "beep.mp3": mp3(),
        "valve.mp4": mp4(3, place=PLACE, padding=1_300_000),
        "form.pdf": pdf(),
    }
    for name, content in media.items():
        (folder / "media" / name).write_bytes(content)


async def test_every_kind_of_card_as_a_learner_meets_it(stage: Stage, token: str) -> None:
    bold = await stage.join("Bold", token)
    shown = [await bold.last(), *[await stage.tap(bold, "Continue") for _ in range(6)]]
    done = await stage.tap(bold, "Continue")

    assert [what(card) for card in shown] == ["photo", "voice", "audio", "video", "file", "", ""]
    assert all(card.silent for card in shown)
    picture, fan, beep, film, form, month, others = (card.text.split("\n\n", 1)[1] for card in shown)
    assert picture == "Where is the meter?\n\nThis is the meter."
    assert fan == "Listen to the fan.\n\nWhat is said: A fan hums. Then it stops."
    assert beep == "What is said: The meter beeps twice."
    assert film == "Watch the hand.\n\nWhat is said: Turn it to three."
    assert form == "A form for twelve months."
    assert month == (
        "Every month counts.\n\n"
        "One kilowatt hour is what a heater uses in half an hour.\n\nAsk your caretaker."
    )
    assert others == "Others do it, too.\n\nOpens www.nalas.eu."
    assert [card.folded for card in shown[1:]] == [
        ("What is said: A fan hums. Then it stops.",),
        ("What is said: The meter beeps twice.",),
        ("What is said: Turn it to three.",),
        (),
        ("One kilowatt hour is what a heater uses in half an hour.\n\nAsk your caretaker.",),
        (),
    ]
    assert shown[-1].labels == (("Continue",), ("Read how",))
    assert shown[-1].urls == ("https://www.nalas.eu/energy",)
    assert "You have finished" in done.text


async def test_what_arrives_is_what_was_written_without_its_places(stage: Stage, token: str) -> None:
    bold = await stage.join("Bold", token)
    shown = [await bold.last(), *[await stage.tap(bold, "Continue") for _ in range(4)]]

    got = [await carried(bold, card) for card in shown]

    assert got == [jpeg(), ogg(5), mp3(), got[3], pdf()]
    assert len(got[3]) == len(mp4(3, place=PLACE, padding=1_300_000))
    assert not [content for content in got if PLACE in content]


async def test_each_is_uploaded_once_however_many_learn(stage: Stage, token: str) -> None:
    for name in ("Bold", "Tuya"):
        phone = await stage.join(name, token)
        for _ in range(4):
            await stage.tap(phone, "Continue")

    asked = stage.asked("sendPhoto", "sendVoice", "sendAudio", "sendVideo", "sendDocument")
    assert [(request.method, bool(request.uploads)) for request in asked] == [
        ("sendPhoto", True), ("sendVoice", True), ("sendAudio", True), ("sendVideo", True),
        ("sendDocument", True),
        ("sendPhoto", False), ("sendVoice", False), ("sendAudio", False), ("sendVideo", False),
        ("sendDocument", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "told", "fetched"),
    [
        (
            "en",
            [
                "Picture: A grey meter with five digits.",
                "What is said: A fan hums. Then it stops.",
                "What is said: The meter beeps twice.",
                "Video: A hand turns the valve to three.\n\nWhat is said: Turn it to three.",
                "File: A form for twelve months.",
            ],
            ["Picture, 1 KB", "Audio, 1 KB", "Audio, 1 KB", "Video, 1.3 MB", "File, 1 KB"],
        ),
        (
            "mn",
            [
                "Зураг: Таван оронтой саарал тоолуур.",
                "Юу ярьж байгаа нь: Сэнс дуугарна. Дараа нь зогсоно.",
                "Юу ярьж байгаа нь: Тоолуур хоёр удаа дуугарна.",
                "Видео: Гар хаалтыг гурав руу эргүүлнэ.\n\nЮу ярьж байгаа нь: Гурав руу эргүүл.",
                "Файл: Арван хоёр сарын маягт.",
            ],
            ["Зураг харах, 1 КБ", "Сонсох, 1 КБ", "Сонсох, 1 КБ", "Видео үзэх, 1.3 МБ", "Файл авах, 1 КБ"],
        ),
    ],
    ids=["en", "mn"],
)
async def test_text_only_tells_everything_and_loads_nothing_unasked(
    stage: Stage, token: str, language: str, told: list[str], fetched: list[str]
) -> None:
    bold = await stage.join("Bold", token, language=language)
    await text_only(stage, bold)
    before = len(media_calls(stage))
    go_on = "Continue" if language == "en" else "Үргэлжлүүлэх"

    cards = [await stage.say(bold, "/today")]
    got: list[Shown] = []
    unasked: list[int] = []
    for label in fetched:
        unasked.append(len(media_calls(stage)) - before - len(got))
        await bold.press(label)
        await bold.press(label)
        await stage.settled()
        got.append(await bold.last())
        cards.append(await stage.tap(bold, go_on))
    cards.pop()

    assert [card.text.endswith(words) for card, words in zip(cards, told, strict=True)] == [True] * 5
    assert [(card.has_photo, card.document, card.playing, card.folded) for card in cards] == [
        (False, None, None, ())
    ] * 5
    assert unasked == [0] * 5
    assert [what(message) for message in got] == ["photo", "voice", "audio", "video", "file"]
    # Pressed twice, fetched once.
    assert len(media_calls(stage)) - before == 5


async def test_a_finished_lesson_is_read_again_with_its_media(stage: Stage, token: str) -> None:
    bold = await stage.join("Bold", token)
    for _ in range(7):
        await stage.tap(bold, "Continue")
    listed = await stage.say(bold, "/lessons")

    first = await stage.tap(bold, listed.labels[0][0])
    again = [first, *[await stage.tap(bold, "Continue") for _ in range(6)]]

    assert [what(card) for card in again] == ["photo", "voice", "audio", "video", "file", "", ""]
    # Nothing follows: only the page is left to open.
    assert again[-1].labels == (("Read how",),)


async def test_mongolian_words_come_with_the_same_media(stage: Stage, token: str) -> None:
    bold = await stage.join("Bold", token, language="mn")
    for _ in range(6):
        last = await stage.tap(bold, "Үргэлжлүүлэх")

    assert last.text.endswith("Бусад ч хийдэг.\n\nwww.nalas.eu хуудас нээгдэнэ.")
    assert last.labels == (("Үргэлжлүүлэх",), ("Яаж хийхийг унших",))


async def test_a_course_dropped_into_the_chat_brings_its_media(stage: Stage) -> None:
    await stage.teach(TEA)
    delger = await stage.admin()
    folder = stage.folder / "meters"
    write(folder)
    files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    await delger.send_document("meters.zip", packed(files))
    await stage.settled()
    offer = await delger.last()
    await stage.tap(delger, "Publish")
    (made,) = await stage.listed("group", "create", "--course", "meters", "--name", "Spring")
    bold = await stage.join("Bold", str(made["link"]).rpartition("=")[2])
    voice = await stage.tap(bold, "Continue")

    assert "1 lesson" in offer.text
    assert await carried(bold, voice) == ogg(5)


def what(shown: Shown) -> str:
    if shown.has_photo:
        return "photo"
    return "file" if shown.document else shown.playing_kind


async def carried(phone: Phone, shown: Shown) -> bytes:
    path = shown.photo or shown.playing or shown.document
    assert path is not None
    return await phone.file(path)


async def text_only(stage: Stage, phone: Phone) -> None:
    """Switch to text only in /settings, whatever the language."""
    await stage.say(phone, "/settings")
    menu = await phone.last()
    for number, row in enumerate(menu.labels):
        for column, label in enumerate(row):
            if label.startswith(("Text only", "Зөвхөн текст")):
                await phone.press_at(menu.id, row=number, column=column)
                await stage.settled()
                return
    raise AssertionError(menu.labels)


def media_calls(stage: Stage) -> list[str]:
    asked = stage.asked("sendPhoto", "sendVoice", "sendAudio", "sendVideo", "sendDocument")
    return [request.method for request in asked]
