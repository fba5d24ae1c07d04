"""The README's first lesson, followed to the letter: what it prints is what is printed."""

import asyncio
import os
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TITLE = "## Write a lesson in five minutes\n"
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def section() -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return text[text.index(TITLE) + len(TITLE) :].partition("\n## ")[0]


def blocks() -> Iterator[tuple[str, str]]:
    """Every fenced block: its language and its text, without the indent of the list it is in."""
    for _, language, text in BLOCK.findall(section()):
        yield language, textwrap.dedent(text)


def sessions(block: str) -> Iterator[tuple[str, str]]:
    """Every command of a block and what it prints."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


async def printed_by(command: str, folder: Path) -> str:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    process = await asyncio.create_subprocess_shell(
        command, cwd=folder, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    return out.decode()


@pytest.mark.long
async def test_the_first_lesson_goes_as_it_is_told(tmp_path: Path) -> None:
    lesson = tmp_path / "tea-breaks" / "03-fresh-air.yaml"
    followed = 0
    for language, text in blocks():
        if language != "console":
            lesson.write_text(text, encoding="utf-8")
            continue
        for command, told in sessions(text):
            if command.startswith("dusal course fmt"):
                # "Write `minutes: 3`", says the page before it.
                lesson.write_text(lesson.read_text(encoding="utf-8").replace("minuts", "minutes"))
            assert (command, await printed_by(command, tmp_path)) == (command, told)
            followed += 1

    assert followed == 7
    assert "Write `minutes: 3`" in section()
