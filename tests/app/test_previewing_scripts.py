"""Conversations as tests and as transcripts: what is written can be read, and holds nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.script_reading import ScriptRefusedError, read_script
from app.scripts import ClockStands, Goes, OpensInvitation, Presses, Says, Script, Types, script_of
from app.transcripts import transcript_of
from lessons.model import Course, Lesson
from lessons.steps import Say
from preview.diary import Bubble, Entry, Moved, Noted, Pressed, Said, Wrote
from preview.people import Person

ZONE = ZoneInfo("Asia/Ulaanbaatar")  # UTC+8
START = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)  # Monday 08:30 there
MINUTE = timedelta(minutes=1)
BOLD = Person(id=1, first_name="Bold")
TEA = Course(
    id="tea",
    title="Tea & *more*",
    language="en",
    version="1.0.0",
    lessons=(Lesson(id="water", title="Water", steps=(Say(id="boil", text="Boil."),)),),
)

HOSTILE = (
    "\u202eturned "
    "<script>alert(1)</script> &lt; ![x](https://x.example) `code` **bold** _it_ [a]: b\n"
    "# heading\n- list\n1. first\n=== \n> quote | table ~gone~"
)


def bubble(number: int, text: str, *labels: str, media: str = "") -> Bubble:
    return Bubble(message_id=number, text=text, labels=tuple((label,) for label in labels), media=media)


def wrote(text: str, *, at: datetime = START, media: str = "") -> Wrote:
    return Wrote(at=at, person_id=1, bubble=bubble(1, text, media=media))


def said(number: int, text: str, *labels: str, at: datetime = START, changed: bool = False) -> Said:
    return Said(at=at, person_id=1, bubble=bubble(number, text, *labels), changed=changed)


def pressed(number: int, label: str, *, at: datetime = START) -> Pressed:
    return Pressed(at=at, person_id=1, message_id=number, label=label)


TALK: tuple[Entry, ...] = (
    wrote("/start the-token"),
    said(2, "Hello \u2068Bold\u2069!\n\nTea: for everybody # always", "Start", "Монгол, instead"),
    pressed(2, "Start", at=START + MINUTE),
    replace(said(2, "Hello Bold!", at=START + MINUTE, changed=True), only_buttons=True),
    said(3, "  indented\nlast line ", "✓ A", at=START + MINUTE),
    wrote('150 kWh: "much" \u202e\u200d', at=START + MINUTE),
    Moved(at=START + timedelta(hours=24)),
    said(4, "One line", at=START + timedelta(hours=24)),
    Noted(at=START + timedelta(hours=25), person_id=1, what="jumped", words="water/boil"),
    said(5, "Boil.", "Continue", at=START + timedelta(hours=25)),
)


def script(entries: tuple[Entry, ...], *, joined: int = 1) -> str:
    made = script_of(
        entries,
        person=BOLD,
        course=TEA,
        began_at=START,
        zone=ZONE,
        joined=joined,
        token="the-token",
    )
    assert made is not None
    assert made.name == "tea-bold-2026-11-30.yaml"
    return made.content


def test_a_script_is_read_back_as_it_happened(tmp_path: Path) -> None:
    file = tmp_path / "talk.yaml"
    file.write_text(script(TALK, joined=3), encoding="utf-8")

    read = read_script(file, zone=ZONE)

    assert read == Script(
        course_id="tea",
        person="Bold",
        language="en",
        joined=3,
        begins_at=START.astimezone(ZONE),
        lines=(
            OpensInvitation(line=8),
            Says(
                line=9,
                text="Hello Bold!\n\nTea: for everybody # always",
                labels=("Start", "Монгол, instead"),
            ),
            Presses(line=14, label="Start", at=local(MINUTE)),
            Says(line=16, text="  indented\nlast line ", labels=("✓ A",)),
            Types(line=18, text='150 kWh: "much" <U+202E>\u200d'),
            ClockStands(line=19, at=local(timedelta(hours=24))),
            Says(line=20, text="One line"),
            Goes(line=21, lesson_id="water", step_id="boil", at=local(timedelta(hours=25))),
            Says(line=23, text="Boil.", labels=("Continue",)),
        ),
    )


def local(later: timedelta) -> datetime:
    return (START + later).astimezone(ZONE)


def test_a_script_reads_like_a_conversation() -> None:
    assert script(TALK[:4]) == (
        "# Made in the preview. To play it: dusal course replay COURSE THIS-FILE\n"
        "course: tea\n"
        "person: Bold\n"
        "language: en\n"
        "joined: 1  # as which person of the group: answers are shuffled for each\n"
        "begins: 2026-11-30 08:30:00\n"
        "steps:\n"
        "  - open: invitation\n"
        "  - says: |-\n"
        "      Hello Bold!\n"
        "\n"
        "      Tea: for everybody # always\n"
        '    buttons: [Start, "Монгол, instead"]\n'
        "  - press: Start\n"
        "    at: 08:31:00\n"
    )


def test_a_script_begins_with_the_jump_after_the_last_save() -> None:
    saved = Noted(at=START + MINUTE, person_id=None, what="course", words="1.0.0+2")

    assert script_of((*TALK[:4], saved), person=BOLD, course=TEA, began_at=START, zone=ZONE, joined=1,
                     token="the-token") is None  # fmt: skip
    later = script_of(
        (*TALK[:4], saved, *TALK[8:]), person=BOLD, course=TEA, began_at=START, zone=ZONE, joined=1,
        token="the-token",
    )  # fmt: skip
    assert later is not None
    assert later.content.partition("begins: ")[2] == (
        "2026-12-01 09:30:00\nsteps:\n  - go: water/boil\n  - says: Boil.\n    buttons: [Continue]\n"
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("  - clik: Start", "unknown word `clik`"),
        ("  - press: Start\n    buttons: [A]", "`buttons` does not belong to `press`"),
        ("  - says: Hello\n    buttons: A", "write the buttons as a list"),
        ("  - clock: tomorrow", "`clock` is a moment, written like 2026-11-30 08:30:00"),
        ("  - press: Start\n    at: soon", "`at` is a moment"),
        ("  - says: Hello\n    at: 08:31", "`at` does not belong to `says`"),
        ("  - go: water", "write where to go as `go: LESSON/STEP`"),
        ("  - Start", "write one thing that happens"),
    ],
)
def test_mistakes_in_a_script_are_told_with_their_line(tmp_path: Path, line: str, words: str) -> None:
    file = tmp_path / "talk.yaml"
    file.write_text(f"course: tea\nbegins: 2026-11-30 08:30\nsteps:\n{line}\n", encoding="utf-8")

    with pytest.raises(ScriptRefusedError) as refused:
        read_script(file, zone=ZONE)

    assert words in str(refused.value)
    assert f"{file}:{4 + line.count(chr(10))}: " in str(refused.value)


def test_a_file_that_is_no_script_says_so(tmp_path: Path) -> None:
    file = tmp_path / "talk.yaml"
    file.write_text("course: [tea\n", encoding="utf-8")
    with pytest.raises(ScriptRefusedError, match="E00"):
        read_script(file, zone=ZONE)

    file.write_text("begins: 2026-11-30 08:30\n", encoding="utf-8")
    with pytest.raises(ScriptRefusedError, match="there are no `steps`"):
        read_script(file, zone=ZONE)


def test_a_transcript_tells_who_said_what_when() -> None:
    made = transcript_of(TALK[:5], person="Bold", bot="Dusal", course=TEA, version="1.0.0", zone=ZONE)

    assert made.name == "tea-bold-2026-11-30.md"
    assert made.content == (
        "# Tea \\& \\*more\\*\n"
        "\n"
        "Bold and Dusal, version 1.0.0. Times are those of the preview’s clock, Asia/Ulaanbaatar.\n"
        "\n"
        "## Monday 30 November 2026\n"
        "\n"
        "**08:30 Bold**\n"
        "\n"
        "/start the-token\n"
        "\n"
        "**08:30 Dusal**\n"
        "\n"
        "Hello \u2068Bold\u2069!\n"
        "\n"
        "Tea: for everybody # always\n"
        "\n"
        "[Start] ✓  \n"
        "[Монгол, instead]\n"
        "\n"
        "**08:31 Bold** presses [Start]\n"
        "\n"
        "**08:31 Dusal**\n"
        "\n"
        "  indented  \n"
        "last line \n"
        "\n"
        "[✓ A]\n"
    )


def test_nothing_in_a_transcript_is_markup() -> None:
    made = transcript_of(
        (wrote(HOSTILE), said(2, HOSTILE, HOSTILE)), person=HOSTILE, bot=HOSTILE, course=TEA,
        version="1.0.0", zone=ZONE,
    )  # fmt: skip

    lines = made.content.splitlines()[1:]
    for sign in ("<", "&", "`", "_it", "[x", "|", "~"):
        at = [place for place in range(len(made.content)) if made.content.startswith(sign, place)]
        assert at
        assert all(made.content[place - 1] == "\\" for place in at), sign
    assert "\u202e" not in made.content
    assert "!\\[x\\](https" in made.content
    assert not [line for line in lines if line.lstrip().startswith(("# ", "- ", "1. ", "=", "> "))]
    assert set(made.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
