"""Courses that came through the chat are read in a process with limits (guarantees 4.6).

Reading holds the interpreter's lock, so in a thread a large course would keep every tap waiting,
and a hostile one for minutes.
"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.limits import TELEGRAM

if TYPE_CHECKING:
    from lessons.reader import Reading

log = structlog.get_logger(__name__)


async def read_apart(name: str, content: bytes, *, cpu_seconds: int | None = None) -> "Reading":
    """Return the course in a file, or its problems: one of them may be that reading it takes too much.

    `cpu_seconds` is how much work that is; by default what `lessons.reading_apart` allows.
    """
    return await _asked(name, content, cpu_seconds=cpu_seconds)


async def read_path_apart(path: Path) -> "Reading":
    """Return the course in a file, a folder or a package on disk, or its problems."""
    return await _asked(str(path), None, cpu_seconds=None)


async def _asked(name: str, content: bytes | None, *, cpu_seconds: int | None) -> "Reading":
    # A heavy part that few updates need: a service that starts does not wait for it.
    from lessons import reading_apart as apart
    from lessons.reader import Reading

    process = await asyncio.create_subprocess_exec(
        *apart.COMMAND,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # What went wrong there quotes the file, and no log holds contents.
        stderr=asyncio.subprocess.DEVNULL,
        env=apart.environment(),
    )
    asking = apart.question(name, content, limits=TELEGRAM, cpu_seconds=cpu_seconds or apart.CPU_SECONDS)
    try:
        async with asyncio.timeout(apart.LONGEST_SECONDS):
            answer, _ = await process.communicate(asking)
    except TimeoutError:
        answer = b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    reading = apart.answered(answer) if process.returncode == 0 else None
    if reading is None:
        log.warning("course_not_read", exit_code=process.returncode, file_bytes=len(content or b""))
        return Reading(course=None, problems=(apart.too_much(name),))
    return reading
