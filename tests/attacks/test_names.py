"""Names that would be markup, formulas, or turn the line round are shown as letters (X01–X03, B17, B20)."""

import csv
import unicodedata
from io import StringIO
from pathlib import Path

import pytest

from academy import reporting
from reports.exports import plain_text, to_csv
from tests.attacks.siege import ADMIN, FACILITATOR, Siege, besieged, human, message

NAMES = {
    "<b>Bold</b>": "<b>Bold</b>",
    "_*[x](tg://user?id=1)": "_*[x](tg://user?id=1)",
    '=HYPERLINK("https://evil.example","x")': '=HYPERLINK("https://evil.example","x")',
    "＝1+1": "＝1+1",
    "@SUM(A1)": "@SUM(A1)",
    "Ann\u202egnp.\u2066": "Anngnp.",
    "Ann\0\ud800\x1b[31m\r\nBob": "Ann[31m Bob",
    "e" + "\u0301" * 10_000: "é" + "\u0301" * 4,
    "N" * 5000: "N" * 64,
    "%_' OR 1=1; DROP TABLE people --": "%_' OR 1=1; DROP TABLE people --",
    "{0.__class__} {name} %s": "{0.__class__} {name} %s",
}


@pytest.mark.long
async def test_whatever_somebody_is_called_stays_letters(ready_database_url: str) -> None:
    async with besieged(ready_database_url) as siege:
        admin = await siege.staff("Delger", ADMIN)
        for number, name in enumerate(NAMES, start=8_300_001):
            await _join(siege, number, name)
        summary = await siege.say(admin, "/group")

        report = await siege.service.parts.database.read(
            lambda tx: reporting.completion(
                tx, group=siege.group, now=siege.clock(), academy=siege.service.parts.academy()
            )
        )
        written = to_csv(report.table)
        rows = list(csv.DictReader(StringIO(written, newline="")))

        assert [plain_text(row["name"]) for row in rows] == [_shown(name) for name in NAMES.values()]
        words = [cell for row in rows for cell in row.values() if not _number(cell)]
        assert not any(cell.startswith(tuple("=+-@\t\r＝＋－＠")) for cell in words)
        assert "11" in summary.text
        await siege.still_serves()


async def _join(siege: Siege, number: int, name: str) -> None:
    """Join as a client that sends any name, with every update."""
    await siege.phones.add("x", number=number)
    begun = message(number, text=f"/start {siege.group.link_token}")
    begun["message"]["from"] = human(number, first_name=name)  # type: ignore[index]  # as made above
    # Telegram sends to nobody who has not written to it.
    siege.server.world.chats[number].started = True
    await siege.throw(begun)
    await siege.settled()
    for _ in range(4):
        shown = list(siege.server.world.chats[number].messages.values())[-1]
        assert not any("\u202a" <= letter <= "\u202e" for letter in shown.text)
        await siege.press(number, shown.buttons[0][0]["callback_data"], message_id=shown.id)
        await siege.settled()


def _shown(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "").isdigit()


LONG = ("😀" * 3000, "\u202e" * 4096, "a" * 4096, "{}{name}%s" * 300, "\n" * 4000 + "x")


async def test_a_question_of_any_length_reaches_the_facilitator(tmp_path: Path) -> None:
    async with besieged(f"sqlite:///{tmp_path / 'dusal.db'}") as siege:
        ann, saraa = await siege.join("Ann"), await siege.staff("Saraa", FACILITATOR)

        for number, text in enumerate(LONG, start=1000):
            await siege.throw(message(ann.id, text="/ask"))
            await siege.throw(message(ann.id, text=text, message_id=number))
        await siege.settled()

        brought = [shown.text for shown in await saraa.messages() if shown.from_bot]
        assert [words.count("asks") for words in brought[1:]] == [1] * len(LONG)
        refused = [
            call for call in siege.server.requests if call.method == "sendMessage" and call.status >= 400
        ]
        assert refused == []
        await siege.still_serves()
