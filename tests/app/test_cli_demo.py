"""`dusal demo --story` in a process without a terminal: the story is true, or it fails."""

import asyncio
import csv
import io
import sys
import time
from pathlib import Path

import pytest

DUSAL = Path(sys.executable).with_name("dusal")


@pytest.mark.long
async def test_the_story_plays_without_a_terminal(tmp_path: Path) -> None:
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        str(DUSAL), "demo", "--story", cwd=tmp_path, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(100):
        out, err = (part.decode() for part in await process.communicate())
    seconds = time.monotonic() - began

    assert process.returncode == 0, err
    assert seconds < 60
    assert "Traceback" not in err
    for told in (
        "Hello Bold!",
        "[ Agree and go on ]",
        "Lesson 1 of 10. Card 1 of 3",
        "Bold: Lesson 2:",
        "Get it now: ",
        # It is half past eight on a Monday, and half past seven where Hulan lives.
        "Accepted by Telegram: 4",
        "Waiting: 1, until today 09:00 at the latest",
        "On Friday we meet at 14:00 in room 12.",
        "perhaps doubled: 0",
    ):
        assert told in out
    # Everybody who learned has more lessons behind them than somebody who fell silent.
    rows = {row["name"] if "name" in row else next(iter(row.values())): row for row in table(tmp_path)}
    assert len(rows) == 5
    for picture in ("report.png", "progress.png"):
        assert (tmp_path / "data/demo" / picture).read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def table(folder: Path) -> list[dict[str, str]]:
    text = (folder / "data/demo/report.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))
