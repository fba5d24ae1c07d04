"""`dusal announce` and `dusal outbox`: who is told, from when on, and what is refused."""

from pathlib import Path

import pytest

from app.place import Place
from tests.app.scripting import Run, joined, listed


def test_an_announcement_reaches_the_outbox(taught: Run, place: Place) -> None:
    joined(place, 7)

    said = taught("announce", "--group", "Autumn", "--text", "Bring **one** cup.")
    (row,) = listed(taught("outbox", "--format", "json"))

    assert said.stdout == 'To "Autumn": 1 person.\nFrom 2026-11-23 10:00: 1.\n'
    assert {
        key: row[key] for key in ("person", "kind", "state", "attempts", "maybe_doubled", "not_before")
    } == {
        "person": 7,
        "kind": "announcement",
        "state": "waiting",
        "attempts": 0,
        "maybe_doubled": False,
        "not_before": "2026-11-23T02:00:20+00:00",
    }
    assert isinstance(row["delivery"], int)
    assert listed(taught("outbox", "--format", "json", "--state", "held")) == []


def test_an_announcement_from_a_file_waits_for_its_moment(taught: Run, place: Place, tmp_path: Path) -> None:
    joined(place, 7)
    text = tmp_path / "text.md"
    text.write_text("Бүлэг", encoding="utf-8")

    said = taught("announce", "--group", "Autumn", "--file", str(text), "--at", "2026-11-24 12:00")
    (row,) = listed(taught("outbox", "--format", "json"))

    assert said.exit_code == 0, said.output
    assert row["not_before"] == "2026-11-24T04:00:00+00:00"


def test_a_test_goes_to_one_person_only(taught: Run, place: Place) -> None:
    joined(place, 7)
    joined(place, 8)

    said = taught("announce", "--group", "Autumn", "--text", "Bring a cup.", "--test", "8")

    assert said.stdout == "Test: 1 message to 8.\n"
    assert [row["person"] for row in listed(taught("outbox", "--format", "json"))] == [8]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "says"),
    [
        (["--group", "Autumn"], 2, "Say what to send: either --text TEXT or --file FILE."),
        (["--group", "Autumn", "--text", "a", "--file", "b"], 2, "Say what to send: either"),
        (["--group", "Autumn", "--text", " "], 1, "There is no text to send. Write something."),
        (
            ["--group", "Autumn", "--text", "a" * 4100],
            1,
            "The text is 4 characters too long for one message (4096)",
        ),
        (["--group", "Autumn", "--file", "missing.txt"], 1, "missing.txt cannot be read as a text in UTF-8."),
        (["--group", "Spring", "--text", "a"], 1, 'No group is called "Spring". Use one of: "Autumn"'),
        (
            ["--group", "Autumn", "--text", "a"],
            1,
            'Nobody in "Autumn" can be written to now, so nothing was sent.',
        ),
        (
            ["--group", "Autumn", "--text", "a", "--at", "2026-11-23 10:00"],
            1,
            "2026-11-23 10:00 is over in Asia/",
        ),
        (["--group", "Autumn", "--text", "a", "--at", "tomorrow"], 2, "does not match the format"),
        (
            ["--group", "Autumn", "--text", "a", "--test", "9"],
            1,
            "Nobody with the number 9 has written to the bot",
        ),
    ],
)
def test_an_announcement_that_cannot_be_sent_says_what_to_do(
    taught: Run, arguments: list[str], exit_code: int, says: str
) -> None:
    refused = taught("announce", *arguments)

    assert (refused.exit_code, refused.stdout) == (exit_code, "")
    assert says in refused.stderr
    assert listed(taught("outbox", "--format", "json")) == []
